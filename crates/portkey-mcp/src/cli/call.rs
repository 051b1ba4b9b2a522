//! `portkey-mcp call`: makes one call and prints its answer.

mod chart;
mod failure;
mod files;
mod flags;

use std::{
    fs,
    io::{self, IsTerminal as _},
    path::{Path, PathBuf},
    sync::Arc,
};

use portkey_api::{Effect, JsonObject, Problem, Reason};
use portkey_engine::{
    audit::Destination,
    call::{Call, Caller, Consent, Consequence, Failure, Notes, Outcome, Progress, Requester},
    catalog::{CONFIRMATION, Tool},
    confirm::Confirm,
    services::Services,
    state,
    untrusted::{self, visible},
    workers::Workers,
};

use super::{CommandFailure, audit, journal, note, print, profile, progress::Line, serve, stop};
use crate::{
    access::Principal, catalog::catalog, config::Configuration, upstream::Upstream, wording::Words,
};

pub(super) use failure::ArgumentsFailure;

/// A tool and its arguments.
#[derive(Debug)]
pub(super) struct Arguments {
    tool: Tool,
    json: Option<PathBuf>,
    named: JsonObject,
}

pub(super) async fn run(
    configuration: &Configuration,
    arguments: Arguments,
    workers: &Arc<Workers>,
) -> Result<(), CommandFailure> {
    let mut named = match &arguments.json {
        Some(path) => from_file(path)?,
        None => JsonObject::new(),
    };
    let mut flags = arguments.named;
    files::read(arguments.tool, &mut flags)?;
    let wanted = chart::Wanted::take(arguments.tool, &mut flags)?;
    named.extend(flags);
    let sandbox = &configuration.settings.sandbox;
    if sandbox.is_on() {
        note(format_args!("SANDBOX: {sandbox}"));
    }
    let journal = journal::open(configuration, journal::Default::File)?;
    let audit = audit::open(configuration, Destination::of_a_user)?;
    if arguments.tool.declaration().effect != Effect::Read {
        if journal.is_none() && configuration.settings.journal.journal.is_none() {
            note("no data directory can be written, so the change cannot be undone (--journal)");
        }
        serve::note_no_folder(configuration);
    }
    let file = journal::file(configuration, journal::Default::File);
    let services = Services::new(state::open(None)?, audit, journal)
        .with_quotas_beside(file)
        .on(Arc::clone(workers));
    let upstream = Upstream::open(sandbox, services).await?;
    let principal = Principal::local(
        catalog().all(),
        configuration.policy(),
        profile(configuration, &upstream)?.within(configuration.settings.answers.of_command()),
    );
    let agreed = named
        .get(CONFIRMATION.name)
        .is_some_and(|word| word == "yes");
    let asks = principal.policy().confirm() == Confirm::Always;
    let call = Call {
        tool: arguments.tool,
        arguments: named,
        by: Requester {
            wording: &Words::ForShell,
            ..principal.requester(Some("portkey-mcp call"))
        },
        // Typing the command is consent, unless `--confirm always` is set.
        consent: if asks && !agreed {
            Consent::OfUser { agreed: None }
        } else {
            Consent::Unneeded
        },
        progress: Progress::default(),
        notes: Notes::default(),
    };
    let notes = call.notes.clone();
    let outcome = call_with_consent(principal.profile().caller(), call).await;
    let drawing = notes.take_drawing();
    if let Some(notes) = notes.take() {
        note(visible(&notes));
    }
    if let Err(CommandFailure::Call(failure)) = &outcome
        && wants_json(failure)
    {
        note(
            "an object or a list is JSON, or in a file: --FLAG @FILE, or --FLAG @- for standard input",
        );
    }
    let outcome = outcome?;
    match drawing {
        Some(drawing) if wanted.show(&drawing.chart)? => Ok(()),
        _ => print_outcome(outcome),
    }
}

/// Whether a flag got something else where an object or a list is expected.
fn wants_json(failure: &Failure) -> bool {
    let Failure::Arguments(invalid) = failure else {
        return false;
    };
    let wants = |problem: &Problem| match &problem.reason {
        Reason::WrongType { expected, .. } => {
            expected.contains("an object") || expected.contains("a list")
        }
        _ => false,
    };
    invalid.problems.iter().any(wants)
}

/// Makes a call, and asks at the terminal for consent if it needs some.
async fn call_with_consent(caller: &Caller, call: Call) -> Result<Outcome, CommandFailure> {
    match call_interruptibly(caller, call.clone()).await? {
        Outcome::Unconfirmed { consequence, token } => {
            ask_for_consent(&consequence).await?;
            let agreed = Some(token);
            let consent = Consent::OfUser { agreed };
            call_interruptibly(caller, Call { consent, ..call }).await
        }
        outcome => Ok(outcome),
    }
}

/// Makes a call that a signal cancels. What was sent by then is in the journal and the audit.
async fn call_interruptibly(caller: &Caller, call: Call) -> Result<Outcome, CommandFailure> {
    let interrupted = stop::received().map_err(CommandFailure::Runtime)?;
    let (line, progress) = Line::new();
    let outcome = tokio::select! {
        outcome = caller.call(Call { progress, ..call }) => outcome,
        () = interrupted => Err(Failure::Cancelled),
    };
    line.clear();
    Ok(outcome?)
}

fn print_outcome(outcome: Outcome) -> Result<(), CommandFailure> {
    match outcome {
        Outcome::Answer(mut answer) => {
            if let Some(shown) = untrusted::note(untrusted::make_visible(&mut answer)) {
                note(shown);
            }
            print(format!("{answer:#}"))
        }
        Outcome::Table { text, .. } => print(text.trim_end()),
        Outcome::Preview(preview) => {
            print(visible(&preview.to_string()))?;
            if preview.is_shortened() {
                print("\n--dry-run=full shows the whole object.")?;
            }
            Ok(())
        }
        Outcome::Unconfirmed { consequence, .. } => {
            Err(CommandFailure::Unconfirmed(format!("{consequence}\n")))
        }
    }
}

/// Asks for consent at the terminal; refused if standard input is none.
async fn ask_for_consent(consequence: &Consequence) -> Result<(), CommandFailure> {
    let refused = |shown| Err(CommandFailure::Unconfirmed(shown));
    if !io::stdin().is_terminal() {
        return refused(format!("{consequence}\n"));
    }
    note(visible(&consequence.to_string()));
    note("type `yes` to do this:");
    let interrupted = stop::received().map_err(CommandFailure::Runtime)?;
    let answer = tokio::task::spawn_blocking(|| io::stdin().lines().next());
    tokio::select! {
        Ok(Some(Ok(answer))) = answer => match answer.trim() {
            "yes" => Ok(()),
            _ => refused(String::new()),
        },
        () = interrupted => refused(String::new()),
        else => refused(String::new()),
    }
}

fn from_file(path: &Path) -> Result<JsonObject, ArgumentsFailure> {
    let text = if path == Path::new("-") {
        io::read_to_string(io::stdin())
    } else {
        fs::read_to_string(path)
    };
    let text = text.map_err(|source| ArgumentsFailure::File {
        path: path.to_owned(),
        source,
    })?;
    serde_json::from_str(&text).map_err(|source| ArgumentsFailure::Json {
        path: path.to_owned(),
        source,
    })
}
