//! What is shown of an answer: short entries or whole ones, the fields that were asked for, tables.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::{
    process::{SandboxProcess, Wire},
    result_size::{members, notes, sandbox, shown},
};

#[test]
fn lists_are_short_and_verbose_ones_whole() {
    let mut wire = sandbox();
    let result = wire.call("list_workspaces", json!({}));
    let short = shown(&result);
    let entry = &short["data"][0];
    assert!(
        entry["slug"].is_string() && entry["security_settings"].is_null(),
        "{entry}"
    );
    assert!(
        entry
            .as_object()
            .unwrap()
            .values()
            .all(|value| !value.is_null()),
        "{entry}"
    );
    let told = notes(&result);
    assert!(
        told.contains("`verbose: true` shows") && told.contains("security_settings"),
        "{told}"
    );
    assert_eq!(told.lines().count(), 2, "{told}");
    let whole = wire.call("list_workspaces", json!({ "verbose": true }));
    assert_eq!(notes(&whole), "");
    let whole = shown(&whole);
    assert!(whole["data"][0]["security_settings"].is_object(), "{whole}");
    assert!(members(&whole["data"][0]).is_superset(&members(entry)));
    // One object is whole in any case.
    let one = wire.answer("get_workspace", json!({ "workspace_id": entry["slug"] }));
    assert!(members(&one).contains("security_settings"), "{one}");
}

#[test]
fn a_verbose_list_is_what_portkey_answers() {
    let sandbox = SandboxProcess::start();
    let mut wire = Wire::initialised(&[], &sandbox.settings());
    let answer = sandbox.exchange("GET", "/v1/admin/workspaces", "");
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    let raw: Value = serde_json::from_str(body).unwrap();
    let whole = wire.answer("list_workspaces", json!({ "verbose": true }));
    assert_eq!(members(&whole), members(&raw));
    let pairs = whole["data"]
        .as_array()
        .unwrap()
        .iter()
        .zip(raw["data"].as_array().unwrap());
    for (entry, raw) in pairs {
        assert_eq!(members(entry), members(raw));
        assert_eq!(entry["security_settings"], raw["security_settings"]);
    }
}

#[test]
fn fields_choose_members_and_a_misspelt_one_is_refused() {
    let mut wire = sandbox();
    let slugs = wire.call(
        "list_configs",
        json!({ "fields": "data.slug,data.owner_id" }),
    );
    let list = shown(&slugs);
    let expected = BTreeSet::from(["slug", "owner_id"]);
    assert_eq!(members(&list["data"][0]), expected, "{list}");
    assert!(
        list["total"].is_u64() && notes(&slugs).is_empty(),
        "{slugs}"
    );
    let slug = &list["data"][0]["slug"];
    let config = json!({ "slug": slug, "fields": ["name", "config"] });
    assert_eq!(
        members(&wire.answer("get_config", config)),
        BTreeSet::from(["config", "name"])
    );
    let refused = wire.failure("list_configs", json!({ "fields": "data.sulg" }));
    assert!(refused.contains("did you mean `data.slug`?"), "{refused}");
    let refused = wire.failure("delete_config", json!({ "slug": slug, "fields": "name" }));
    assert!(refused.contains("nothing to choose from"), "{refused}");
    let unknown = wire.call("get_config", json!({ "slug": slug, "fields": "name,zzz" }));
    assert!(
        notes(&unknown).contains("not in this answer: `zzz`"),
        "{unknown}"
    );
}

#[test]
fn lists_are_tables_where_that_is_asked_for() {
    let mut wire = sandbox();
    let fields = "slug,name";
    let json = wire.answer("list_configs", json!({ "fields": fields }));
    let first = &json["data"][0];
    let [slug, name] = ["slug", "name"].map(|member| first[member].as_str().unwrap());
    let csv = wire.call("list_configs", json!({ "fields": fields, "format": "csv" }));
    let table = csv["content"][0]["text"].as_str().unwrap();
    let mut lines = table.lines();
    assert_eq!(lines.next(), Some("name,slug"), "{table}");
    assert_eq!(
        lines.next(),
        Some(format!("{name},{slug}").as_str()),
        "{table}"
    );
    assert_eq!(lines.count() + 1, json["data"].as_array().unwrap().len());
    assert!(notes(&csv).contains("\"total\":"), "{csv}");
    let markdown = wire.call(
        "list_configs",
        json!({ "fields": fields, "format": "markdown" }),
    );
    let table = markdown["content"][0]["text"].as_str().unwrap();
    assert!(
        table.starts_with("| name | slug |\n| --- | --- |\n"),
        "{table}"
    );
    let short = wire.call(
        "list_key_scopes",
        json!({ "format": "csv", "result_tokens": 500 }),
    );
    assert!(
        notes(&short).contains("\"next\":{\"fields\":\"data["),
        "{short}"
    );
    let refused = wire.failure("get_config", json!({ "slug": slug, "format": "csv" }));
    assert!(refused.contains("only lists can be tables"), "{refused}");
    let refused = wire.failure("list_configs", json!({ "format": "xml" }));
    assert!(refused.contains("`csv`"), "{refused}");
}

#[test]
fn amounts_are_told_once_unless_all_is_asked_for() {
    let mut wire = sandbox();
    let costs = wire.answer("get_cost_analytics", json!({}));
    assert_eq!(
        members(&costs["summary"]),
        BTreeSet::from(["avg_usd", "total_usd"])
    );
    assert!(costs["units"].is_null(), "{costs}");
    let whole = wire.answer("get_cost_analytics", json!({ "verbose": true }));
    assert_eq!(whole["units"]["total"], "cents");
    assert!(whole["summary"]["total"].is_number(), "{whole}");
}
