//! Fields are emptied only by name: what strict clients fill in changes nothing, and what takes a protection away is asked
//! about.

use serde_json::{Value, json};

use crate::{
    process::{Wire, run, text},
    served::{Served, message},
};

const KEY: &str = "update_api_key";

/// A key with a budget, a rate limit and an expiry.
fn key(wire: &mut Wire) -> Value {
    let made = wire.answer(
        "create_api_key",
        json!({
            "type": "organisation", "sub_type": "service", "name": "limited", "scopes": ["logs.view"],
            "usage_limits": { "credit_limit": 100, "periodic_reset": "monthly" },
            "rate_limits": [
                { "type": "requests", "unit": "rpm", "value": 60 },
                { "type": "tokens", "unit": "rpd", "value": 9000 },
            ],
            "expires_at": "2030-01-01T00:00:00Z", "alert_emails": ["ops@example.com"],
        }),
    );
    made["id"].clone()
}

fn notes(result: &Value) -> String {
    let blocks = result["content"].as_array().unwrap();
    let texts = blocks[1..]
        .iter()
        .map(|block| block["text"].as_str().unwrap());
    texts.collect()
}

#[test]
fn what_a_strict_client_fills_in_wipes_nothing() {
    let mut wire = Wire::initialised(&["--sandbox"], &[]);
    let id = key(&mut wire);
    let before = wire.answer("get_api_key", json!({ "id": id }));
    let filled = json!({
        "id": id, "name": "renamed", "description": null, "scopes": null, "usage_limits": null, "rate_limits": null,
        "expires_at": null, "alert_emails": [], "rotation_policy": null, "default_config_id": "", "default_metadata": {},
    });
    let result = wire.call(KEY, filled);
    assert_ne!(result["isError"], true, "{result}");
    let notes = notes(&result);
    assert!(notes.contains("not changed: "), "{notes}");
    assert!(notes.contains("usage_limits"), "{notes}");
    let after = wire.answer("get_api_key", json!({ "id": id }));
    assert_eq!(after["name"], "renamed");
    for field in ["usage_limits", "rate_limits", "expires_at", "alert_emails"] {
        assert_eq!(after[field], before[field], "{field}");
        assert_ne!(after[field], Value::Null, "{field}");
    }
}

#[test]
fn what_is_cleared_is_shown_emptied_and_brought_back() {
    let mut wire = Wire::initialised(&["--sandbox", "--toolsets", "all"], &[]);
    let id = key(&mut wire);
    let before = wire.answer("get_api_key", json!({ "id": id }));
    let clear = json!({ "id": id, "clear": ["usage_limits", "expires_at"] });
    let mut shown = clear.clone();
    shown["dry_run"] = true.into();
    let shown = wire.answer(KEY, shown);
    let body = json!({ "usage_limits": null, "expires_at": null });
    assert_eq!(shown["body"], body, "{shown}");
    wire.answer(KEY, clear);
    let after = wire.answer("get_api_key", json!({ "id": id }));
    assert_eq!(after["usage_limits"], Value::Null);
    assert_eq!(after["expires_at"], Value::Null);
    assert_ne!(after["rate_limits"], json!([]));
    let changes = wire.answer("list_changes", json!({}));
    let change = changes["data"][0]["id"].clone();
    wire.answer("undo_change", json!({ "change_id": change }));
    let back = wire.answer("get_api_key", json!({ "id": id }));
    assert_eq!(back["usage_limits"]["credit_limit"], 100);
    assert_eq!(back["usage_limits"]["periodic_reset"], "monthly");
    assert_eq!(back["expires_at"], before["expires_at"]);
}

#[tokio::test]
async fn to_take_a_protection_away_somebody_must_agree() {
    let server = Served::on_sandbox(&[]);
    let call = async |arguments: Value| {
        let request = json!({ "name": "update_workspace", "arguments": arguments });
        let answer = server.modern("tools/call", request).send().await.unwrap();
        message(answer).await["result"].clone()
    };
    let answer = |result: &Value| -> Value {
        serde_json::from_str(result["content"][0]["text"].as_str().unwrap()).unwrap()
    };
    let workspace = "ws-product-8c41d2";
    let budget = json!({ "workspace_id": workspace, "usage_limits": [{ "credit_limit": 500 }] });
    assert_eq!(
        answer(&call(budget).await)["usage_limits"][0]["credit_limit"],
        500
    );
    let harmless = json!({ "workspace_id": workspace, "clear": ["description"] });
    assert!(answer(&call(harmless).await)["id"].is_string());
    let mut clear = json!({ "workspace_id": workspace, "clear": ["usage_limits"] });
    let asked = answer(&call(clear.clone()).await);
    assert_eq!(asked["done"], false, "{asked}");
    let would = asked["would_do"].as_str().unwrap();
    assert!(
        would.contains("It takes away `usage_limits`, which is"),
        "{would}"
    );
    assert!(would.contains("500"), "{would}");
    clear["confirmation"] = asked["confirmation"].clone();
    let done = answer(&call(clear).await);
    assert_eq!(done["usage_limits"], Value::Null, "{done}");
}

#[test]
fn a_part_of_a_limit_leaves_the_other_parts() {
    let mut wire = Wire::initialised(&["--sandbox"], &[]);
    let id = key(&mut wire);
    let parts = json!({ "id": id, "credit_limit": 50, "rate_limit_rpm": 30 });
    let result = wire.call(KEY, parts);
    assert!(
        notes(&result).contains("periodic_reset \"monthly\""),
        "{result}"
    );
    let after = wire.answer("get_api_key", json!({ "id": id }));
    assert_eq!(after["usage_limits"]["credit_limit"], 50);
    assert_eq!(after["usage_limits"]["periodic_reset"], "monthly");
    assert_eq!(after["rate_limits"].as_array().unwrap().len(), 2, "{after}");
}

#[test]
fn notes_go_to_standard_error_of_a_shell() {
    let words = "--sandbox call update_workspace --workspace-id ws-product-8c41d2 --description new --usage-limits []";
    let output = run(&words.split(' ').collect::<Vec<_>>(), &[]);
    assert!(output.status.success());
    let told = text(&output.stderr);
    assert!(told.contains("not changed: usage_limits"), "{told}");
    serde_json::from_slice::<Value>(&output.stdout).unwrap();
    let words = "--sandbox call update_workspace --workspace-id ws-product-8c41d2 --clear description,usage_limits";
    let output = run(&words.split(' ').collect::<Vec<_>>(), &[]);
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answer["usage_limits"], Value::Null, "{answer}");
}
