//! `portkey-mcp changes` and `portkey-mcp undo`: the journal from the shell, by the tools that assistants have for it.

use std::sync::Arc;

use clap::Args;
use portkey_api::JsonObject;
use portkey_engine::{catalog::Tool, workers::Workers};
use portkey_workflows::{LIST_CHANGES, UNDO_CHANGE};
use serde_json::Value;

use super::{
    CommandFailure,
    call::{self, Agreement},
    note,
    output::OutputArguments,
    unknown_word::UnknownWord,
};
use crate::{catalog::catalog, config::Configuration};

/// How many changes are listed where the user did not say which to undo.
const RECENT: u32 = 10;

#[derive(Debug, Args)]
pub(super) struct Changes {
    /// Only those that this tool made.
    #[arg(long = "tool", value_name = "TOOL")]
    made_by: Option<String>,
    /// Only those whose request holds this text, such as an id.
    #[arg(long, value_name = "TEXT")]
    target: Option<String>,
    /// Only those since this time: `7d`, `yesterday`, `2026-11-21`.
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// Those of everybody who uses this journal.
    #[arg(long)]
    everybody: bool,
    /// How many; 20 when left out.
    #[arg(long, value_name = "N")]
    most: Option<u32>,
    #[command(flatten)]
    output: OutputArguments,
}

#[derive(Debug, Args)]
pub(super) struct Undo {
    /// The id of the change. Left out: list the last changes.
    change_id: Option<String>,
    /// Overwrite what somebody changed since.
    #[arg(long)]
    force: bool,
    /// Say what would happen, and change nothing.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    agreement: Agreement,
    #[command(flatten)]
    output: OutputArguments,
}

pub(super) async fn list(
    configuration: &Configuration,
    arguments: Changes,
    workers: &Arc<Workers>,
) -> Result<(), CommandFailure> {
    let given = [
        ("tool", arguments.made_by.map(Value::from)),
        ("target", arguments.target.map(Value::from)),
        ("since", arguments.since.map(Value::from)),
        ("everybody", arguments.everybody.then(|| true.into())),
        ("most", arguments.most.map(Value::from)),
    ];
    let tool = tool(LIST_CHANGES)?;
    let call = call::Arguments::of(tool, named(given), arguments.output, Agreement::default());
    call::run(configuration, call, workers).await
}

pub(super) async fn undo(
    configuration: &Configuration,
    arguments: Undo,
    workers: &Arc<Workers>,
) -> Result<(), CommandFailure> {
    let Some(id) = arguments.change_id else {
        let tool = tool(LIST_CHANGES)?;
        let given = named([("most", Some(RECENT.into()))]);
        let call = call::Arguments::of(tool, given, arguments.output, Agreement::default());
        call::run(configuration, call, workers).await?;
        note("`portkey-mcp undo ID` undoes one of these, `--dry-run` shows what that would do");
        return Ok(());
    };
    let given = [
        ("change_id", Some(id.into())),
        ("force", arguments.force.then(|| true.into())),
        ("dry_run", arguments.dry_run.then(|| true.into())),
    ];
    let tool = tool(UNDO_CHANGE)?;
    let call = call::Arguments::of(tool, named(given), arguments.output, arguments.agreement);
    call::run(configuration, call, workers).await
}

fn tool(name: &str) -> Result<Tool, UnknownWord> {
    catalog().find(name).map_err(|_| UnknownWord::tool(name))
}

fn named<const N: usize>(given: [(&str, Option<Value>); N]) -> JsonObject {
    let given = given.into_iter();
    given
        .filter_map(|(name, value)| Some((name.to_owned(), value?)))
        .collect()
}
