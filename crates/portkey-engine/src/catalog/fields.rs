//! Matches members of request bodies to the fields of answers, and entries of lists to each other.

use portkey_api_core::{Argument, JsonObject, Location, Operation};
use serde_json::{Map, Value};

/// The members that locate an object within an organisation.
pub const WHERE: [&str; 2] = ["organisation_id", "workspace_id"];

/// Whether a member of the body controls the write, such as a switch, and is not stored in the object.
pub(crate) fn is_instruction(operation: &Operation, member: &str) -> bool {
    writer(operation, member).is_some_and(|argument| argument.instruction)
}

/// The members that can identify an entry of a list.
const KEYS: [&str; 7] = [
    "id",
    "slug",
    "user_id",
    "workspace_id",
    "mcp_server_id",
    "name",
    "type",
];

/// Returns the name of the field in `object`, an answer, that the body member `member` of `operation` writes.
pub fn field(operation: &Operation, member: &str, object: &JsonObject) -> String {
    let argument = writer(operation, member);
    if let Some(name) = argument.and_then(|argument| argument.reads_as) {
        return name.to_owned();
    }
    if object.contains_key(member) {
        return member.to_owned();
    }
    // Answers use snake case, such as `is_default`, where bodies use `isDefault`; arguments are named like answers.
    argument.map_or(member, |argument| argument.name).to_owned()
}

/// The argument that sets this member of the body.
fn writer(operation: &Operation, member: &str) -> Option<&'static Argument> {
    let mut arguments = operation.declaration.arguments.iter();
    arguments.find(|argument| matches!(argument.location, Location::Body(path) if path == member))
}

/// Whether two entries have the same identity: they share at least one of [`KEYS`], and agree in all that they share.
pub(crate) fn is_same(one: &Map<String, Value>, other: &Map<String, Value>) -> bool {
    let mut shared = KEYS
        .into_iter()
        .filter_map(|key| Some((one.get(key)?, other.get(key)?)))
        .peekable();
    shared.peek().is_some() && shared.all(|(one, other)| one == other)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::catalog::operations_alone;

    fn object(json: &Value) -> &JsonObject {
        json.as_object().unwrap()
    }

    #[test]
    fn a_member_is_looked_for_under_the_name_that_answers_have_for_it() {
        let update = operations_alone().operation("update_prompt").unwrap();
        let answer = json!({ "name": "Greeting", "is_raw_template": 0 });
        let answer = object(&answer);
        for (member, name) in [
            ("name", "name"),
            // Declared to be called something else in answers.
            ("prompt_metadata", "template_metadata"),
            ("version_description", "prompt_version_description"),
            // Nothing declares these: they keep their names.
            ("virtual_key", "virtual_key"),
            ("of_a_newer_version", "of_a_newer_version"),
        ] {
            assert_eq!(field(update, member, answer), name);
        }
    }

    #[test]
    fn what_says_how_to_write_is_told_from_what_is_written() {
        let update = operations_alone().operation("update_api_key").unwrap();
        assert!(is_instruction(update, "reset_usage"));
        assert!(!is_instruction(update, "name"));
        assert!(!is_instruction(update, "of_a_newer_version"));
    }

    #[test]
    fn entries_are_the_same_by_all_the_keys_that_both_have() {
        let same = |one: Value, other: Value| is_same(object(&one), object(&other));
        let named = json!({ "id": "1", "name": "a" });
        assert!(same(named.clone(), json!({ "id": "1", "enabled": true })));
        assert!(!same(named.clone(), json!({ "id": "2", "name": "a" })));
        assert!(!same(named.clone(), json!({ "id": "1", "name": "b" })));
        assert!(!same(named, json!({ "slug": "a", "enabled": true })));
        assert!(!same(json!({}), json!({})));
    }
}
