//! Reads values of flags from files: `@FILE`, `@-` for standard input, or a plain path where an object is expected.

use std::{
    fs,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use portkey_api::JsonObject;
use portkey_engine::catalog::Tool;
use serde_json::Value;

use super::ArgumentsFailure;

enum InputSource<'a> {
    StandardInput,
    File(&'a Path),
}

/// Replaces values that name a file by its content, for arguments that take objects or lists.
pub(super) fn read(tool: Tool, named: &mut JsonObject) -> Result<(), ArgumentsFailure> {
    for (name, value) in named {
        let Some(schema) = tool.declaration().input_of(name) else {
            continue;
        };
        let Some(text) = value.as_str().filter(|_| takes_json(schema)) else {
            continue;
        };
        if let Some(source) = source(schema, text) {
            *value = source.read()?;
        }
    }
    Ok(())
}

/// Whether a schema takes objects or lists but no strings, which could themselves begin with `@`.
fn takes_json(schema: &Value) -> bool {
    let takes = |kind: &str| match schema.get("type") {
        Some(Value::Array(kinds)) => kinds.iter().any(|taken| taken == kind),
        taken => taken.is_some_and(|taken| taken == kind),
    };
    (takes("object") || takes("array")) && !takes("string")
}

fn source<'a>(schema: &Value, text: &'a str) -> Option<InputSource<'a>> {
    if text == "@-" {
        return Some(InputSource::StandardInput);
    }
    if let Some(path) = text.strip_prefix('@') {
        return Some(InputSource::File(Path::new(path)));
    }
    // In a list of words, a word may happen to be the name of a file.
    let takes_words = schema
        .pointer("/items/type")
        .is_some_and(|kind| kind != "object");
    let path = Path::new(text);
    (!takes_words && path.is_file()).then_some(InputSource::File(path))
}

impl InputSource<'_> {
    fn read(&self) -> Result<Value, ArgumentsFailure> {
        let path = match self {
            Self::StandardInput => PathBuf::from("-"),
            Self::File(path) => path.to_path_buf(),
        };
        let text = match self {
            Self::StandardInput => {
                let mut text = String::new();
                io::stdin().read_to_string(&mut text).map(|_| text)
            }
            Self::File(path) => fs::read_to_string(path),
        };
        match text {
            Ok(text) => serde_json::from_str(text.trim_start_matches('\u{feff}'))
                .map_err(|source| ArgumentsFailure::Value { path, source }),
            Err(source) => Err(ArgumentsFailure::File { path, source }),
        }
    }
}
