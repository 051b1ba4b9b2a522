//! A client on the standard streams of a server, as cheap as a client can be.

use std::{
    io::{self, BufRead as _, BufReader, Write as _},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::{Value, json};

/// How long a server may take to end once its input has.
const END: Duration = Duration::from_secs(30);

/// A running server and what it is asked through. It is killed when this is dropped.
pub struct Session {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    asked: u64,
    line: String,
}

impl Session {
    /// Starts a server, and nothing more.
    pub fn start(command: &mut Command) -> io::Result<Self> {
        let command = command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.stderr(Stdio::null()).spawn()?;
        let closed = || io::Error::other("the server has no standard streams");
        Ok(Self {
            input: child.stdin.take(),
            output: BufReader::new(child.stdout.take().ok_or_else(closed)?),
            child,
            asked: 0,
            line: String::new(),
        })
    }

    /// Starts a server and shakes hands with it.
    pub fn open(command: &mut Command) -> io::Result<Self> {
        let mut session = Self::start(command)?;
        session.initialize()?;
        Ok(session)
    }

    /// The handshake of the revisions that have one.
    pub fn initialize(&mut self) -> io::Result<()> {
        let client = json!({"name": "bench", "version": "1"});
        let parameters =
            json!({"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": client});
        self.ask("initialize", &parameters)?;
        self.send(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}))
    }

    /// Calls a tool and returns the answer as it came.
    pub fn call(&mut self, tool: &str, arguments: &Value) -> io::Result<&str> {
        self.ask("tools/call", &json!({"name": tool, "arguments": arguments}))
    }

    /// Calls a tool and returns the text that a model reads of the answer.
    pub fn text(&mut self, tool: &str, arguments: &Value) -> io::Result<String> {
        let answer = self.call(tool, arguments)?;
        let answer: Value = serde_json::from_str(answer)?;
        let content = answer.pointer("/result/content").and_then(Value::as_array);
        let texts = content
            .into_iter()
            .flatten()
            .filter_map(|block| block["text"].as_str());
        Ok(texts.collect::<Vec<_>>().join("\n"))
    }

    /// Every tool, however many pages they are on.
    pub fn tools(&mut self) -> io::Result<Vec<Value>> {
        let mut tools = Vec::new();
        let mut parameters = json!({});
        loop {
            let answer: Value = serde_json::from_str(self.ask("tools/list", &parameters)?)?;
            let page = answer["result"]["tools"].as_array();
            tools.extend(page.into_iter().flatten().cloned());
            match answer["result"]["nextCursor"].as_str() {
                Some(cursor) => parameters = json!({"cursor": cursor}),
                None => return Ok(tools),
            }
        }
    }

    /// Sends a request and returns the answer as it came.
    pub fn ask(&mut self, method: &str, parameters: &Value) -> io::Result<&str> {
        self.asked += 1;
        let id = self.asked;
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": parameters}))?;
        // Notifications may come before the answer; they have a method, and no large answer begins with one.
        loop {
            self.line.clear();
            if self.output.read_line(&mut self.line)? == 0 {
                return Err(io::Error::other(format!("the server ended at `{method}`")));
            }
            if !is_notification(&self.line) {
                return Ok(&self.line);
            }
        }
    }

    fn send(&mut self, message: &Value) -> io::Result<()> {
        let mut line = message.to_string();
        line.push('\n');
        let closed = || io::Error::other("the input of the server is closed");
        self.input
            .as_mut()
            .ok_or_else(closed)?
            .write_all(line.as_bytes())
    }

    /// The process of the server.
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// Closes the input, and waits for the server to end by itself.
    pub fn end(mut self) -> io::Result<()> {
        self.input = None;
        let until = Instant::now() + END;
        while Instant::now() < until {
            match self.child.try_wait()? {
                Some(status) if status.success() => return Ok(()),
                Some(status) => {
                    return Err(io::Error::other(format!("the server failed: {status}")));
                }
                None => std::thread::sleep(Duration::from_millis(5)),
            }
        }
        Err(io::Error::other(
            "the server did not end when its input did",
        ))
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // Fails only where it has ended already.
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

fn is_notification(line: &str) -> bool {
    line.get(..64).unwrap_or(line).contains("\"method\":")
}
