//! What is masked in recorded requests, and what stays.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::operation;

fn masked(method: &str, uri: &str, body: &Value) -> Value {
    let listing = operation("list_audit_logs").unwrap();
    let mut page = json!({ "data": [{ "method": method, "uri": uri, "request_body": body }] });
    listing.declaration.mask(&mut page);
    page["data"][0]["request_body"].take()
}

#[test]
fn the_path_names_the_operation_whatever_stands_before_and_behind_it() {
    let name = |method, uri| named(method, uri).map(|found| found.declaration.name);
    for uri in [
        "/integrations",
        "/v1/integrations",
        "/v2/integrations/",
        "/api/v1/integrations?x=/configs",
        "https://api.portkey.ai/v1/integrations#a",
    ] {
        assert_eq!(name("POST", uri), Some("create_integration"), "{uri}");
    }
    assert_eq!(
        name("put", "/v1/integrations/mine"),
        Some("update_integration")
    );
    assert_eq!(name("POST", "/v1/admin/users/invites"), Some("invite_user"));
    assert_eq!(name("POST", "/v1/else/where"), None);
    assert_eq!(name("PATCH", "/v1/integrations/mine"), None);
    assert_eq!(name("POST", ""), None);
}

#[test]
fn what_is_declared_stays_and_what_is_not_is_masked() {
    let body = json!({
        "name": "Azure", "key": "sk-0123456789ab", "tags": { "team": "c4n4ry", "name": "research" },
        "configurations": { "aws_region": "eu-west-1", "custom_host": "https://h", "vault_token": "c4n4ry",
                            "custom_headers": { "name": "c4n4ry" }, "list": ["c4n4ry", 1, null, true] },
        "unheard_of": "c4n4ry",
    });
    let shown = json!({
        "name": "Azure", "key": "sk*****9ab", "tags": { "team": "*****", "name": "research" },
        "configurations": { "aws_region": "eu-west-1", "custom_host": "https://h", "vault_token": "*****",
                            "custom_headers": { "name": "*****" }, "list": ["*****", 1, null, true] },
        "unheard_of": "*****",
    });
    assert_eq!(masked("POST", "/v1/integrations", &body), shown);
    let text = body.to_string().into();
    assert_eq!(masked("POST", "/v1/integrations", &text), shown);
}

#[test]
fn configs_are_masked_by_their_own_rules_and_as_text_too() {
    let config = json!({
        "strategy": { "mode": "fallback" }, "api_key": "c4n4ry",
        "targets": [{ "provider": "@openai", "override_params": { "model": "gpt-4o", "user": "c4n4ry" },
                      "custom_host": "https://h", "api_key": "c4n4ry", "unknown": { "name": "n", "x": "c4n4ry" } }],
    });
    let shown = json!({
        "strategy": { "mode": "fallback" }, "api_key": "*****",
        "targets": [{ "provider": "@openai", "override_params": { "model": "gpt-4o", "user": "*****" },
                      "custom_host": "https://h", "api_key": "*****", "unknown": { "name": "n", "x": "*****" } }],
    });
    let body = |config: Value| json!({ "name": "Mine", "config": config });
    let as_object = masked("POST", "/v1/configs", &body(config.clone()));
    assert_eq!(as_object, body(shown.clone()));
    let as_text = masked("POST", "/v1/configs", &body(config.to_string().into()));
    assert_eq!(as_text, body(shown.to_string().into()));
    let neither = masked("POST", "/v1/configs", &body("c4n4ry".into()));
    assert_eq!(neither, body("*****".into()));
}

#[test]
fn of_an_unknown_operation_only_the_outermost_names_stay() {
    let body =
        json!({ "name": "n", "prompt": "c4n4ry", "inner": { "name": "c4n4ry" }, "flag": true });
    let shown =
        json!({ "name": "n", "prompt": "*****", "inner": { "name": "*****" }, "flag": true });
    for (method, uri) in [
        ("PATCH", "/v1/integrations/mine"),
        ("POST", "/v3/new"),
        ("", ""),
    ] {
        assert_eq!(masked(method, uri, &body), shown, "{method} {uri}");
    }
}

#[test]
fn lists_and_what_was_cut_off_are_masked_as_well() {
    let list = json!([{ "name": "n", "key": "c4n4ry" }, "c4n4ry"]);
    let shown = json!([{ "name": "*****", "key": "*****" }, "*****"]);
    assert_eq!(masked("POST", "/v1/unknown", &list), shown);
    assert_eq!(
        masked("POST", "/v1/unknown", &list.to_string().into()),
        shown
    );
    assert_eq!(
        masked("POST", "/v1/configs", &json!("{\"key\":\"c4n")),
        "*****"
    );
    assert_eq!(masked("POST", "/v1/configs", &json!("")), "");
}

/// Whatever a body looks like: objects, lists and texts that say so again.
fn any_body() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(json!("c4n4ry")),
        Just(json!(7)),
        Just(json!("{\"a\":\"c4n4ry\"}"))
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            proptest::collection::btree_map("[a-z_]{1,9}x", inner, 0..4)
                .prop_map(|members| members.into_iter().collect::<Value>()),
        ]
    })
}

proptest! {
    #[test]
    fn under_names_that_nobody_knows_nothing_is_shown(
        body in any_body(),
        uri in "/v1/(integrations|providers|configs|unknown|prompts/x)",
        as_text in any::<bool>(),
    ) {
        let body = if as_text { body.to_string().into() } else { body };
        let shown = masked("POST", &uri, &body).to_string();
        prop_assert!(!shown.contains("c4n4ry"), "{}", shown);
    }
}
