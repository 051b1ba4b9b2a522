//! A command of the operator's as the place for new secrets.

use std::{
    fmt, io,
    process::{ExitStatus, Stdio},
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;
use portkey_api_core::last_four;
use serde_json::Value;
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _},
    process::{ChildStdin, Command},
    time::timeout,
};

use super::{NewSecret, SecretSink, SinkFailure, fragments::Fragments};

/// How long the command may take.
const LIMIT: Duration = Duration::from_secs(10);

/// How long what it said is waited for once it has ended: a child that it left behind may hold its output open.
const LAST_WORDS: Duration = Duration::from_millis(250);

/// How much of what it says is looked at.
const HEARD: usize = 64 * 1024;

/// How much of what it says is passed on.
const LONGEST: usize = 200;

/// A command of the operator's that takes secrets, one a run, as JSON on its standard input.
#[derive(Debug)]
pub(super) struct SecretCommand {
    words: Vec<String>,
    /// Variables of the environment that it does not get to see.
    withheld: Arc<[String]>,
}

impl SecretCommand {
    pub(super) fn new(words: Vec<String>, withheld: Arc<[String]>) -> Self {
        Self { words, withheld }
    }

    /// The program, without its arguments: they may say where secrets are.
    fn name(&self) -> &str {
        self.words.first().map_or("", String::as_str)
    }

    /// Makes sure that the program is there and may be run.
    fn find(&self) -> Result<(), SinkFailure> {
        match which::which(self.name()) {
            Ok(_) => Ok(()),
            Err(source) => Err(SinkFailure::NoCommand {
                program: self.name().to_owned(),
                source,
            }),
        }
    }

    /// Hands a secret over and returns who has it now: the command, or where it says it put it.
    async fn hand_over(&self, new: &NewSecret) -> Result<String, SinkFailure> {
        let record = format!("{}\n", new.record());
        let late = io::Error::new(
            io::ErrorKind::TimedOut,
            format!("it took longer than {} seconds", LIMIT.as_secs()),
        );
        let ended = timeout(LIMIT, self.run(&record)).await.unwrap_or(Err(late));
        let (status, output) = ended.map_err(|source| SinkFailure::Broken {
            program: self.name().to_owned(),
            source,
        })?;
        if !status.success() {
            return Err(SinkFailure::Refused {
                program: self.name().to_owned(),
                ended: status.to_string(),
            });
        }
        // All of it is searched before a part is shown: a secret may be spread over it.
        let said = String::from_utf8_lossy(&output);
        let told = if Fragments::of(&new.secret).are_in(&said) {
            None
        } else {
            first_line(&said)
        };
        Ok(told.unwrap_or_else(|| format!("the operator's {}", self.name())))
    }

    /// Runs the command and returns how it ended and what it printed. Its standard error goes nowhere, because it may repeat the secret.
    async fn run(&self, record: &str) -> io::Result<(ExitStatus, Vec<u8>)> {
        let mut command = Command::new(self.name());
        command
            .args(self.words.iter().skip(1))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true);
        for name in &*self.withheld {
            command.env_remove(name);
        }
        let mut child = command.spawn()?;
        let (input, output) = (child.stdin.take(), child.stdout.take());
        let mut said = Vec::new();
        let mut talk = Box::pin(async {
            let (written, ()) = tokio::join!(write(input, record), hear(output, &mut said));
            written
        });
        let (status, written) = tokio::select! {
            written = &mut talk => (child.wait().await?, Some(written)),
            status = child.wait() => (status?, timeout(LAST_WORDS, &mut talk).await.ok()),
        };
        drop(talk);
        written.unwrap_or(Ok(()))?;
        Ok((status, said))
    }
}

#[async_trait]
impl SecretSink for SecretCommand {
    async fn prepare(&self) -> Result<(), SinkFailure> {
        self.find()
    }

    async fn keep(&self, new: NewSecret) -> Result<Value, SinkFailure> {
        let shown = last_four(&new.secret);
        let holder = self.hand_over(&new).await?;
        Ok(format!("{shown} (in full with {holder})").into())
    }
}

impl fmt::Display for SecretCommand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "with the operator's {}", self.name())
    }
}

async fn write(input: Option<ChildStdin>, record: &str) -> io::Result<()> {
    let Some(mut input) = input else {
        return Ok(());
    };
    match input.write_all(record.as_bytes()).await {
        // Whether a command that does not read to the end has failed, its exit code says.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error),
        _ => Ok(()),
    }
}

/// Hears it out, so that it is never held up, and keeps the beginning.
async fn hear(output: Option<impl AsyncRead + Unpin>, said: &mut Vec<u8>) {
    let Some(mut output) = output else { return };
    let mut buffer = [0; 4096];
    while let Ok(length @ 1..) = output.read(&mut buffer).await {
        let room = HEARD.saturating_sub(said.len());
        said.extend(buffer.iter().take(length.min(room)));
    }
}

/// The first line, fit to be shown.
fn first_line(said: &str) -> Option<String> {
    let line = said.lines().next()?.trim();
    let line: String = line
        .chars()
        .filter(|c| !c.is_control())
        .take(LONGEST)
        .collect();
    (!line.is_empty()).then_some(line)
}

#[cfg(all(test, unix))]
mod tests;
