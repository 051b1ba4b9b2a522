//! An example of a call of each tool, with the least that it needs.

use std::fmt::Write as _;

use portkey_api::JsonObject;
use portkey_engine::catalog::Tool;
use serde_json::Value;

/// How long a value may be; a longer one stands in a file.
const MOST: usize = 200;

/// The arguments.
pub(super) fn arguments(tool: Tool) -> JsonObject {
    portkey_examples::least_of(tool.declaration())
}

/// The call as a shell takes it.
pub(super) fn shell(tool: Tool) -> String {
    let mut line = format!("portkey-mcp call {}", tool.name());
    for (name, value) in arguments(tool) {
        _ = write!(line, " --{}", name.replace('_', "-"));
        let text = text(&value);
        if text.len() > MOST {
            _ = write!(line, " @{name}.json");
        } else if value != Value::Bool(true) {
            _ = write!(line, " {}", shell_words::quote(&text));
        }
    }
    line
}

/// A value as a flag takes it: text as it is, lists of text with commas, everything else as JSON.
fn text(value: &Value) -> String {
    let plain = |value: &Value| {
        value
            .as_str()
            .filter(|text| !text.contains(','))
            .map(str::to_owned)
    };
    match value {
        Value::String(text) => text.clone(),
        Value::Array(entries) => {
            let texts: Option<Vec<String>> = entries.iter().map(plain).collect();
            texts.map_or_else(|| value.to_string(), |texts| texts.join(","))
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{catalog::catalog, cli::call};

    /// The flags of an example are those of its tool, and what they hold is what the tool takes.
    #[test]
    fn every_example_is_a_call_of_its_tool() {
        for tool in catalog().tools() {
            let line = shell(tool);
            let words = shell_words::split(&line).unwrap();
            let read = call::command(tool).try_get_matches_from(words.iter().skip(2));
            assert!(
                read.is_ok(),
                "{line}: {:?}",
                read.err().map(|error| error.to_string())
            );
            let parsed = portkey_api::parse_arguments(tool.declaration(), arguments(tool));
            assert!(
                parsed.is_ok(),
                "{line}: {:?}",
                parsed.err().map(|error| error.to_string())
            );
        }
    }
}
