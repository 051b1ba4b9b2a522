//! `portkey-mcp call`: makes one call and prints its answer.

mod chart;
mod consent;
mod failure;
mod files;
mod flags;
mod members;

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use portkey_api::{Effect, JsonObject, Problem, Reason};
use portkey_engine::{
    audit::Destination,
    call::{Call, Caller, Consent, Failure, Notes, Outcome, Progress, Requester, list_in},
    catalog::{CONFIRMATION, FIELDS, Tool},
    services::Services,
    state,
    untrusted::visible,
    workers::Workers,
};
use serde_json::Value;

use super::{
    CommandFailure, audit, journal, note,
    output::{Layout, OutputArguments},
    print, profile,
    progress::Line,
    serve, stop,
};
use crate::{
    access::Principal, catalog::catalog, config::Configuration, upstream::Upstream, wording::Words,
};

pub(super) use consent::Agreement;
pub(super) use failure::ArgumentsFailure;
pub(super) use flags::{COMMON, command};
use members::Member;

/// A tool and its arguments.
#[derive(Debug)]
pub(super) struct Arguments {
    tool: Tool,
    json: Option<PathBuf>,
    named: JsonObject,
    members: Vec<Member>,
    agreement: Agreement,
    output: OutputArguments,
}

impl Arguments {
    /// The call of another command.
    pub(super) fn of(
        tool: Tool,
        named: JsonObject,
        output: OutputArguments,
        agreement: Agreement,
    ) -> Self {
        Self {
            tool,
            json: None,
            named,
            members: Vec::new(),
            agreement,
            output,
        }
    }
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
    let replaced = members::put(arguments.tool, &mut named, &arguments.members);
    let upstream = upstream(configuration, arguments.tool, workers).await?;
    let principal = Principal::local(
        catalog().all(),
        configuration.policy(),
        profile(configuration, &upstream)?.within(configuration.settings.answers.of_command()),
    );
    let confirmed = named.get(CONFIRMATION.name);
    let agreed = arguments.agreement.yes || confirmed.is_some_and(|word| word == "yes");
    let list = list_in(arguments.tool.declaration());
    let layout = Layout {
        list,
        columns: columns(&named, list.unwrap_or_default()),
    };
    let call = Call {
        tool: arguments.tool,
        arguments: named,
        by: Requester {
            wording: &Words::ForShell,
            ..principal.requester(Some("portkey-mcp call"))
        },
        consent: consent::needed(principal.policy().confirm(), agreed),
        progress: Progress::default(),
        notes: Notes::default(),
    };
    let notes = call.notes.clone();
    let outcome = call_with_consent(principal.profile().caller(), call).await;
    let drawing = notes.take_drawing();
    if let Some(notes) = notes.take() {
        note(visible(&notes));
    }
    if outcome.is_ok() {
        for replaced in &replaced {
            note(visible(replaced));
        }
    }
    if let Err(CommandFailure::Call(failure)) = &outcome
        && wants_json(failure)
    {
        note(
            "an object or a list is JSON, NAME=VALUE for a member, or in a file: --FLAG @FILE, or --FLAG @- for standard input",
        );
    }
    let outcome = outcome?;
    match drawing {
        Some(drawing) if wanted.show(&drawing.chart)? => Ok(()),
        _ => print_outcome(outcome, &arguments.output, &layout),
    }
}

/// Opens what a call needs, and notes what is not there.
async fn upstream(
    configuration: &Configuration,
    tool: Tool,
    workers: &Arc<Workers>,
) -> Result<Upstream, CommandFailure> {
    let sandbox = &configuration.settings.sandbox;
    if sandbox.is_on() {
        note(format_args!("SANDBOX: {sandbox}"));
    }
    let journal = journal::open(configuration, journal::Default::File)?;
    let audit = audit::open(configuration, Destination::of_a_user)?;
    if tool.declaration().effect != Effect::Read {
        if journal.is_none() && configuration.settings.journal.journal.is_none() {
            note("no data directory can be written, so the change cannot be undone (--journal)");
        }
        serve::note_no_folder(configuration);
    }
    let file = journal::file(configuration, journal::Default::File);
    let services = Services::new(state::open(None)?, audit, journal)
        .with_quotas_beside(file)
        .on(Arc::clone(workers));
    Ok(Upstream::open(&configuration.settings, services).await?)
}

/// The columns of a table: the fields that were asked for, in that order. A part of a list is no column.
fn columns(named: &JsonObject, list: &str) -> Vec<String> {
    let texts: Vec<&str> = match named.get(FIELDS.name) {
        Some(Value::String(text)) => text.split(',').collect(),
        Some(Value::Array(texts)) => texts.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let columns = texts.into_iter().map(|text| {
        let text = text.trim();
        let inside = text.strip_prefix(list);
        let inside = inside.and_then(|rest| rest.strip_prefix('.'));
        inside.unwrap_or(text)
    });
    let is_column = |text: &&str| !text.is_empty() && *text != list && !text.contains('[');
    columns.filter(is_column).map(str::to_owned).collect()
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
            consent::ask(&consequence).await?;
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
    let (line, progress) = Line::new("waiting for Portkey");
    let outcome = tokio::select! {
        outcome = caller.call(Call { progress, ..call }) => outcome,
        () = interrupted => Err(Failure::Cancelled),
    };
    line.clear();
    Ok(outcome?)
}

fn print_outcome(
    outcome: Outcome,
    output: &OutputArguments,
    layout: &Layout,
) -> Result<(), CommandFailure> {
    match outcome {
        Outcome::Answer(answer) => output.print(answer, layout),
        Outcome::Table { text, .. } => print(text.trim_end()),
        Outcome::Preview(preview) if output.is_chosen() => {
            output.print(preview.to_json(), &Layout::default())
        }
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
