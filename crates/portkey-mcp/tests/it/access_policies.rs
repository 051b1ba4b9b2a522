//! Access policies through the server: what Portkey wants with every change is looked up, and the version watched.

use serde_json::{Value, json};

use crate::process::Wire;

fn sandbox() -> (Wire, Value) {
    let mut wire = Wire::initialised(&["--sandbox", "--toolsets", "all"], &[]);
    let listed = wire.answer(
        "list_access_policies",
        json!({ "workspace_id": "ws-product-8c41d2" }),
    );
    let id = listed["data"][0]["id"].clone();
    (wire, id)
}

#[test]
fn a_change_names_nothing_but_what_changes() {
    let (mut wire, id) = sandbox();
    let reading = json!({ "access_policy_id": id });
    let before = wire.answer("get_access_policy", reading);
    let change = json!({ "access_policy_id": id, "enabled": false });
    let mut dry = change.clone();
    dry["dry_run"] = true.into();
    let preview = wire.answer("update_access_policy", dry);
    assert_eq!(
        preview["changes"],
        json!([{ "field": "enabled", "from": true, "to": false }])
    );
    assert_eq!(preview["body"]["version"], 1);
    assert_eq!(preview["body"]["subjects"][0].get("email"), None);

    let after = wire.answer("update_access_policy", change);
    assert_eq!(
        (&after["version"], &after["enabled"]),
        (&json!(2), &json!(false))
    );
    assert_eq!(after.get("not_stored"), None, "{after}");
    for kept in ["subjects", "targets", "name", "effect"] {
        assert_eq!(after[kept], before[kept]);
    }
}

#[test]
fn who_changes_an_older_version_is_told_to_read_again() {
    let (mut wire, id) = sandbox();
    let change = json!({ "access_policy_id": id, "version": 1, "enabled": false });
    wire.answer("update_access_policy", change.clone());
    let told = wire.failure("update_access_policy", change);
    assert!(told.contains("409"), "{told}");
    assert!(
        told.contains("read it again with `get_access_policy`"),
        "{told}"
    );
}

#[test]
fn a_version_alone_changes_nothing() {
    let (mut wire, id) = sandbox();
    let version = json!({ "access_policy_id": id, "version": 1 });
    let told = wire.failure("update_access_policy", version);
    assert!(told.contains("nothing to change"), "{told}");
}
