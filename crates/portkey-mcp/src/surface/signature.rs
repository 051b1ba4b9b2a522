//! Tools as functions of scripts: what each takes and answers, in the notation of TypeScript.

use portkey_api::{JsonObject, required};
use portkey_engine::catalog::Tool;
use serde_json::Value;

/// How many values of an enumeration, and how many members of an answer, are named.
const MOST_VALUES: usize = 12;
const MOST_MEMBERS: usize = 16;

/// What a script can call, such as `get_config({ slug: string }): { id, name, … }`.
pub(super) fn signature(tool: Tool) -> String {
    let schema = Value::Object(tool.input_schema());
    let takes = arguments(&schema, tool.declaration().input(), &schema, 1);
    let output = tool.declaration().output();
    let answers = answer(output, output, 2);
    format!("{}({takes}): {answers}", tool.name())
}

/// The members of an object with their types. `marked` is its schema with internal marks, `depth` is how many objects
/// inside of it are told too.
fn arguments(schema: &Value, marked: &Value, root: &Value, depth: usize) -> String {
    let members = members(schema).map(|(name, member, is_needed)| {
        let mark = if is_needed { "" } else { "?" };
        let marked = properties(marked).and_then(|members| members.get(name));
        let marked = marked.unwrap_or(&Value::Null);
        format!("{name}{mark}: {}", kind(member, marked, root, depth))
    });
    braced(members)
}

/// The members of an object, and whether each must be there.
pub(super) fn members(schema: &Value) -> impl Iterator<Item = (&str, &Value, bool)> {
    let needed: Vec<&str> = required(schema).collect();
    let members = properties(schema).into_iter().flatten();
    members.map(move |(name, member)| {
        let name = name.as_str();
        (name, member, needed.contains(&name))
    })
}

/// The type of a value.
fn kind(schema: &Value, marked: &Value, root: &Value, depth: usize) -> String {
    let schema = resolved(schema, root);
    // The published schema of a choice to which Portkey may add has no list of words.
    let is_open = marked.get("x-open").is_some_and(|mark| mark == "words");
    let choice = if is_open { marked } else { schema };
    if let Some(values) = choice.get("enum").and_then(Value::as_array) {
        let mut shown: Vec<String> = values
            .iter()
            .take(MOST_VALUES)
            .map(Value::to_string)
            .collect();
        if values.len() > MOST_VALUES {
            shown.push("…".to_owned());
        }
        if is_open {
            shown.push("string".to_owned());
        }
        return shown.join("|");
    }
    match schema.get("type").and_then(Value::as_str) {
        Some("integer" | "number") => "number".to_owned(),
        Some("array") => match schema.get("items") {
            Some(items) => {
                let marked = marked.get("items").unwrap_or(&Value::Null);
                format!("{}[]", kind(items, marked, root, depth))
            }
            None => "any[]".to_owned(),
        },
        Some("object") if depth > 0 && properties(schema).is_some() => {
            arguments(schema, marked, root, depth - 1)
        }
        Some(other) => other.to_owned(),
        None => "any".to_owned(),
    }
}

/// The members of an answer by their names alone.
fn answer(schema: &Value, root: &Value, depth: usize) -> String {
    let schema = resolved(schema, root);
    if let Some(items) = schema.get("items") {
        return format!("{}[]", answer(items, root, depth));
    }
    let Some(members) = properties(schema).filter(|_| depth > 0) else {
        return "any".to_owned();
    };
    let shown = members.iter().take(MOST_MEMBERS).map(|(name, member)| {
        let inner = answer(member, root, depth - 1);
        if inner.starts_with('{') {
            format!("{name}: {inner}")
        } else {
            name.clone()
        }
    });
    let more = (members.len() > MOST_MEMBERS).then(|| "…".to_owned());
    braced(shown.chain(more))
}

fn properties(schema: &Value) -> Option<&JsonObject> {
    schema.get("properties").and_then(Value::as_object)
}

/// What a schema refers to, or the first of its alternatives that is more than `null`.
fn resolved<'a>(schema: &'a Value, root: &'a Value) -> &'a Value {
    let alternatives = ["anyOf", "oneOf"]
        .iter()
        .find_map(|name| schema.get(*name)?.as_array());
    let is_null = |schema: &&Value| schema.get("type").is_some_and(|kind| kind == "null");
    if let Some(first) = alternatives.and_then(|all| all.iter().find(|one| !is_null(one))) {
        return resolved(first, root);
    }
    let target = schema.get("$ref").and_then(Value::as_str);
    let target = target.and_then(|target| root.pointer(target.strip_prefix('#')?));
    target.unwrap_or(schema)
}

fn braced(members: impl Iterator<Item = String>) -> String {
    let members: Vec<String> = members.collect();
    if members.is_empty() {
        return "{}".to_owned();
    }
    format!("{{ {} }}", members.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::catalog;

    fn of(tool: &str) -> String {
        signature(catalog().find(tool).unwrap())
    }

    #[test]
    fn a_signature_says_what_a_tool_takes_and_answers() {
        let get = of("get_config");
        assert!(get.starts_with("get_config({ slug: string }): { "), "{get}");
        let list = of("list_configs");
        assert!(list.contains("current_page?: number"), "{list}");
        assert!(list.contains("data: { ") && list.contains("slug"), "{list}");
        let member = of("update_workspace_member");
        assert!(
            member.contains("role: \"admin\"|\"manager\"|\"member\"|string"),
            "{member}"
        );
        let invite = of("invite_user");
        assert!(invite.contains("workspaces?: { id: string"), "{invite}");
    }

    #[test]
    fn every_tool_has_a_short_one() {
        for tool in catalog().tools() {
            let signature = signature(tool);
            assert!(
                signature.len() < 4_000,
                "{}: {}",
                signature.len(),
                signature
            );
            assert_eq!(
                signature.matches('{').count(),
                signature.matches('}').count(),
                "{signature}"
            );
        }
    }
}
