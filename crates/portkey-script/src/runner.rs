//! The host of a script: starts its process, answers its calls, and ends it.

use std::{io, path::Path, process::Stdio};

use futures_util::{StreamExt as _, stream::FuturesUnordered};
use serde_json::Value;
use tokio::{
    io::{AsyncBufRead, AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    process::{Child, ChildStdin, ChildStdout, Command},
    sync::{Semaphore, mpsc},
};

use crate::message::{Answer, Ended, FromScript, ScriptLimits, Start};

/// A call that a script makes.
#[derive(Debug)]
pub struct FunctionCall {
    /// The name of the function.
    pub name: String,
    /// The argument, which is an object unless the process misbehaves.
    pub arguments: Value,
}

/// Why nothing is known of how a script ended.
#[derive(Debug, thiserror::Error)]
pub enum RunFailure {
    /// Its process cannot be started.
    #[error("the process of the script cannot be started: {0}")]
    Unstarted(#[source] io::Error),
    /// It took too long.
    #[error("the script took more than {} seconds with its calls", .0.time.as_secs())]
    OutOfTime(ScriptLimits),
    /// Its process ended without a word: killed for its use of the processor, or by a fault of the engine.
    #[error("the script computed for too long inside one built-in function, or used up its memory")]
    Killed,
    /// What its process said is no message.
    #[error("the process of the script is not understood: {0}")]
    Unreadable(#[source] io::Error),
}

/// Runs a script in a process of `program`, which must call [`serve`](crate::serve) when it is started with `argument`.
/// `call` answers the functions: with a value, or with the members of the error that the script gets. Dropping the future
/// ends the process and the calls.
pub async fn run<F>(
    program: &Path,
    argument: &str,
    script: String,
    limits: ScriptLimits,
    call: impl Fn(FunctionCall) -> F,
) -> Result<Ended, RunFailure>
where
    F: Future<Output = Result<Value, Value>>,
{
    let mut child = start(program, argument).map_err(RunFailure::Unstarted)?;
    let ends = child.stdin.take().zip(child.stdout.take());
    let (input, output) =
        ends.ok_or_else(|| RunFailure::Unstarted(io::ErrorKind::BrokenPipe.into()))?;
    let start = Start { script, limits };
    let talk = talk(input, output, &start, call);
    let ended = tokio::time::timeout(limits.time, talk).await;
    match ended {
        Err(_) => Err(RunFailure::OutOfTime(limits)),
        Ok(Ok(Some(ended))) => Ok(ended),
        Ok(Ok(None)) => Err(RunFailure::Killed),
        Ok(Err(error)) => Err(RunFailure::Unreadable(error)),
    }
}

/// The process inherits nothing: no environment, no open files, no standard error.
fn start(program: &Path, argument: &str) -> io::Result<Child> {
    Command::new(program)
        .arg(argument)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
}

/// Talks with the process until the script has ended. `None` if the process ended before.
async fn talk<F>(
    mut input: ChildStdin,
    output: ChildStdout,
    start: &Start,
    call: impl Fn(FunctionCall) -> F,
) -> io::Result<Option<Ended>>
where
    F: Future<Output = Result<Value, Value>>,
{
    let (answers, mut answered) = mpsc::unbounded_channel();
    let writing = async {
        if send(&mut input, start).await.is_err() {
            return;
        }
        while let Some(answer) = answered.recv().await {
            // A process that does not read any more is noticed by the end of its output.
            if send::<Answer>(&mut input, &answer).await.is_err() {
                return;
            }
        }
    };
    let answering = answer_calls(output, start.limits, answers, call);
    let (ended, ()) = tokio::join!(answering, writing);
    ended
}

async fn send<T: serde::Serialize>(input: &mut ChildStdin, message: &T) -> io::Result<()> {
    let mut line = serde_json::to_vec(message)?;
    line.push(b'\n');
    input.write_all(&line).await
}

async fn answer_calls<F>(
    output: ChildStdout,
    limits: ScriptLimits,
    answers: mpsc::UnboundedSender<Answer>,
    call: impl Fn(FunctionCall) -> F,
) -> io::Result<Option<Ended>>
where
    F: Future<Output = Result<Value, Value>>,
{
    let mut output = BufReader::new(output);
    let turns = Semaphore::new(limits.at_once);
    let mut running = FuturesUnordered::new();
    let mut reading = Box::pin(next(&mut output, limits));
    let mut made = 0;
    loop {
        let message = tokio::select! {
            Some(answer) = running.next(), if !running.is_empty() => {
                _ = answers.send(answer);
                continue;
            }
            message = &mut reading => message?,
        };
        let (id, name, arguments) = match message {
            Some(FromScript::Call {
                id,
                name,
                arguments,
            }) if made < limits.calls => (id, name, arguments),
            // The prelude counts too: more calls come only of a process that does not do what it should.
            Some(FromScript::Call { .. }) | None => return Ok(None),
            Some(FromScript::Ended(ended)) => return Ok(Some(ended)),
        };
        drop(reading);
        reading = Box::pin(next(&mut output, limits));
        let called = FunctionCall {
            name,
            arguments: serde_json::from_str(&arguments)?,
        };
        made += 1;
        let (turns, call) = (&turns, &call);
        running.push(async move {
            // Nobody closes the semaphore.
            let turn = turns.acquire().await;
            let answer = call(called).await;
            drop(turn);
            let (ok, value) = match answer {
                Ok(value) => (true, value),
                Err(value) => (false, value),
            };
            Answer {
                id,
                ok,
                text: value.to_string(),
            }
        });
    }
}

/// The next message of the process, `None` at the end of its output.
async fn next(
    output: &mut (impl AsyncBufRead + Unpin),
    limits: ScriptLimits,
) -> io::Result<Option<FromScript>> {
    // JSON text within JSON has its marks escaped.
    let most = 2 * limits.message as u64 + 4096;
    let mut line = Vec::new();
    output.take(most).read_until(b'\n', &mut line).await?;
    if line.last() != Some(&b'\n') {
        return Ok(None);
    }
    Ok(Some(serde_json::from_slice(&line)?))
}
