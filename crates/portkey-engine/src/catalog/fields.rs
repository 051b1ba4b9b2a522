//! How answers name what bodies write.

use portkey_api_core::{Argument, JsonObject, Location, Operation};
use serde_json::{Map, Value};

/// What says in which part of an organisation an object is.
pub const WHERE: [&str; 2] = ["organisation_id", "workspace_id"];

/// Whether a member of a body says how to write, and is kept nowhere.
pub(crate) fn is_instruction(operation: &Operation, member: &str) -> bool {
    writer(operation, member).is_some_and(|argument| argument.instruction)
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
    let argument = writer(operation, member);
    if let Some(name) = argument.and_then(|argument| argument.reads_as) {
        return name.to_owned();
    }
    if object.contains_key(member) {
        return member.to_owned();
    }
    // Answers write `is_default` where bodies write `isDefault`; so do our arguments.
    argument.map_or(member, |argument| argument.name).to_owned()
}

/// The argument that writes a member of the body.
fn writer(operation: &Operation, member: &str) -> Option<&'static Argument> {
    let mut arguments = operation.declaration.arguments.iter();
    arguments.find(|argument| matches!(argument.location, Location::Body(path) if path == member))
}

/// Whether two entries mean the same thing, by all the keys that both have.
pub(crate) fn is_same(one: &Map<String, Value>, other: &Map<String, Value>) -> bool {
    let mut shared = KEYS
        .into_iter()
        .filter_map(|key| Some((one.get(key)?, other.get(key)?)))
        .peekable();
    shared.peek().is_some() && shared.all(|(one, other)| one == other)
}
