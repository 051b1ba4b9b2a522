//! The words that a shell offers for the value of a tool's flag.

use std::ffi::OsStr;

use clap::Arg;
use clap_complete::{ArgValueCompleter, CompletionCandidate};
use portkey_api::{AI_PROVIDERS, scopes};
use serde_json::Value;

use super::schema_lines;

/// The same flag, offering the words that its value takes. Those of a list are joined by commas.
pub(super) fn offering(flag: Arg, schema: &'static Value) -> Arg {
    if known(schema).is_none() {
        return flag;
    }
    flag.add(ArgValueCompleter::new(|current: &OsStr| {
        let current = current.to_string_lossy();
        let (before, last) = match current.rfind(',') {
            Some(comma) => current.split_at(comma + 1),
            None => ("", &*current),
        };
        let words = known(schema)
            .into_iter()
            .flatten()
            .filter(|word| word.starts_with(last));
        words
            .map(|word| CompletionCandidate::new(format!("{before}{word}")))
            .collect()
    }))
}

/// The words that a value takes, or those of them that are known.
fn known(schema: &Value) -> Option<Vec<String>> {
    let names = |schema: &Value| match schema.get("x-advice")?.as_str()? {
        "scope" => Some(scopes().keys().map(|scope| (*scope).to_owned()).collect()),
        "ai_provider" => Some(AI_PROVIDERS.iter().map(|name| (*name).to_owned()).collect()),
        _ => None,
    };
    schema_lines::words(schema)
        .or_else(|| names(schema))
        .or_else(|| names(schema.get("items")?))
}
