//! The reference of the tools as Markdown: a list of them, and a page for each.

use std::fmt::Write as _;

use portkey_engine::catalog::Tool;
use serde_json::Value;

use crate::{access::Principal, surface::first_sentence};

/// The tools that a principal may call, a line each.
pub(super) fn index(principal: &Principal) -> String {
    let mut text = "# Tools\n\nEach has a page at `portkey://tools/NAME`.\n\n".to_owned();
    for tool in principal.tools() {
        let declaration = tool.declaration();
        let effect = declaration.effect.as_str();
        let does = first_sentence(declaration.description);
        _ = writeln!(text, "- `{}` ({effect}): {does}", declaration.name);
    }
    text
}

/// What one tool does, what it needs and what it takes.
pub(super) fn page(tool: Tool) -> String {
    let declaration = tool.declaration();
    let effect = declaration.effect.as_str();
    let mut text = format!(
        "# {}\n\n`{}`: {}\n\nEffect: {effect}",
        declaration.title,
        declaration.name,
        tool.description(),
    );
    if declaration.destructive {
        text.push_str(", and destroys something, so it may ask for confirmation");
    }
    text.push_str(".\n");
    if let Tool::Operation(operation) = tool {
        let example = Value::Object(portkey_examples::least(operation));
        _ = write!(text, "\n## Example\n\n```json\n{example:#}\n```\n");
    }
    let schema = Value::Object(tool.input_schema());
    _ = write!(text, "\n## Arguments\n\n```json\n{schema:#}\n```\n");
    text
}
