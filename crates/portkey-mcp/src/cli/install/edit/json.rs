//! Edits of JSON, with comments or without.

use jsonc_parser::{
    ParseOptions,
    cst::{CstArray, CstInputValue, CstNode, CstObject, CstRootNode},
};
use serde_json::Value;

use super::{EditFailure, INPUTS, Malformed, Slot};
use crate::cli::install::entry::Addition;

pub(super) fn read(text: &str, has_comments: bool) -> Result<Value, Malformed> {
    if has_comments {
        let root = parse(text)?;
        return Ok(root.to_serde_value().unwrap_or_default());
    }
    if text.trim().is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_str(text).map_err(|error| {
        let message = error.to_string();
        let message = message.split(" at line ").next().unwrap_or_default();
        Malformed::new(error.line(), error.column(), message)
    })
}

pub(super) fn with(
    slot: &Slot<'_>,
    text: &str,
    addition: &Addition,
) -> Result<String, EditFailure> {
    let root = parse(text)?;
    let members = root.object_value_or_create().ok_or(EditFailure::Unusual)?;
    for input in &addition.inputs {
        let inputs = members
            .array_value_or_create(INPUTS)
            .ok_or(EditFailure::Unusual)?;
        if position(&inputs, |other| other.get("id") == input.get("id")).is_none() {
            inputs.append(input_value(input));
        }
    }
    let servers = members
        .object_value_or_create(slot.servers)
        .ok_or(EditFailure::NoEntries(slot.servers))?;
    let entry = input_value(&addition.entry);
    match servers.get(slot.name) {
        Some(there) => there.set_value(entry),
        None => _ = servers.append(slot.name, entry),
    }
    Ok(ended(root.to_string(), text))
}

pub(super) fn without(
    slot: &Slot<'_>,
    text: &str,
    inputs: &[Value],
) -> Result<String, EditFailure> {
    let root = parse(text)?;
    let members = root.object_value().ok_or(EditFailure::Unusual)?;
    if let Some(servers) = members.object_value(slot.servers) {
        if let Some(entry) = servers.get(slot.name) {
            entry.remove();
        }
        if servers.properties().is_empty() {
            remove(&members, slot.servers);
        }
    }
    if let Some(array) = members.array_value(INPUTS) {
        for input in inputs {
            if let Some(node) = position(&array, |other| other == input) {
                node.remove();
            }
        }
        if !inputs.is_empty() && array.elements().is_empty() {
            remove(&members, INPUTS);
        }
    }
    Ok(root.to_string())
}

/// The text as a tree with everything in it. What is allowed here is what JSON with comments allows.
fn parse(text: &str) -> Result<CstRootNode, Malformed> {
    let options = ParseOptions {
        allow_comments: true,
        allow_loose_object_property_names: false,
        allow_trailing_commas: true,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    };
    CstRootNode::parse(text, &options).map_err(|error| {
        Malformed::new(
            error.line_display(),
            error.column_display(),
            error.kind().to_string(),
        )
    })
}

fn position(array: &CstArray, wanted: impl Fn(&Value) -> bool) -> Option<CstNode> {
    let mut elements = array.elements().into_iter();
    elements.find(|element| element.to_serde_value().is_some_and(|value| wanted(&value)))
}

fn remove(members: &CstObject, name: &str) {
    if let Some(member) = members.get(name) {
        member.remove();
    }
}

/// A new file ends with a line break.
fn ended(edited: String, before: &str) -> String {
    if before.is_empty() && !edited.ends_with('\n') {
        return edited + "\n";
    }
    edited
}

fn input_value(value: &Value) -> CstInputValue {
    match value {
        Value::Null => CstInputValue::Null,
        Value::Bool(value) => CstInputValue::Bool(*value),
        Value::Number(value) => CstInputValue::Number(value.to_string()),
        Value::String(value) => CstInputValue::String(value.clone()),
        Value::Array(values) => CstInputValue::Array(values.iter().map(input_value).collect()),
        Value::Object(members) => {
            let members = members.iter();
            let members = members.map(|(name, value)| (name.clone(), input_value(value)));
            CstInputValue::Object(members.collect())
        }
    }
}
