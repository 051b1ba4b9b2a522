//! Words in a path that Portkey may have added are sent, unless they lead to another operation.

use portkey_api::{Edition, JsonObject, Operation, operation, operations};
use serde_json::{Value, json};

fn arguments(arguments: &Value) -> JsonObject {
    arguments.as_object().unwrap().clone()
}

fn group(word: &str) -> JsonObject {
    arguments(&json!({ "group_by": word }))
}

fn key(kind: &str, sub_type: &str) -> JsonObject {
    let key = json!({ "type": kind, "sub_type": sub_type, "name": "k", "scopes": ["logs.view"] });
    arguments(&key)
}

fn target(operation: &Operation, edition: Edition, arguments: JsonObject) -> String {
    let request = operation.request_to(edition, arguments).unwrap();
    request.target.split('?').next().unwrap().to_owned()
}

fn refusal(operation: &Operation, arguments: JsonObject) -> String {
    operation.request(arguments).unwrap_err().to_string()
}

#[test]
fn a_new_word_becomes_a_part_of_the_path() {
    let groups = operation("get_analytics_group").unwrap();
    let create = operation("create_api_key").unwrap();
    let classic = Edition::Classic;
    assert_eq!(
        target(groups, classic, group("guardrail")),
        "/analytics/groups/guardrail"
    );
    assert_eq!(
        target(create, classic, key("team", "robot")),
        "/api-keys/team/robot"
    );
    assert_eq!(
        target(create, Edition::PrismaAirs, key("team", "robot")),
        "/api-keys/robot"
    );
}

#[test]
fn a_word_that_leads_to_another_operation_is_refused() {
    let groups = operation("get_analytics_group").unwrap();
    for (word, other) in [
        ("users", "get_user_stats"),
        ("Users", "get_user_stats"),
        ("ai-models", "get_analytics_by_models"),
        ("workspaces", "get_analytics_group_workspaces"),
    ] {
        let said = refusal(groups, group(word));
        assert!(said.contains(&format!("that is `{other}`")), "{said}");
    }
    let create = operation("create_api_key").unwrap();
    for sub_type in ["rotate", "ROTATE"] {
        let said = refusal(create, key("workspace", sub_type));
        assert!(said.contains("that is `rotate_api_key`"), "{said}");
    }
}

#[test]
fn a_word_that_may_be_more_than_a_word_is_refused() {
    let groups = operation("get_analytics_group").unwrap();
    for word in [
        "..",
        "users/x",
        "users%2fx",
        "users?a=b",
        "a.b",
        "a b",
        "users;x",
        "üsers",
        "@users",
        "users#",
    ] {
        assert!(groups.request(group(word)).is_err(), "{word}");
    }
    let create = operation("create_api_key").unwrap();
    let said = refusal(create, key("7c9e6679-7425-40de-944b-e07fc1f90ae7", "robot"));
    assert!(said.contains("be no UUID"), "{said}");
}

/// What holds for these two operations must be thought about again for another one.
#[test]
fn two_operations_have_words_in_their_path() {
    let is_open = |operation: &Operation, name: &str| {
        let schema = operation.declaration.input_of(name).unwrap();
        schema.get("x-open").is_some_and(|mark| mark == "words")
    };
    let found = operations().filter(|one| {
        let mut names = one
            .declaration
            .arguments
            .iter()
            .map(|argument| argument.name);
        names.any(|name| one.path.contains(&format!("{{{name}}}")) && is_open(one, name))
    });
    let found: Vec<_> = found.map(|one| one.declaration.name).collect();
    assert_eq!(found, ["create_api_key", "get_analytics_group"]);
}
