use std::{
    io,
    process::{Output, Stdio},
    sync::Arc,
    time::Duration,
};

use tokio::{io::AsyncWriteExt as _, process::Command, time::timeout};

use super::{NewSecret, SinkFailure};

/// How long the command may take.
const LIMIT: Duration = Duration::from_secs(10);

/// How much of what it says is passed on.
const LONGEST: usize = 200;

/// A command of the operator's that takes secrets, one a run, as JSON on its standard input.
#[derive(Debug)]
pub struct SecretCommand {
    words: Vec<String>,
    /// Variables of the environment that it does not get to see.
    withheld: Arc<[String]>,
}

impl SecretCommand {
    pub(super) fn new(words: Vec<String>, withheld: Arc<[String]>) -> Self {
        Self { words, withheld }
    }

    /// The program, without its arguments: they may say where secrets are.
    pub(super) fn name(&self) -> &str {
        self.words.first().map_or("", String::as_str)
    }

    pub(super) fn prepare(&self) -> Result<(), SinkFailure> {
        match which::which(self.name()) {
            Ok(_) => Ok(()),
            Err(source) => Err(SinkFailure::NoCommand {
                program: self.name().to_owned(),
                source,
            }),
        }
    }

    /// Hands a secret over and returns who has it now: the command, or where it says it put it.
    pub(super) async fn hand_over(&self, new: &NewSecret) -> Result<String, SinkFailure> {
        let record = format!("{}\n", new.record());
        let late = io::Error::new(
            io::ErrorKind::TimedOut,
            format!("it took longer than {} seconds", LIMIT.as_secs()),
        );
        let ended = timeout(LIMIT, self.run(&record)).await.unwrap_or(Err(late));
        let output = ended.map_err(|source| SinkFailure::Broken {
            program: self.name().to_owned(),
            source,
        })?;
        if !output.status.success() {
            return Err(SinkFailure::Refused {
                program: self.name().to_owned(),
                ended: output.status.to_string(),
            });
        }
        let told = first_line(&output.stdout).filter(|line| !line.contains(&new.secret));
        Ok(told.unwrap_or_else(|| format!("the operator's {}", self.name())))
    }

    /// Its standard error goes nowhere, because it may repeat the secret.
    async fn run(&self, record: &str) -> io::Result<Output> {
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
        if let Some(mut input) = child.stdin.take() {
            match input.write_all(record.as_bytes()).await {
                // Whether a command that does not read to the end has failed, its exit code says.
                Err(error) if error.kind() != io::ErrorKind::BrokenPipe => return Err(error),
                _ => {}
            }
        }
        child.wait_with_output().await
    }
}

/// The first line, fit to be shown.
fn first_line(output: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(output);
    let line = text.lines().next()?.trim();
    let line: String = line
        .chars()
        .filter(|c| !c.is_control())
        .take(LONGEST)
        .collect();
    (!line.is_empty()).then_some(line)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    const SECRET: &str = "sk-canary-0123456789";

    async fn handed_to(script: &str) -> Result<String, SinkFailure> {
        let words = ["sh", "-c", script].map(str::to_owned).to_vec();
        let command = SecretCommand::new(words, ["HOME".to_owned()].into());
        let new = NewSecret {
            tool: "create_api_key",
            field: "key".to_owned(),
            id: Some("k-1".to_owned()),
            principal: "local".into(),
            secret: SECRET.to_owned(),
        };
        command.prepare()?;
        command.hand_over(&new).await
    }

    #[tokio::test]
    async fn its_first_line_says_where_the_secret_is() {
        let told = handed_to("cat >/dev/null; echo vault: keys/7; echo more").await;
        assert_eq!(told.unwrap(), "vault: keys/7");
        let told = handed_to("exit 0").await;
        assert_eq!(told.unwrap(), "the operator's sh");
    }

    #[tokio::test]
    async fn what_repeats_the_secret_is_not_passed_on() {
        let told = handed_to("cat").await;
        assert_eq!(told.unwrap(), "the operator's sh");
    }

    #[tokio::test]
    async fn it_gets_the_secret_and_not_the_environment_of_the_server() {
        let told = handed_to("grep -q sk-canary-0123456789 && test -z \"$HOME\" && echo ok").await;
        assert_eq!(told.unwrap(), "ok");
    }

    #[tokio::test]
    async fn its_exit_code_counts() {
        let refused = handed_to("cat >/dev/null; exit 3").await.unwrap_err();
        let text = refused.to_string();
        assert!(
            text.contains("exit status: 3") && !text.contains(SECRET),
            "{text}"
        );
    }

    #[test]
    fn a_command_that_is_not_there_is_noticed_before() {
        let command = SecretCommand::new(vec!["no-such-command-here".to_owned()], [].into());
        assert!(matches!(
            command.prepare(),
            Err(SinkFailure::NoCommand { .. })
        ));
    }
}
