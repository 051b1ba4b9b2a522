//! `portkey-mcp describe`: everything about one tool.

use std::fmt::Write as _;

use clap::Args;
use portkey_api::{Declaration, Keys, Plan};
use portkey_engine::catalog::{CatalogEntry, Tool, common_arguments};
use serde_json::Value;

use super::{
    CommandFailure, completions, example, print, schema_lines, tools, unknown_word::UnknownWord,
};
use crate::catalog::catalog;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Name of the tool.
    #[arg(add = completions::tools())]
    tool: String,
    /// Print JSON, with the schema.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), CommandFailure> {
    let name = &arguments.tool;
    let entry = catalog().entry(name).map_err(|_| UnknownWord::tool(name))?;
    if arguments.json {
        print(format!("{:#}", tools::as_json(entry)))
    } else {
        print(page(entry).trim_end())
    }
}

fn page(entry: CatalogEntry) -> String {
    let tool = entry.tool;
    let declaration = tool.declaration();
    let mut text = format!(
        "{} - {}\n\n{}\n\n",
        declaration.name, declaration.title, declaration.description
    );
    if let Tool::Operation(operation) = tool {
        _ = writeln!(text, "request  {} {}", operation.method, operation.path);
    }
    let lost = if declaration.destructive {
        ", destroys something"
    } else {
        ""
    };
    _ = writeln!(text, "effect   {}{lost}", declaration.effect.as_str());
    _ = writeln!(text, "domain   {}", entry.domain);
    _ = writeln!(text, "list     {}", tools::list(tool));
    needs(declaration, &mut text);
    text.push_str("\narguments (* required)\n");
    for (name, schema) in
        properties(declaration).filter(|(_, schema)| !schema_lines::is_of_no_use(schema))
    {
        for line in schema_lines::lines(
            name,
            schema,
            declaration.requires(name),
            (declaration.vendor.inside)(schema),
        ) {
            _ = writeln!(text, "{line}");
        }
    }
    text.push_str("\ncommon arguments\n");
    for common in common_arguments(tool) {
        _ = writeln!(text, "  {:<28} {}", common.name, common.help);
    }
    let arguments = Value::Object(example::arguments(tool));
    _ = write!(
        text,
        "\nexample\n  {}\n\nexample as JSON\n{arguments:#}\n",
        example::shell(tool)
    );
    text
}

/// What the key must be, and the scopes it must have.
fn needs(declaration: &Declaration, text: &mut String) {
    let key = match declaration.keys {
        Keys::Any => "any",
        Keys::Admin => "admin key",
        Keys::Workspace => "workspace key",
        Keys::None => "none",
    };
    let plan = if declaration.plan == Plan::Enterprise {
        ", plan Enterprise"
    } else {
        ""
    };
    _ = writeln!(text, "key      {key}{plan}");
    let scopes = declaration.scopes;
    if !scopes.names.is_empty() {
        let joint = if scopes.all { " and " } else { " or " };
        _ = writeln!(text, "scopes   {}", scopes.names.join(joint));
    }
}

fn properties(
    declaration: &Declaration,
) -> impl Iterator<Item = (&'static String, &'static Value)> {
    let properties = declaration
        .input()
        .get("properties")
        .and_then(Value::as_object);
    properties.into_iter().flatten()
}
