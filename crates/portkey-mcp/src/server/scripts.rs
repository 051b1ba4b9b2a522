//! Runs scripts: each call of one is the same as a call of its tool.

use std::{collections::BTreeMap, env, io, path::PathBuf, process::ExitCode, time::Duration};

use parking_lot::Mutex;
use portkey_api::{Effect, JsonObject};
use portkey_engine::{
    call::{Call, Consent, Notes, Outcome, Progress, Requester, Step},
    tokens,
};
use portkey_script::{Ended, FunctionCall, RunFailure, ScriptLimits, Thrown, run};
use rmcp::model::CallToolResult;
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use super::{
    confirm::ConsentMode,
    outcome,
    request::{Context, audit_refusal},
    runner::notify_progress,
};
use crate::{
    access::Principal,
    surface::{Executor, Script, offered},
    wording::Words,
};

/// The first argument of this program where it is the process of a script.
pub(crate) const SCRIPT_PROCESS: &str = "script-process";

/// What a script may use.
const LIMITS: ScriptLimits = ScriptLimits {
    calls: 200,
    at_once: 8,
    time: Duration::from_mins(2),
    computing: Duration::from_secs(5),
    memory: 64 << 20,
    logged: 4_000,
    message: 4 << 20,
};

/// How many scripts run at the same time; others wait. Each is a process.
static SLOTS: Semaphore = Semaphore::const_new(8);

/// What calls of scripts may answer, in tokens: only what a script returns is read by a model.
const INNER_TOKENS: usize = 1_000_000;

/// A script that is running.
struct Running<'a> {
    principal: &'a Principal,
    by: Requester,
    mode: ConsentMode,
    context: &'a Context,
    dry_run: bool,
    made: Mutex<Made>,
}

/// What a script did.
#[derive(Debug, Default)]
struct Made {
    /// Calls that were answered, by tool.
    calls: BTreeMap<&'static str, u64>,
    /// What would change, in a dry run.
    planned: Vec<Value>,
}

/// Runs a script for a principal, until it ends or the client cancels it.
pub(super) async fn run_script(
    principal: &Principal,
    by: Requester,
    mode: ConsentMode,
    script: Script,
    context: &Context,
) -> CallToolResult {
    let running = Running {
        principal,
        by,
        mode,
        context,
        dry_run: script.dry_run,
        made: Mutex::default(),
    };
    let ended = async {
        // The semaphore is never closed.
        let _slot = SLOTS.acquire().await;
        let program = program().map_err(RunFailure::Unstarted)?;
        let call = |call| running.answer(call);
        run(&program, SCRIPT_PROCESS, script.source, LIMITS, call).await
    };
    tokio::select! {
        ended = ended => running.result(ended),
        () = context.ct.cancelled() => outcome::guided(Err("cancelled".to_owned())),
    }
}

/// What the process of a script does.
pub(crate) fn script_process() -> ExitCode {
    match portkey_script::serve(io::stdin().lock(), io::stdout()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

/// This program, even if its file was replaced since it started.
fn program() -> io::Result<PathBuf> {
    if cfg!(target_os = "linux") {
        return Ok(PathBuf::from("/proc/self/exe"));
    }
    env::current_exe()
}

impl Running<'_> {
    /// Answers a call of the script, or says what the error has that the script gets.
    async fn answer(&self, call: FunctionCall) -> Result<Value, Value> {
        let arguments = match call.arguments {
            Value::Object(arguments) => arguments,
            _ => JsonObject::new(),
        };
        let answer = self.call(call.name, arguments).await;
        answer.map_err(|message| json!({ "message": message }))
    }

    /// Makes a call of the script.
    async fn call(&self, name: String, arguments: JsonObject) -> Result<Value, String> {
        let (tool, arguments) = match offered(self.principal, &name, arguments) {
            Ok(call) => call,
            Err(refused) => {
                audit_refusal(self.principal, &self.by, &refused).await;
                return Err(refused.why.to_string());
            }
        };
        let call = Call {
            tool,
            arguments: self.prepared(tool.declaration().effect, arguments),
            by: self.by.clone(),
            consent: match self.mode {
                ConsentMode::Unneeded => Consent::Unneeded,
                ConsentMode::Token => Consent::OfCaller,
                ConsentMode::Elicitation | ConsentMode::InputRequired => {
                    Consent::OfUser { agreed: None }
                }
            },
            progress: Progress::default(),
            notes: Notes::default(),
        };
        let outcome = self.principal.profile().caller().call(call).await;
        let answer = match outcome {
            Ok(Outcome::Answer(answer)) => answer,
            Ok(Outcome::Table { text, .. }) => text.into(),
            Ok(Outcome::Preview(preview)) => preview.to_json(),
            // The token stays here: a script that had it could agree without anybody having read what to.
            Ok(Outcome::Unconfirmed { consequence, .. }) => {
                return Err(format!(
                    "`{}` needs consent, which a script cannot give, so nothing was done by it: call it outside of a \
                     script, by `{}`. {consequence}",
                    tool.name(),
                    Executor::of(tool).name(),
                ));
            }
            Err(failure) => return Err(failure.describe(&Words::ForAssistant).to_string()),
        };
        let done = self.note(tool.name(), tool.declaration().effect, &answer);
        let message = tool.name().to_owned();
        let step = Step {
            done,
            total: None,
            message,
        };
        notify_progress(self.context, step).await;
        Ok(answer)
    }

    /// The arguments with what holds for all calls of a script: whole entries, whole answers, and no change in a dry
    /// run.
    fn prepared(&self, effect: Effect, mut arguments: JsonObject) -> JsonObject {
        let mut usually = |name: &str, value: Value| {
            if !arguments.contains_key(name) {
                arguments.insert(name.to_owned(), value);
            }
        };
        usually("result_tokens", INNER_TOKENS.into());
        if effect == Effect::Read {
            usually("verbose", true.into());
        } else if self.dry_run {
            arguments.insert("dry_run".to_owned(), true.into());
        }
        arguments
    }

    /// Counts a call that was answered, and returns how many were.
    fn note(&self, tool: &'static str, effect: Effect, answer: &Value) -> u64 {
        let mut made = self.made.lock();
        *made.calls.entry(tool).or_default() += 1;
        if self.dry_run && effect != Effect::Read {
            made.planned
                .push(json!({ "tool": tool, "would_do": answer }));
        }
        made.calls.values().sum()
    }

    fn result(&self, ended: Result<Ended, RunFailure>) -> CallToolResult {
        let made = self.made.lock();
        let (console, value) = match ended {
            Ok(Ended { outcome, log }) => (log.join("\n"), returned(outcome)),
            Err(failure) => (String::new(), Err(failure.to_string())),
        };
        let value = match value {
            Ok(value) => value,
            Err(error) => {
                let wrote = if console.is_empty() {
                    String::new()
                } else {
                    format!("\nconsole:\n{console}")
                };
                return outcome::guided(Err(format!("{error}{}{wrote}", made.so_far())));
            }
        };
        let budget = self.principal.profile().caller().usual_tokens();
        if let Some(budget) = budget.filter(|budget| tokens::exceed(&value, *budget)) {
            return outcome::guided(Err(format!(
                "the script returns more than {budget} tokens (`--result-tokens`): return less, such as names, counts \
                 or the first entries{}",
                made.so_far()
            )));
        }
        let mut answer = json!({ "returned": value, "calls": made.calls });
        if let Value::Object(members) = &mut answer {
            if self.dry_run {
                members.insert("planned".to_owned(), made.planned.clone().into());
            }
            if !console.is_empty() {
                members.insert("console".to_owned(), console.into());
            }
        }
        outcome::of_others(answer)
    }
}

/// What a script returned, or what it threw and where.
fn returned(outcome: Result<Option<String>, Thrown>) -> Result<Value, String> {
    match outcome {
        Ok(None) => Ok(Value::Null),
        Ok(Some(text)) => serde_json::from_str(&text).map_err(|error| error.to_string()),
        Err(Thrown { message, at: None }) => Err(message),
        Err(Thrown {
            message,
            at: Some(at),
        }) => Err(format!("{message} (at {at} of the script)")),
    }
}

impl Made {
    /// What a script did before it failed, as the end of a sentence.
    fn so_far(&self) -> String {
        if self.calls.is_empty() {
            return String::new();
        }
        let calls = self
            .calls
            .iter()
            .map(|(tool, count)| format!("{tool} ({count})"));
        let calls: Vec<String> = calls.collect();
        format!(
            ". Answered before: {}; what these changed stays changed, so do not repeat it",
            calls.join(", ")
        )
    }
}
