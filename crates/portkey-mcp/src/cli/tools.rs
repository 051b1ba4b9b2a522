//! `portkey-mcp tools`: lists the tools.

use std::fmt::Write as _;

use clap::{Args, builder::PossibleValuesParser};
use portkey_engine::catalog::{CatalogEntry, Tool};
use portkey_search::Filter;
use serde_json::{Value, json};

use super::{CommandFailure, print, token_costs};
use crate::{catalog::catalog, config::Configuration, surface::found};

/// How many tools a search lists.
const MOST_FOUND: usize = 15;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// What you want to do, in a few words. Left out: every tool.
    words: Vec<String>,
    /// Only tools of this domain.
    #[arg(long, value_parser = PossibleValuesParser::new(catalog().domains()), hide_possible_values = true)]
    domain: Option<String>,
    /// Print JSON, with schemas.
    #[arg(long)]
    json: bool,
    /// Print what the tools cost a model to read, in tokens.
    #[arg(long, conflicts_with = "json")]
    tokens: bool,
}

/// Lists the tools of `--toolsets`, or all of them, without those that the policy forbids; with words those that fit
/// them, best first.
pub(super) fn run(
    configuration: &Configuration,
    arguments: &Arguments,
) -> Result<(), CommandFailure> {
    let selection = configuration.settings.selection();
    let selection = selection.cloned().unwrap_or_else(|| catalog().all());
    let policy = configuration.policy();
    let mut entries = asked_for(arguments);
    entries.retain(|entry| selection.contains(entry.tool) && policy.permits(entry.tool).is_ok());
    if !arguments.words.is_empty() {
        entries.truncate(MOST_FOUND);
    }
    if arguments.json {
        return print(Value::Array(entries.into_iter().map(as_json).collect()));
    }
    if arguments.tokens {
        return print(token_costs::table(entries.into_iter()).trim_end());
    }
    let is_ranked = !arguments.words.is_empty();
    print(if is_ranked {
        ranked(&entries)
    } else {
        by_domain(&entries)
    })
}

/// The tools of the domain that fit the words.
fn asked_for(arguments: &Arguments) -> Vec<CatalogEntry> {
    let domain = arguments.domain.as_deref();
    if arguments.words.is_empty() {
        let entries = catalog().entries();
        return entries
            .filter(|entry| domain.is_none_or(|domain| entry.domain == domain))
            .collect();
    }
    let filter = Filter {
        domains: domain.into_iter().collect(),
        ..Filter::default()
    };
    let said = arguments.words.join(" ").replace(['_', '-'], " ");
    let tools = found(&said, &filter);
    tools
        .filter_map(|tool| catalog().entry(tool.name()).ok())
        .collect()
}

fn by_domain(entries: &[CatalogEntry]) -> String {
    let mut text = String::new();
    let mut domain = "";
    for entry in entries {
        if entry.domain != domain {
            domain = entry.domain;
            _ = write!(text, "\n{domain}\n");
        }
        _ = writeln!(text, "{}", row(entry.tool));
    }
    text.trim_start().to_owned() + &count(entries)
}

fn ranked(entries: &[CatalogEntry]) -> String {
    if entries.is_empty() {
        return "No tool is found for this; `portkey-mcp tools` lists all.".to_owned();
    }
    let rows: Vec<String> = entries.iter().map(|entry| row(entry.tool)).collect();
    format!("{}\n{}", rows.join("\n"), count(entries))
}

fn row(tool: Tool) -> String {
    let declaration = tool.declaration();
    let mark = if tool.is_default() { '*' } else { ' ' };
    let effect = declaration.effect.as_str();
    format!(
        "{mark} {:<30} {effect:<8} {}",
        declaration.name, declaration.title
    )
}

fn count(entries: &[CatalogEntry]) -> String {
    let count = entries.len();
    let tools = if count == 1 { "tool" } else { "tools" };
    let default = entries
        .iter()
        .filter(|entry| entry.tool.is_default())
        .count();
    format!(
        "\n{count} {tools}; the {default} with * are offered by default. `portkey-mcp describe TOOL` shows one."
    )
}

/// The set that a tool is in.
pub(super) fn list(tool: Tool) -> &'static str {
    if tool.is_default() {
        "default"
    } else if tool.declaration().unlisted {
        "only by name"
    } else {
        "all"
    }
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
