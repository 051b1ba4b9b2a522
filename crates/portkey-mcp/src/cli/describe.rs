//! `portkey-mcp describe`: everything about one tool.

use std::fmt::Write as _;

use clap::Args;
use portkey_engine::catalog::{CatalogEntry, Tool};
use serde_json::Value;

use super::{CommandFailure, print, tools};
use crate::catalog::catalog;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Name of the tool.
    tool: String,
    /// Print JSON, with the schema.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), CommandFailure> {
    let entry = catalog().entry(&arguments.tool)?;
    if arguments.json {
        print(format!("{:#}", tools::as_json(entry)))
    } else {
        print(page(entry).trim_end())
    }
}

fn page(entry: CatalogEntry) -> String {
    let declaration = entry.tool.declaration();
    let mut text = format!(
        "{} - {}\n\n{}\n\n",
        declaration.name,
        declaration.title,
        entry.tool.description()
    );
    if let Tool::Operation(operation) = entry.tool {
        _ = writeln!(text, "request  {} {}", operation.method, operation.path);
    }
    _ = writeln!(text, "effect   {}", declaration.effect.as_str());
    _ = writeln!(text, "domain   {}\n\narguments", entry.domain);
    let schema = declaration.input_schema();
    let properties = schema.get("properties").and_then(Value::as_object);
    for (name, property) in properties.into_iter().flatten() {
        let mark = if declaration.requires(name) { " *" } else { "" };
        let name = format!("{name}{mark}");
        let meaning = property
            .get("description")
            .and_then(Value::as_str)
            .unwrap_or_default();
        _ = writeln!(text, "  {name:<26} {:<10} {meaning}", kind(property));
        if let Some(allowed) = property.get("enum").and_then(Value::as_array) {
            let words: Vec<_> = allowed.iter().map(word).collect();
            _ = writeln!(text, "  {:<26} {:<10} one of {}", "", "", words.join(", "));
        }
    }
    text.push_str("\n* required\n");
    text
}

fn kind(property: &Value) -> String {
    match property.get("type") {
        Some(Value::String(kind)) => kind.clone(),
        Some(Value::Array(kinds)) => kinds.iter().map(word).collect::<Vec<_>>().join("|"),
        _ => "any".to_owned(),
    }
}

fn word(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}
