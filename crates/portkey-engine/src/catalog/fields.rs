//! How answers name what bodies write.

use portkey_api::{JsonObject, Operation, Place};
use serde_json::{Map, Value};

/// Members of bodies that answers know by another name.
const RENAMED: [(&str, &str, &str); 5] = [
    (
        "create_scim_workspace_mapping",
        "scim_group_name",
        "scim_group",
    ),
    ("update_prompt", "prompt_metadata", "template_metadata"),
    (
        "update_prompt",
        "version_description",
        "prompt_version_description",
    ),
    (
        "update_prompt_version",
        "label_id",
        "prompt_version_label_id",
    ),
    (
        "update_prompt_partial",
        "description",
        "version_description",
    ),
];

/// Members of bodies that say how to write, and are kept nowhere.
const INSTRUCTIONS: [&str; 8] = [
    "default_provider_slug",
    "patch",
    "reset_usage",
    "override_existing",
    "override_existing_workspace_access",
    "create_default_provider",
    "reset_usage_for_value",
    "rotate_auth",
];

/// What says in which part of an organisation an object is.
pub const WHERE: [&str; 2] = ["organisation_id", "workspace_id"];

/// Whether a member of a body says how to write, and is kept nowhere.
pub fn is_instruction(member: &str) -> bool {
    INSTRUCTIONS.contains(&member)
}

/// What tells the entries of a list from each other, where they have it.
const KEYS: [&str; 7] = [
    "id",
    "slug",
    "user_id",
    "workspace_id",
    "mcp_server_id",
    "name",
    "type",
];

/// The name that answers have for a member of the body.
pub fn field(operation: &Operation, member: &str, object: &JsonObject) -> String {
    let tool = operation.declaration.name;
    let renamed = RENAMED
        .iter()
        .find(|(of, from, _)| *of == tool && *from == member);
    if let Some((_, _, to)) = renamed {
        return (*to).to_owned();
    }
    if object.contains_key(member) {
        return member.to_owned();
    }
    // Answers write `is_default` where bodies write `isDefault`; so do our arguments.
    let argument = operation
        .declaration
        .arguments
        .iter()
        .find(|argument| matches!(argument.place, Place::Body(path) if path == member));
    argument.map_or(member, |argument| argument.name).to_owned()
}

/// Whether two entries mean the same thing, by all the keys that both have.
pub fn is_same(one: &Map<String, Value>, other: &Map<String, Value>) -> bool {
    let mut shared = KEYS
        .into_iter()
        .filter_map(|key| Some((one.get(key)?, other.get(key)?)))
        .peekable();
    shared.peek().is_some() && shared.all(|(one, other)| one == other)
}
