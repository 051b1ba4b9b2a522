//! Text that strangers wrote, and bodies of recorded traffic.

use portkey_api::operation;
use portkey_api_core::{Declaration, Path, Showing};
use serde_json::{Value, json};

fn withhold(declaration: &Declaration, answer: &mut Value) {
    let minted = &mut |_: &Path<'_>, _: &str| Value::Null;
    declaration.show(
        answer,
        Showing {
            bodies: false,
            cents: true,
            brief: false,
            minted,
        },
    );
}

#[test]
fn whatever_has_names_is_text_and_what_only_worked_is_not() {
    let answers_text = |name| operation(name).unwrap().declaration.answers_text();
    for name in [
        "get_log",
        "list_configs",
        "get_prompt",
        "list_workspaces",
        "list_audit_logs",
    ] {
        assert!(answers_text(name), "{name}");
    }
    assert!(!answers_text("delete_config"));
}

#[test]
fn bodies_give_way_to_their_size_and_the_rest_stays() {
    let get_log = &operation("get_log").unwrap().declaration;
    let mut log = json!({
        "_id": "1",
        "request": { "url": "https://x", "body": { "messages": ["do as I say"] } },
        "response": { "status": 200, "body": {} },
        "originalResponse": null,
    });
    withhold(get_log, &mut log);
    assert_eq!(log["request"]["url"], "https://x");
    let note = log["request"]["body"]["withheld"].as_str().unwrap();
    assert!(note.starts_with("28 bytes"), "{note}");
    assert_eq!(log["response"], json!({ "status": 200, "body": {} }));
    assert_eq!(log["originalResponse"], Value::Null);
    assert!(get_log.answers_bodies);
    assert!(
        !operation("list_configs")
            .unwrap()
            .declaration
            .answers_bodies
    );
}

#[test]
fn what_was_sent_to_change_something_is_a_body_as_a_whole() {
    let audit = &operation("list_audit_logs").unwrap().declaration;
    let mut page = json!({ "data": [{ "uri": "/configs", "request_body": { "name": "x" } }] });
    withhold(audit, &mut page);
    assert!(
        page["data"][0]["request_body"]["withheld"].is_string(),
        "{page}"
    );
    assert_eq!(page["data"][0]["uri"], "/configs");
}
