//! Runs a program: its engine on a thread that may block, its calls here.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
    mpsc::{Receiver, RecvTimeoutError, channel},
};

use futures_util::{StreamExt as _, stream::FuturesUnordered};
use serde_json::{Map, Value};
use tokio::{
    sync::{Semaphore, mpsc::unbounded_channel},
    task::spawn_blocking,
};

use crate::{
    error::{ScriptError, Why},
    limits::ScriptLimits,
    realm::{Answer, Clock, Realm, Request},
};

/// A program to run.
#[derive(Debug, Clone)]
pub struct Program {
    /// The body of an async function.
    pub source: String,
    /// The name of the object whose functions are calls.
    pub object: &'static str,
    /// What it may use.
    pub limits: ScriptLimits,
}

/// A program that ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Finished {
    /// What it returned, or why it did not finish.
    pub returned: Result<Value, ScriptError>,
    /// What it wrote to the console.
    pub console: String,
}

/// Tells the thread of a program that nobody waits for it any more.
struct Cancel(Arc<AtomicBool>);

impl Drop for Cancel {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Runs a program. `call` answers each call with a value, or says why there is none; calls that the program did not wait
/// for are finished too. If this future is dropped, the program is stopped, and so are its calls.
pub async fn run<F, A>(program: Program, call: F) -> Finished
where
    F: Fn(String, Map<String, Value>) -> A,
    A: Future<Output = Result<Value, String>>,
{
    let cancelled = Arc::<AtomicBool>::default();
    let _cancel = Cancel(Arc::clone(&cancelled));
    let slots = Semaphore::new(program.limits.at_once);
    let (sender, mut requests) = unbounded_channel();
    let (answers, answered) = channel();
    let mut thread = spawn_blocking(move || {
        let clock = Clock::new(program.limits, cancelled);
        let realm = match Realm::new(program.object, &clock, sender) {
            Ok(realm) => realm,
            Err(error) => return Finished::failed(error),
        };
        let returned = execute(&program, &realm, &clock, &answered);
        Finished {
            returned,
            console: realm.console(),
        }
    });
    let (slots, call) = (&slots, &call);
    let answer = |request: Request| async move {
        // The semaphore is never closed.
        let _slot = slots.acquire().await;
        let Request {
            id,
            function,
            arguments,
        } = request;
        // The prelude sends nothing but objects.
        let arguments = serde_json::from_str(&arguments).unwrap_or_default();
        let outcome = call(function, arguments).await;
        Answer {
            id,
            outcome: outcome.map(|value| value.to_string()),
        }
    };
    let mut calls = FuturesUnordered::new();
    let finished = loop {
        tokio::select! {
            finished = &mut thread => {
                break finished.unwrap_or_else(|error| {
                    Finished::failed(Why::Broken(error.to_string()).into())
                });
            }
            Some(request) = requests.recv() => calls.push(answer(request)),
            Some(answer) = calls.next(), if !calls.is_empty() => {
                // A program that ended needs no answer.
                _ = answers.send(answer);
            }
        }
    };
    while let Ok(request) = requests.try_recv() {
        calls.push(answer(request));
    }
    while calls.next().await.is_some() {}
    finished
}

/// Runs a program on this thread, which waits for the answers to its calls.
fn execute(
    program: &Program,
    realm: &Realm,
    clock: &Clock,
    answered: &Receiver<Answer>,
) -> Result<Value, ScriptError> {
    let limits = &program.limits;
    let length = program.source.len();
    if length > limits.source {
        return Err(Why::TooLong(length, limits.source).into());
    }
    realm.start(&program.source)?;
    loop {
        realm.advance()?;
        if let Some(returned) = realm.returned()? {
            return read(&returned, limits.result);
        }
        if realm.waits()? == 0 {
            return Err(Why::Stuck.into());
        }
        match answered.recv_timeout(clock.left()) {
            Ok(answer) => {
                clock.resume();
                realm.settle(answer)?;
            }
            Err(RecvTimeoutError::Timeout) => return Err(Why::TimedOut(limits.time).into()),
            Err(RecvTimeoutError::Disconnected) => return Err(Why::Cancelled.into()),
        }
    }
}

fn read(returned: &str, most: usize) -> Result<Value, ScriptError> {
    if returned.len() > most {
        return Err(Why::TooLarge(returned.len(), most).into());
    }
    serde_json::from_str(returned).map_err(|error| Why::Broken(error.to_string()).into())
}

impl Finished {
    fn failed(error: ScriptError) -> Self {
        Self {
            returned: Err(error),
            console: String::new(),
        }
    }
}

#[cfg(test)]
#[path = "engine/tests.rs"]
mod tests;
