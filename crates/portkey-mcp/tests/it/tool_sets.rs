//! Which tools a server offers, and by which names they can be called.

use serde_json::{Value, json};

use crate::process::{Wire, run, text};

fn offered(arguments: &[&str], settings: &[(&str, &str)]) -> Vec<String> {
    let mut wire = Wire::initialised(arguments, settings);
    let list = wire.request("tools/list", json!({}));
    let tools = list["result"]["tools"].as_array().unwrap();
    tools
        .iter()
        .map(|tool| tool["name"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn the_default_is_the_seed_and_nothing_else() {
    let mut names = offered(&[], &[]);
    let mut seed: Vec<_> = include_str!("default_tools.txt")
        .lines()
        .map(str::to_owned)
        .collect();
    names.sort_unstable();
    seed.sort_unstable();
    assert_eq!(names, seed);
}

#[test]
fn all_is_every_operation_and_every_workflow() {
    let names = offered(&["--toolsets", "all"], &[]);
    for operation in portkey_api::operations() {
        let name = operation.declaration.name;
        assert!(names.iter().any(|n| n == name), "{name} is missing");
    }
    assert!(names.iter().any(|name| name == "get_analytics_summary"));
    assert!(names.iter().all(|name| name.len() <= 44));
}

#[test]
fn domains_and_tools_can_be_picked_and_left_out() {
    let names = offered(
        &[],
        &[("PORTKEY_TOOLSETS", "users,get_config,-delete_user")],
    );
    assert!(names.contains(&"get_user".to_owned()) && names.contains(&"get_config".to_owned()));
    assert!(
        !names.contains(&"delete_user".to_owned()) && !names.contains(&"get_workspace".to_owned())
    );
    let names = offered(&["--toolsets=-configs"], &[]);
    assert!(!names.contains(&"get_config".to_owned()) && names.contains(&"get_user".to_owned()));
    let names = offered(&[], &[("PORTKEY_TOOL_DOMAINS", "keys,limits")]);
    assert!(
        names.contains(&"list_virtual_keys".to_owned())
            && names.contains(&"list_rate_limits".to_owned())
    );
}

#[test]
fn an_unknown_set_stops_the_program() {
    let output = run(&["--toolsets", "workspacs"], &[]);
    assert_eq!(output.status.code(), Some(2));
    let shown = text(&output.stderr);
    assert!(shown.contains("did you mean `workspaces`?"), "{shown}");
}

#[test]
fn a_tool_that_is_not_offered_cannot_be_called() {
    let mut wire = Wire::initialised(&["--sandbox", "--toolsets", "users"], &[]);
    let answer = wire.request("tools/call", json!({ "name": "list_workspaces" }));
    assert_eq!(answer["error"]["code"], -32602);
    assert!(
        answer["error"]["message"]
            .as_str()
            .unwrap()
            .contains("--toolsets"),
        "{answer}"
    );
}

#[test]
fn former_names_are_understood_and_not_listed() {
    let mut wire = Wire::initialised(&["--sandbox"], &[]);
    let users = wire.answer("list_users", json!({ "page_size": 2 }));
    assert_eq!(users["data"].as_array().unwrap().len(), 2);
    assert!(!offered(&[], &[]).contains(&"list_users".to_owned()));
}

#[test]
fn the_object_after_an_update_can_be_declined() {
    let mut wire = Wire::initialised(&["--sandbox"], &[]);
    let made = wire.answer("create_workspace", json!({ "name": "Before" }));
    let update = |name: &str, more: Value| {
        let mut arguments = json!({ "workspace_id": made["id"], "name": name });
        if more.is_boolean() {
            arguments["return_object"] = more;
        }
        arguments
    };
    let told = wire.answer("update_workspace", update("After", Value::Null));
    assert_eq!(told["name"], "After");
    let told = wire.answer("update_workspace", update("Again", json!(false)));
    assert_eq!(told, json!({ "success": true }));
}
