//! What arguments refer to, told from their names.

use portkey_api::{JsonObject, Method, Operation, operations};
use serde_json::Value;

use super::{Of, Subject, members, object_of, placeholders, states_workspace};

/// Arguments and members that refer to objects without saying so by an `_id` at their end, and what they refer to.
const REFERRING: [(&str, &str); 5] = [
    ("input_guardrails", "guardrail"),
    ("output_guardrails", "guardrail"),
    ("before_request_hooks", "guardrail"),
    ("after_request_hooks", "guardrail"),
    ("user_api_key_config", "config"),
];

/// What an argument or member of this name refers to, such as `collection` for `parent_collection_id`.
fn kind_referred_to(name: &str) -> Option<&str> {
    const ROLES: [&str; 4] = ["parent_", "default_", "source_", "target_"];
    if let Some((_, kind)) = REFERRING.iter().find(|(referring, _)| *referring == name) {
        return Some(kind);
    }
    let name = name.strip_suffix("_id")?;
    let role = ROLES.iter().find_map(|role| name.strip_prefix(role));
    Some(role.unwrap_or(name))
}

/// The operation that reads what an argument or member of this name refers to, where that tells its workspace:
/// `collection_id`, `mcp_server_id`, `default_config_id`.
pub(super) fn referred_to(name: &str) -> Option<&'static Operation> {
    let kind = kind_referred_to(name)?;
    operations().find(|candidate| {
        let mut parts = candidate.path.rsplit('/');
        let of_kind = matches!(parts.next(), Some(part) if part.starts_with('{'))
            && parts.next().is_some_and(|collection| {
                let collection = collection.replace('-', "_");
                collection.strip_suffix('s') == Some(kind)
            });
        let is_found_by_id = placeholders(candidate.path).len() == 1;
        of_kind
            && is_found_by_id
            && candidate.method == Method::Get
            && states_workspace(candidate, Of::Object)
    })
}

/// What reads the object that a member of this name refers to.
pub(crate) fn referent(name: &str) -> Option<Subject> {
    let reader = referred_to(name)?;
    let path = reader.path;
    Some(Subject { reader, path })
}

/// What arguments refer to at any depth, but for the path: what reads it, the name it has there, its id.
pub(crate) fn references<'a>(
    operation: &Operation,
    arguments: &'a JsonObject,
) -> Vec<(Subject, &'a str, &'a str)> {
    let of_path = object_of(operation).map(|subject| placeholders(subject.path));
    let of_path = of_path.unwrap_or_default();
    let found = members(arguments).into_iter().filter_map(|(name, value)| {
        let is_reference = !of_path.contains(&name);
        let subject = referent(name).filter(|_| is_reference)?;
        Some(ids(value).into_iter().map(move |id| (subject, name, id)))
    });
    found.flatten().collect()
}

/// The ids in a reference: text, or a list of texts and of objects that have an id.
fn ids(value: &Value) -> Vec<&str> {
    match value {
        Value::String(id) => vec![id],
        Value::Array(items) => {
            let ids = items.iter().map(|item| item.get("id").unwrap_or(item));
            ids.filter_map(Value::as_str).collect()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn references_are_found_at_any_depth_by_their_names() {
        let arguments = json!({
            "guardrail_id": "own", "mcp_server_id": "s", "user_id": "u", "ai_provider_id": "openai",
            "parts": [{ "parent_collection_id": "c" }],
            "defaults": {
                "input_guardrails": ["g", { "id": "h" }, { "default.contains": {} }],
                "user_api_key_config": "pc",
            },
        });
        let found = references(
            portkey_api::operation("upsert_guardrail_mcp_server").unwrap(),
            arguments.as_object().unwrap(),
        );
        let mut found: Vec<_> = found
            .iter()
            .map(|(subject, name, id)| (subject.reader.declaration.name, *name, *id))
            .collect();
        found.sort_unstable();
        assert_eq!(
            found,
            [
                ("get_collection", "parent_collection_id", "c"),
                ("get_config", "user_api_key_config", "pc"),
                ("get_guardrail", "input_guardrails", "g"),
                ("get_guardrail", "input_guardrails", "h"),
                ("get_mcp_server", "mcp_server_id", "s"),
            ]
        );
    }
}
