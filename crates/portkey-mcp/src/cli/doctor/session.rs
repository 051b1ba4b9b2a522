//! A server started as a client starts it, asked for its tools, and stopped.

use std::{io, process::Stdio, time::Duration};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout, Command},
    time::timeout,
};

use super::{
    super::install::{Launch, VariableValue},
    finding::PATIENCE,
};
use crate::{config::variable, server::DOUBT};

/// How long a server may take to end after its input has.
const ENDING: Duration = Duration::from_secs(2);
/// How much of what it says on standard error is read.
const SAID: u64 = 16 * 1024;

/// A server that answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Started {
    /// How many tools it lists.
    pub(super) tools: usize,
    /// What it says against its key.
    pub(super) doubt: Option<String>,
    /// Whether it says that it has no key.
    pub(super) lacks_key: bool,
}

/// Why a server did not answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum StartFailure {
    #[error("`{program}` cannot be run: {source}")]
    Unrunnable { program: String, source: io::Error },
    #[error("it ended{}", said(.0))]
    Ended(String),
    #[error("it did not answer within {PATIENCE:?}")]
    Late,
    #[error("it answered what is not the protocol")]
    Strange,
}

/// Starts a server, lists its tools and stops it.
pub(super) async fn start(launch: &Launch) -> Result<Started, StartFailure> {
    let mut child = command(launch)
        .spawn()
        .map_err(|source| StartFailure::Unrunnable {
            program: launch.program.clone(),
            source,
        })?;
    let pipes = (child.stdin.take(), child.stdout.take());
    let (Some(input), Some(output)) = pipes else {
        return Err(StartFailure::Strange);
    };
    let mut session = Session {
        input,
        output: BufReader::new(output).lines(),
    };
    let asked = timeout(PATIENCE, session.ask()).await;
    // Its input ends, and so does it.
    drop(session);
    let said = end(child).await;
    match asked {
        Ok(Ok(mut started)) => {
            started.lacks_key = said.contains("no PORTKEY_API_KEY");
            Ok(started)
        }
        Ok(Err(StartFailure::Ended(_))) => Err(StartFailure::Ended(said)),
        Ok(Err(failure)) => Err(failure),
        Err(_) => Err(StartFailure::Late),
    }
}

fn command(launch: &Launch) -> Command {
    let mut command = Command::new(&launch.program);
    command
        .args(&launch.arguments)
        // The key of each is looked at once, by this program.
        .env("PORTKEY_SKIP_KEY_CHECK", "true")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    for (name, value) in &launch.variables {
        match value {
            VariableValue::Text(text) => command.env(name, text),
            VariableValue::Of(other) => match variable(other) {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            },
            VariableValue::Asked => command.env_remove(name),
        };
    }
    command
}

/// Waits for the end of a server, and returns what it said on standard error.
async fn end(mut child: Child) -> String {
    let mut said = String::new();
    let listening = async {
        if let Some(errors) = child.stderr.take() {
            _ = errors.take(SAID).read_to_string(&mut said).await;
        }
        _ = child.wait().await;
    };
    if timeout(ENDING, listening).await.is_err() {
        _ = child.kill().await;
    }
    said
}

/// What a server said, in a line.
fn said(text: &str) -> String {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let last = lines.next_back().map(|line| {
        let line: String = line.chars().take(300).collect();
        format!(": {line}")
    });
    last.unwrap_or_default()
}

/// A session on standard input and output.
struct Session {
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
}

impl Session {
    async fn ask(&mut self) -> Result<Started, StartFailure> {
        let client = json!({ "name": "portkey-mcp doctor", "version": env!("CARGO_PKG_VERSION") });
        let opening = json!({
            "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": client,
        });
        let opened = self.request(1, "initialize", opening).await?;
        self.send(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }))
            .await?;
        let listed = self.request(2, "tools/list", json!({})).await?;
        let tools = listed.get("tools").and_then(Value::as_array);
        let instructions = opened.get("instructions").and_then(Value::as_str);
        let doubt = instructions.and_then(|text| text.lines().next()?.strip_prefix(DOUBT));
        Ok(Started {
            tools: tools.ok_or(StartFailure::Strange)?.len(),
            doubt: doubt.map(|doubt| doubt.trim().to_owned()),
            lacks_key: false,
        })
    }

    async fn request(
        &mut self,
        id: u64,
        method: &str,
        params: Value,
    ) -> Result<Value, StartFailure> {
        let request = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
        self.send(&request).await?;
        loop {
            let line = self.output.next_line().await;
            let line = line.map_err(|_| StartFailure::Strange)?;
            let line = line.ok_or_else(|| StartFailure::Ended(String::new()))?;
            let mut message: Value =
                serde_json::from_str(&line).map_err(|_| StartFailure::Strange)?;
            if message.get("id") == Some(&id.into()) {
                let result = message.get_mut("result").map(Value::take);
                return result.ok_or(StartFailure::Strange);
            }
        }
    }

    async fn send(&mut self, message: &Value) -> Result<(), StartFailure> {
        let sent = self
            .input
            .write_all(format!("{message}\n").as_bytes())
            .await;
        sent.map_err(|_| StartFailure::Ended(String::new()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_thing_that_a_server_said_is_told() {
        assert_eq!(said(""), "");
        assert_eq!(said("one\n two \n\n"), ": two");
        assert_eq!(said(&"x".repeat(500)).len(), 302);
    }

    #[tokio::test]
    async fn a_program_that_is_not_there_is_told() {
        let launch = Launch {
            name: "p".to_owned(),
            program: "/nowhere/portkey-mcp".to_owned(),
            arguments: Vec::new(),
            variables: Vec::new(),
        };
        let failure = start(&launch).await.unwrap_err().to_string();
        assert!(
            failure.starts_with("`/nowhere/portkey-mcp` cannot be run"),
            "{failure}"
        );
    }
}
