//! Requests to an upstream without anything in between, one after the other over one connection.

use std::{
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
};

use serde_json::Value;

/// A connection to an upstream.
pub struct Direct {
    stream: TcpStream,
    answers: BufReader<TcpStream>,
    key: String,
}

impl Direct {
    /// Connects; every request brings the key.
    pub fn connect(address: SocketAddr, key: &str) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Self {
            answers: BufReader::new(stream.try_clone()?),
            stream,
            key: key.to_owned(),
        })
    }

    /// What is at a path.
    pub fn get(&mut self, path: &str) -> io::Result<Value> {
        Ok(serde_json::from_slice(&self.bytes("GET", path, "")?)?)
    }

    /// Sends something to a path.
    pub fn post(&mut self, path: &str, body: &Value) -> io::Result<Value> {
        Ok(serde_json::from_slice(&self.bytes(
            "POST",
            path,
            &body.to_string(),
        )?)?)
    }

    /// What is at a path, as it came.
    pub fn bytes(&mut self, method: &str, path: &str, body: &str) -> io::Result<Vec<u8>> {
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: upstream\r\nx-portkey-api-key: {}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n",
            self.key,
            body.len()
        );
        self.stream.write_all(format!("{head}{body}").as_bytes())?;
        let status = self.line()?;
        let mut length = 0;
        loop {
            let line = self.line()?;
            if let Some(value) = line.strip_prefix("content-length: ") {
                length = value.parse().map_err(io::Error::other)?;
            }
            if line.is_empty() {
                break;
            }
        }
        let mut answer = vec![0; length];
        self.answers.read_exact(&mut answer)?;
        if status.contains(" 200 ") {
            return Ok(answer);
        }
        let answer = String::from_utf8_lossy(&answer).into_owned();
        Err(io::Error::other(format!(
            "{method} {path}: {status}: {answer}"
        )))
    }

    fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        Ok(line.trim_end().to_ascii_lowercase())
    }
}
