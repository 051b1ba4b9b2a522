use std::fmt::Write as _;

use clap::Args;
use serde_json::{Value, json};

use super::{CommandFailure, print};
use crate::catalog::{self, Entry};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// As JSON, with schemas.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), CommandFailure> {
    if arguments.json {
        let tools: Vec<Value> = catalog::entries().map(as_json).collect();
        return print(Value::Array(tools));
    }
    print(table().trim_end())
}

fn table() -> String {
    let mut text = String::new();
    let mut domain = "";
    for entry in catalog::entries() {
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

/// Everything there is to know about one tool.
pub(super) fn as_json(entry: Entry) -> Value {
    let declaration = entry.tool.declaration();
    let request = match entry.tool {
        catalog::Tool::Operation(operation) => {
            json!({ "method": operation.method.as_str(), "path": operation.path })
        }
        catalog::Tool::Workflow(_) => Value::Null,
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
        "input_schema": declaration.input_schema(),
    })
}
