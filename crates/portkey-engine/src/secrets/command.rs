//! A command of the operator as the sink for new secrets.

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

/// The longest time that the command may run.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long output is read after the command has ended. A child process that the command left behind may keep the
/// output open.
const OUTPUT_PATIENCE: Duration = Duration::from_millis(250);

/// The number of bytes of the output that are examined.
const MOST_OUTPUT: usize = 64 * 1024;

/// The largest number of characters of the output that the answer quotes.
const MOST_QUOTED: usize = 200;

/// A command that stores secrets. It is started once for each secret and gets it as JSON on its standard input.
#[derive(Debug)]
pub(super) struct SecretCommand {
    words: Vec<String>,
    /// The environment variables that the command does not get.
    withheld: Arc<[String]>,
}

impl SecretCommand {
    pub(super) fn new(words: Vec<String>, withheld: Arc<[String]>) -> Self {
        Self { words, withheld }
    }

    /// The path of the program, without its arguments, which may say where secrets are.
    fn name(&self) -> &str {
        self.words.first().map_or("", String::as_str)
    }

    /// Checks that the program exists and is executable.
    fn find(&self) -> Result<(), SinkFailure> {
        match which::which(self.name()) {
            Ok(_) => Ok(()),
            Err(source) => Err(SinkFailure::NoCommand {
                program: self.name().to_owned(),
                source,
            }),
        }
    }

    /// Gives a secret to the command and returns where it is now: what the command printed, or the name of the command.
    async fn hand_over(&self, new: &NewSecret) -> Result<String, SinkFailure> {
        let record = format!("{}\n", new.record());
        let late = io::Error::new(
            io::ErrorKind::TimedOut,
            format!("it took longer than {} seconds", PATIENCE.as_secs()),
        );
        let ended = timeout(PATIENCE, self.run(&record))
            .await
            .unwrap_or(Err(late));
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
        // The whole output is searched before a part is shown, because the secret may be spread over several lines.
        let printed = String::from_utf8_lossy(&output);
        let holder = if Fragments::of(&new.secret).are_in(&printed) {
            None
        } else {
            first_line(&printed)
        };
        Ok(holder.unwrap_or_else(|| format!("the operator's {}", self.name())))
    }

    /// Runs the command and returns its exit status and its output. Its standard error is discarded, because it may
    /// repeat the secret.
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
        let mut printed = Vec::new();
        let mut exchange = Box::pin(async {
            let (written, ()) =
                tokio::join!(write(input, record), read_output(output, &mut printed));
            written
        });
        let (status, written) = tokio::select! {
            written = &mut exchange => (child.wait().await?, Some(written)),
            status = child.wait() => (status?, timeout(OUTPUT_PATIENCE, &mut exchange).await.ok()),
        };
        drop(exchange);
        written.unwrap_or(Ok(()))?;
        Ok((status, printed))
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
        // A command may end without reading its input; its exit status says whether it failed.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error),
        _ => Ok(()),
    }
}

/// Reads the output to its end, so that the command is never blocked, and keeps the first bytes.
async fn read_output(output: Option<impl AsyncRead + Unpin>, printed: &mut Vec<u8>) {
    let Some(mut output) = output else { return };
    let mut buffer = [0; 4096];
    while let Ok(length @ 1..) = output.read(&mut buffer).await {
        let room = MOST_OUTPUT.saturating_sub(printed.len());
        printed.extend(buffer.iter().take(length.min(room)));
    }
}

/// Returns the first line without control characters, or `None` if it is empty.
fn first_line(printed: &str) -> Option<String> {
    let line = printed.lines().next()?.trim();
    let line: String = line
        .chars()
        .filter(|c| !c.is_control())
        .take(MOST_QUOTED)
        .collect();
    (!line.is_empty()).then_some(line)
}

#[cfg(all(test, unix))]
mod tests;
