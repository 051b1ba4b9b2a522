//! What uses what, in the made-up organisation.

use serde_json::{Value, json};

use crate::process::{SandboxProcess, Wire};

fn on(sandbox: &SandboxProcess) -> Wire {
    Wire::initialised(&["--toolsets", "all"], &sandbox.settings())
}

/// `kind:name` of everything that refers to it, in order.
fn users(references: &Value) -> Vec<String> {
    assert_eq!(references["unread"], Value::Null, "{references}");
    let data = references["data"].as_array().unwrap();
    assert_eq!(references["total"], data.len());
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    data.iter()
        .map(|one| format!("{}:{}", text(&one["kind"]), text(&one["name"])))
        .collect()
}

fn found(wire: &mut Wire, kind: &str, id: &Value) -> Value {
    wire.answer("find_references", json!({ "kind": kind, "id": id }))
}

fn holds(users: &[String], expected: &[&str]) {
    for user in expected {
        assert!(
            users.iter().any(|one| one == user),
            "no {user} in {users:?}"
        );
    }
}

#[test]
fn providers_are_used_by_configs_prompts_and_policies() {
    let sandbox = SandboxProcess::start();
    let mut wire = on(&sandbox);
    let references = found(&mut wire, "provider", &"openai-prod-4f2a91".into());
    assert_eq!(references["name"], "OpenAI production");
    let by_slug = users(&references);
    holds(
        &by_slug,
        &[
            "config:Primary with fallback",
            "config:Cached support answers",
            "config:Split traffic 90/10",
            "config:Route by customer plan",
            "prompt:Support reply",
            "rate_limit:Tokens of the large models",
        ],
    );
    let config = references["data"].as_array().unwrap().iter();
    let config = config
        .clone()
        .find(|one| one["name"] == "Split traffic 90/10")
        .unwrap();
    assert_eq!(
        config["where"],
        json!(["config.targets[0].provider", "config.targets[1].provider"])
    );
    assert!(config["workspace"].is_string());
    // The other face of the same record, by its other name.
    let keys = wire.answer("list_virtual_keys", json!({ "verbose": true }));
    let keys = keys["data"].as_array().unwrap().iter();
    let key = keys
        .clone()
        .find(|key| key["slug"] == "openai-prod-4f2a91")
        .unwrap();
    let by_id = found(&mut wire, "virtual_key", &key["id"]);
    assert_eq!(users(&by_id), by_slug);
    // One that no config, prompt or policy names.
    let unused = found(&mut wire, "provider", &"openai-stagi-9d10e5".into());
    assert!(
        users(&unused).iter().all(|one| !one.starts_with("config:")),
        "{unused}"
    );
    let in_policy = found(&mut wire, "provider", &"mistral-rese-2c77fa".into());
    holds(&users(&in_policy), &["usage_limit:Tokens for experiments"]);
}

#[test]
fn integrations_are_used_by_providers_and_through_them() {
    let sandbox = SandboxProcess::start();
    let mut wire = on(&sandbox);
    let references = found(&mut wire, "integration", &"openai-northwind".into());
    let users = users(&references);
    holds(
        &users,
        &[
            "provider:OpenAI production",
            "provider:OpenAI staging",
            "config:Cached support answers",
        ],
    );
    let data = references["data"].as_array().unwrap();
    let via = |name: &str| data.iter().find(|one| one["name"] == name).unwrap()["via"].clone();
    assert_eq!(via("Cached support answers"), "openai-prod-4f2a91");
    assert_eq!(via("OpenAI staging"), Value::Null);
    assert!(
        !users.contains(&"provider:Mistral research".to_owned()),
        "{users:?}"
    );
}

#[test]
fn configs_are_used_by_the_keys_whose_default_they_are() {
    let sandbox = SandboxProcess::start();
    let mut wire = on(&sandbox);
    let used = found(&mut wire, "config", &"pc-primary-fallback-2d71c4".into());
    assert_eq!(users(&used), ["api_key:Production gateway"]);
    assert_eq!(used["data"][0]["where"], json!(["defaults.config_id"]));
    assert!(
        users(&found(
            &mut wire,
            "config",
            &"pc-cached-support-90be1f".into()
        ))
        .is_empty()
    );
}

#[test]
fn prompts_and_partials_are_found_by_what_includes_them() {
    let sandbox = SandboxProcess::start();
    let mut wire = on(&sandbox);
    let partials = wire.answer("list_prompt_partials", json!({ "verbose": true }));
    let collections = wire.answer("list_collections", json!({}));
    let collections = collections["data"].as_array().unwrap().iter();
    let writing = collections
        .clone()
        .find(|one| one["name"] == "Writing")
        .unwrap();
    let made = wire.answer(
        "create_prompt",
        json!({ "name": "Including", "collection_id": writing["id"], "model": "gpt-4o",
                "virtual_key": "openai-prod-4f2a91", "parameters": {}, "string": "{{> pl-house-styl-5d20c7 }} Hi" }),
    );
    let workspace = wire.answer("list_configs", json!({}))["data"][0]["workspace_id"].clone();
    wire.answer(
        "create_config",
        json!({ "name": "By prompt", "workspace_id": workspace, "config": { "prompt_id": made["slug"] } }),
    );
    let references = found(&mut wire, "partial", &"pl-house-styl-5d20c7".into());
    holds(&users(&references), &["prompt:Including"]);
    assert!(partials["data"].as_array().unwrap().len() >= 2);
    let none = found(&mut wire, "partial", &"pl-nobody-000000".into());
    assert!(users(&none).is_empty() && none["name"].is_null());
    assert_eq!(
        users(&found(&mut wire, "prompt", &made["id"])),
        ["config:By prompt"]
    );
    assert!(
        users(&found(
            &mut wire,
            "prompt",
            &"pp-support-reply-4c91f2".into()
        ))
        .is_empty()
    );
}

#[test]
fn guardrails_are_used_by_defaults_and_configs() {
    let sandbox = SandboxProcess::start();
    let mut wire = on(&sandbox);
    let for_all = found(&mut wire, "guardrail", &"pg-approved-m-60d5f3".into());
    assert_eq!(for_all["by_kind"]["organisation_defaults"], 1, "{for_all}");
    assert!(
        users(&found(
            &mut wire,
            "guardrail",
            &"pg-short-answ-a94c02".into()
        ))
        .is_empty()
    );
    let workspace = wire.answer("list_configs", json!({}))["data"][0]["workspace_id"].clone();
    wire.answer(
        "create_config",
        json!({ "name": "Guarded", "workspace_id": workspace,
                "config": { "provider": "@openai-prod-4f2a91", "output_guardrails": ["pg-short-answ-a94c02"] } }),
    );
    // Another server has read nothing yet.
    let mut wire = on(&sandbox);
    let guarded = found(&mut wire, "guardrail", &"pg-short-answ-a94c02".into());
    assert_eq!(users(&guarded), ["config:Guarded"]);
}

#[test]
fn workspaces_hold_things_and_keys_stand_in_policies() {
    let sandbox = SandboxProcess::start();
    let mut wire = on(&sandbox);
    let research = found(&mut wire, "workspace", &"ws-researc-e7b093".into());
    let inside = users(&research);
    holds(
        &inside,
        &[
            "provider:Mistral research",
            "api_key:Grace's notebook",
            "mcp_server:Handbook",
        ],
    );
    assert!(
        !inside.contains(&"config:Split traffic 90/10".to_owned()),
        "{inside:?}"
    );
    let staging = found(&mut wire, "workspace", &"ws-staging-51f0ae".into());
    holds(
        &users(&staging),
        &["integration:OpenAI", "deployment:EU West gateway"][1..],
    );

    let keys = wire.answer("list_api_keys", json!({}));
    let keys = keys["data"].as_array().unwrap().clone();
    let id = |name: &str| keys.iter().find(|key| key["name"] == name).unwrap()["id"].clone();
    assert!(users(&found(&mut wire, "api_key", &id("Staging tests"))).is_empty());
    wire.answer(
        "create_usage_limit",
        json!({ "name": "For the tests", "type": "cost", "credit_limit": 5, "group_by": [{ "key": "api_key" }],
                "conditions": [{ "key": "api_key", "value": id("Staging tests") }],
                "workspace_id": "ws-staging-51f0ae" }),
    );
    let mut wire = on(&sandbox);
    let named = found(&mut wire, "api_key", &id("Staging tests"));
    assert_eq!(users(&named), ["usage_limit:For the tests"]);
}

#[test]
fn mcp_integrations_are_used_by_mcp_servers() {
    let sandbox = SandboxProcess::start();
    let mut wire = on(&sandbox);
    let used = found(&mut wire, "mcp_integration", &"handbook".into());
    assert_eq!(users(&used), ["mcp_server:Handbook"]);
    let server = found(&mut wire, "mcp_server", &"handbook-research".into());
    assert!(users(&server).is_empty(), "{server}");
}

#[test]
fn what_the_key_may_not_read_is_named_and_the_rest_is_found() {
    let sandbox = SandboxProcess::start();
    let mut admin = Wire::initialised(&["--secrets", "inline"], &sandbox.settings());
    let narrow = admin.answer(
        "create_api_key",
        json!({ "type": "organisation", "sub_type": "service", "name": "narrow",
                "scopes": ["configs.list", "configs.read", "providers.list"] }),
    );
    let settings = [
        ("PORTKEY_BASE_URL", sandbox.url.as_str()),
        ("PORTKEY_API_KEY", narrow["key"].as_str().unwrap()),
    ];
    let mut wire = Wire::initialised(&["--toolsets", "all"], &settings);
    let references = found(&mut wire, "provider", &"openai-prod-4f2a91".into());
    assert_eq!(
        references["by_kind"],
        json!({ "config": 4 }),
        "{references}"
    );
    let unread = references["unread"].as_array().unwrap();
    let guardrails = unread.iter().find(|one| one["tool"] == "list_guardrails");
    assert_eq!(guardrails.unwrap()["reason"], "forbidden");
    assert!(
        !unread.iter().any(|one| one["tool"] == "get_config"),
        "{references}"
    );
}

#[test]
fn several_questions_in_a_row_read_once() {
    let sandbox = SandboxProcess::start();
    sandbox.faults(&["latency=1, path=/v1/configs*"]);
    let mut wire = on(&sandbox);
    found(&mut wire, "provider", &"openai-prod-4f2a91".into());
    let once = sandbox.seen();
    assert!(once[0] > 0);
    found(&mut wire, "guardrail", &"pg-short-answ-a94c02".into());
    found(&mut wire, "workspace", &"ws-staging-51f0ae".into());
    assert_eq!(sandbox.seen(), once);
    found(&mut on(&sandbox), "workspace", &"ws-staging-51f0ae".into());
    assert!(sandbox.seen()[0] > once[0]);
}

#[test]
fn a_crawl_says_how_far_it_is() {
    let sandbox = SandboxProcess::start();
    let mut wire = on(&sandbox);
    let arguments = json!({ "kind": "config", "id": "pc-by-plan-7f0e38" });
    let heard = wire.progress_of("find_references", arguments);
    let done: Vec<u64> = heard
        .iter()
        .map(|step| step["progress"].as_f64().unwrap() as u64)
        .collect();
    assert!(done.len() > 10 && done.is_sorted(), "{done:?}");
}

#[test]
fn a_question_names_what_refers_to_a_thing_in_part() {
    let sandbox = SandboxProcess::start();
    let arguments = ["--toolsets=all", "--confirm=always"];
    let mut wire = Wire::initialised(&arguments, &sandbox.settings());
    for number in 0..3 {
        let config = json!({ "name": format!("{}{number}", "x".repeat(1000)), "config": { "provider": "@mistral-rese-2c77fa" } });
        wire.answer("create_config", config);
    }
    let asked = wire.answer("delete_provider", json!({ "slug": "mistral-rese-2c77fa" }));
    let asked = asked["would_do"].as_str().unwrap();
    let used = asked
        .lines()
        .find(|line| line.starts_with("Used by"))
        .unwrap();
    assert!(
        used.contains(&format!("\"{}…\"", "x".repeat(120))),
        "{used}"
    );
    assert!(!used.contains(&"x".repeat(121)), "{used}");
}

#[test]
fn providers_mcp_servers_and_workspaces_stand_in_access_policies() {
    let sandbox = SandboxProcess::start();
    let mut wire = on(&sandbox);
    wire.answer(
        "create_access_policy",
        json!({ "name": "Nobody", "workspace_id": "ws-researc-e7b093",
                "subjects": [{ "type": "agent", "id": "ANY" }, { "type": "user", "id": "ANY" }],
                "effect": "deny",
                "targets": [{ "type": "mcp_server", "server_id": "handbook-research", "tools": "ALL" },
                            { "type": "provider", "provider_id": "mistral-rese-2c77fa" }] }),
    );
    for (kind, id, place) in [
        ("provider", "mistral-rese-2c77fa", "targets[1].provider_id"),
        ("mcp_server", "handbook-research", "targets[0].server_id"),
        ("workspace", "ws-researc-e7b093", "workspace_id"),
    ] {
        let references = found(&mut wire, kind, &id.into());
        holds(&users(&references), &["access_policy:Nobody"]);
        let mut data = references["data"].as_array().unwrap().iter();
        let policy = data.find(|one| one["name"] == "Nobody").unwrap();
        assert_eq!(policy["where"], json!([place]));
    }
}
