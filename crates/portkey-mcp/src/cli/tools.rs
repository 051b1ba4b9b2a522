//! `portkey-mcp tools`: lists the tools.

use std::fmt::Write as _;

use clap::Args;
use portkey_engine::catalog::{CatalogEntry, Tool};
use serde_json::{Value, json};

use super::{CommandFailure, print, token_costs};
use crate::{catalog::catalog, config::Configuration};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Print JSON, with schemas.
    #[arg(long)]
    json: bool,
    /// Print what the tools cost a model to read, in tokens.
    #[arg(long, conflicts_with = "json")]
    tokens: bool,
}

/// Lists the tools of `--toolsets`, or all of them, without those that the policy forbids.
pub(super) fn run(
    configuration: &Configuration,
    arguments: &Arguments,
) -> Result<(), CommandFailure> {
    let selection = configuration.settings.selection();
    let selection = selection.cloned().unwrap_or_else(|| catalog().all());
    let policy = configuration.policy();
    let entries = catalog()
        .entries()
        .filter(|entry| selection.contains(entry.tool) && policy.permits(entry.tool).is_ok());
    if arguments.json {
        return print(Value::Array(entries.map(as_json).collect()));
    }
    if arguments.tokens {
        return print(token_costs::table(entries).trim_end());
    }
    print(table(entries).trim_end())
}

fn table(entries: impl Iterator<Item = CatalogEntry>) -> String {
    let mut text = String::new();
    let mut domain = "";
    for entry in entries {
        if entry.domain != domain {
            domain = entry.domain;
            _ = write!(text, "\n{domain}\n");
        }
        let declaration = entry.tool.declaration();
        let effect = declaration.effect.as_str();
        _ = writeln!(
            text,
            "  {:<30} {effect:<8} {}",
            declaration.name, declaration.title
        );
    }
    text.trim_start().to_owned()
}

/// The full description of a tool.
pub(super) fn as_json(entry: CatalogEntry) -> Value {
    let declaration = entry.tool.declaration();
    let request = match entry.tool {
        Tool::Operation(operation) => {
            json!({ "method": operation.method.as_str(), "path": operation.path })
        }
        Tool::Workflow(_) => Value::Null,
    };
    json!({
        "name": declaration.name,
        "title": declaration.title,
        "description": entry.tool.description(),
        "domain": entry.domain,
        "effect": declaration.effect.as_str(),
        "destructive": declaration.destructive,
        "repeatable": declaration.repeatable,
        "scopes": declaration.scopes.names,
        "request": request,
        "input_schema": entry.tool.input_schema(),
    })
}
