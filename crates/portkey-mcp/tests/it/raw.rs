//! Requests written byte by byte, as no well-behaved client sends them.

use std::{
    io::{ErrorKind, Read as _, Write as _},
    net::{Shutdown, TcpStream},
    time::Duration,
};

use crate::served::Served;

/// A connection to a server.
pub(crate) struct Raw {
    stream: TcpStream,
    heard: Vec<u8>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// In small letters.
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Raw {
    pub(crate) fn connect(server: &Served) -> Self {
        let stream = TcpStream::connect(address(server)).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_mins(1)))
            .unwrap();
        Self {
            stream,
            heard: Vec::new(),
        }
    }

    /// Sends this much; a server that does not listen any more is no failure.
    pub(crate) fn send(&mut self, bytes: impl AsRef<[u8]>) -> &mut Self {
        _ = self.stream.write_all(bytes.as_ref());
        self
    }

    /// Sends nothing more, but listens.
    pub(crate) fn finish(&mut self) -> &mut Self {
        _ = self.stream.shutdown(Shutdown::Write);
        self
    }

    /// The next answer, whole.
    pub(crate) fn answer(&mut self) -> Answer {
        let head = loop {
            let end = self.heard.windows(4).position(|four| four == b"\r\n\r\n");
            if let Some(end) = end {
                let rest = self.heard.split_off(end + 4);
                break std::mem::replace(&mut self.heard, rest);
            }
            assert!(self.read(), "it broke off: {:?}", self.heard);
        };
        let head = String::from_utf8(head).unwrap().to_lowercase();
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .map_or(0, |length| length.parse().unwrap());
        while self.heard.len() < length {
            assert!(self.read(), "it broke off after {head}");
        }
        let rest = self.heard.split_off(length);
        let body = std::mem::replace(&mut self.heard, rest);
        Answer {
            status: head[9..12].parse().unwrap(),
            head,
            body: String::from_utf8(body).unwrap(),
        }
    }

    /// Whether the server ends the connection, having nothing more to say.
    pub(crate) fn ends(&mut self) -> bool {
        self.heard.is_empty() && !self.read()
    }

    fn read(&mut self) -> bool {
        let mut part = [0; 4096];
        match self.stream.read(&mut part) {
            Ok(0) => false,
            Ok(length) => {
                self.heard.extend_from_slice(&part[..length]);
                true
            }
            Err(error) if error.kind() == ErrorKind::ConnectionReset => false,
            Err(error) => panic!("{error}"),
        }
    }
}

/// Where it listens.
pub(crate) fn address(server: &Served) -> &str {
    server.origin.strip_prefix("http://").unwrap()
}

/// The beginning of a request that lists the tools, with these headers besides.
pub(crate) fn post(server: &Served, more: &[&str]) -> String {
    let host = format!("host: {}", address(server));
    post_without_host(&[&[host.as_str()], more].concat())
}

/// The same, where the host is among the headers or missing.
pub(crate) fn post_without_host(headers: &[&str]) -> String {
    let usual = [
        "POST /mcp HTTP/1.1",
        "accept: application/json, text/event-stream",
        "content-type: application/json",
        "mcp-protocol-version: 2026-07-28",
        "mcp-method: tools/list",
    ];
    [usual.as_slice(), headers, &["", ""]].concat().join("\r\n")
}
