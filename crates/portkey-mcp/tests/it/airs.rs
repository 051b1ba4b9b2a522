//! Prisma AIRS, from the command line or the protocol down to a sandbox that stands in for it.

use std::fs::{self, File};

use portkey_api::{Edition, Presence};
use portkey_workflows::WORKFLOWS;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    every_tool::{calls, uncertain},
    process::{SandboxProcess, Wire, run, text},
};

/// A sandbox that stands in for Prisma AIRS, as `portkey-mcp sandbox` starts it.
fn sandbox() -> SandboxProcess {
    SandboxProcess::start_with(&["--edition", "prisma-airs"])
}

fn server(sandbox: &SandboxProcess, arguments: &[&str]) -> Wire {
    Wire::initialised(arguments, &sandbox.all_settings())
}

/// The settings of a sandbox, where some are others.
fn settings_but<'a>(
    sandbox: &'a SandboxProcess,
    others: &[(&'a str, &'a str)],
) -> Vec<(&'a str, &'a str)> {
    let mut settings = sandbox.all_settings();
    settings.retain(|(name, _)| others.iter().all(|(other, _)| other != name));
    settings.extend(others);
    settings
}

fn names(wire: &mut Wire) -> Vec<String> {
    let list = wire.request("tools/list", json!({}));
    let tools = list["result"]["tools"].as_array().unwrap().iter();
    tools
        .map(|tool| tool["name"].as_str().unwrap().to_owned())
        .collect()
}

/// A workspace of the sandbox, which is none of the tools of this edition tells but those that list what is in it.
fn workspace(wire: &mut Wire) -> Value {
    wire.answer("list_configs", json!({}))["data"][0]["workspace_id"].clone()
}

#[test]
fn what_belongs_together_is_made_on_both_planes() {
    let sandbox = sandbox();
    let mut wire = server(&sandbox, &["--toolsets", "all", "--secrets", "inline"]);
    let workspace = workspace(&mut wire);
    let integration = wire.answer(
        "create_integration",
        json!({ "name": "Groq", "slug": "groq-new", "ai_provider_id": "groq", "key": "gsk-0123456789abcdef" }),
    );
    let granted =
        json!({ "slug": "groq-new", "workspaces": [{ "id": workspace, "enabled": true }] });
    wire.answer("update_integration_workspaces", granted);
    let provider = wire.answer(
        "create_provider",
        json!({ "name": "Groq", "slug": "groq-prod", "integration_id": integration["id"], "workspace_id": workspace }),
    );
    assert_eq!(provider["slug"], "groq-prod", "{provider}");
    let guardrail = wire.answer(
        "create_guardrail",
        json!({
            "name": "Short", "workspace_id": workspace, "actions": { "deny": true },
            "checks": [{ "id": "default.wordCount", "parameters": { "minWords": 1, "maxWords": 9 } }],
        }),
    );
    let config = wire.answer(
        "create_config",
        json!({
            "name": "Fast", "workspace_id": workspace,
            "config": { "provider": "@groq-prod", "input_guardrails": [guardrail["id"]] },
        }),
    );
    let read = wire.answer("get_config", json!({ "slug": config["slug"] }));
    assert_eq!(read["config"]["provider"], "@groq-prod", "{read}");
    let key = wire.answer(
        "create_api_key",
        json!({
            "type": "workspace", "sub_type": "service", "name": "Nightly", "workspace_id": workspace,
            "scopes": ["completions.write", "logs.write"],
        }),
    );
    assert!(key["key"].as_str().unwrap().len() > 20, "{key}");
    let read = wire.answer("get_api_key", json!({ "id": key["id"] }));
    assert_eq!(read["organisation_id"], "1000000001", "{read}");
    let log = json!({ "request": { "url": "https://api.groq.com/v1", "method": "POST", "body": {} },
                      "response": { "status": 200, "body": {} } });
    wire.answer("insert_log", log);
}

#[test]
fn the_sandbox_in_the_program_is_of_the_edition_that_is_set() {
    let listed = run(
        &[
            "--sandbox",
            "--edition",
            "prisma-airs",
            "call",
            "list-configs",
        ],
        &[],
    );
    assert!(listed.status.success(), "{}", text(&listed.stderr));
    let listed: Value = serde_json::from_slice(&listed.stdout).unwrap();
    assert_eq!(listed["total"], 4);
    let told = run(
        &["--sandbox", "--edition", "prisma-airs", "call", "whoami"],
        &[],
    );
    let told: Value = serde_json::from_slice(&told.stdout).unwrap();
    assert_eq!(told["edition"], "prisma-airs", "{told}");
    assert!(told.to_string().contains("1000000001"), "{told}");
}

/// Counts requests without striking any.
const TOKENS: &str = "status=503, path=/oauth2/access_token, every=1000000";
const MANAGEMENT: &str = "status=503, path=/ai_gw/*, every=1000000";

#[test]
fn one_token_is_kept_until_the_server_no_longer_takes_it() {
    let sandbox = sandbox();
    sandbox.faults(&[TOKENS, MANAGEMENT]);
    let mut wire = server(&sandbox, &[]);
    wire.answer("list_configs", json!({}));
    wire.answer("list_guardrails", json!({}));
    assert_eq!(sandbox.seen()[0], 1);
    // The server does not see the sandbox's clock, so that it sends the old token, is refused, and asks for a new one.
    sandbox.control("PUT", "/clock", &json!({ "milliseconds": 901_000 }));
    let before = sandbox.seen()[1];
    wire.answer("list_configs", json!({}));
    assert_eq!(sandbox.seen(), [2, before + 2]);
    wire.answer("list_configs", json!({}));
    assert_eq!(sandbox.seen()[0], 2);
}

#[test]
fn a_wrong_secret_or_tenant_gets_no_token() {
    let sandbox = sandbox();
    sandbox.faults(&[MANAGEMENT]);
    for (wrong, said) in [
        (
            ("PORTKEY_CLIENT_SECRET", "c4n4ry-guessed"),
            "invalid_client",
        ),
        (("PORTKEY_TSG_ID", "1000000002"), "invalid_scope"),
    ] {
        let settings = settings_but(&sandbox, &[wrong]);
        let mut wire = Wire::initialised(&[], &settings);
        let failure = wire.failure("list_configs", json!({}));
        assert!(failure.contains(said), "{failure}");
        assert!(failure.contains(wrong.0), "{failure}");
        assert!(!failure.contains("c4n4ry"), "{failure}");
    }
    assert_eq!(sandbox.seen(), [0], "nothing is sent without a token");
}

#[test]
fn an_address_and_credentials_that_do_not_belong_together_send_nothing() {
    let sandbox = sandbox();
    sandbox.faults(&["status=503, every=1000000"]);
    let url = ("PORTKEY_BASE_URL", sandbox.url.as_str());
    let key = ("PORTKEY_API_KEY", sandbox.workspace_key.as_str());
    let gateway = ("PORTKEY_BASE_URL", "https://aigw.portkey.ai/v1");
    let edition = ("PORTKEY_EDITION", "classic");
    let tenant = ("PORTKEY_TSG_ID", "1000000001");
    let id = ("PORTKEY_CLIENT_ID", "somebody");
    for (settings, said) in [
        (vec![url, key], "PORTKEY_CLIENT_ID"),
        (vec![gateway, key], "is the gateway of Prisma AIRS"),
        (vec![url, key, edition], "`classic`"),
        (vec![url, tenant, id], "PORTKEY_CLIENT_SECRET is missing"),
    ] {
        let refused = run(&["call", "list-configs"], &settings);
        let shown = text(&refused.stderr);
        assert!(!refused.status.success(), "{shown}");
        assert!(shown.contains(said), "{shown}");
        assert!(!shown.contains(key.1), "{shown}");
    }
    assert_eq!(sandbox.seen(), [0]);
}

#[test]
fn a_denial_by_policy_is_told_from_a_missing_role() {
    let sandbox = sandbox();
    let mut wire = server(&sandbox, &["--tenant-header=false"]);
    let denied = wire.failure("list_configs", json!({}));
    assert!(denied.contains("x-opa-decision"), "{denied}");
    assert!(denied.contains("--tenant-header"), "{denied}");
    let mut wire = server(&sandbox, &[]);
    sandbox.faults(&["status=403, path=/ai_gw/v2/*"]);
    let refused = wire.failure("list_configs", json!({}));
    assert!(
        refused.contains("AB03") && refused.contains("no role"),
        "{refused}"
    );
    assert!(!refused.contains("x-opa-decision"), "{refused}");
}

#[test]
fn tools_that_it_lacks_are_not_listed_and_say_why() {
    let sandbox = sandbox();
    let mut wire = server(&sandbox, &["--toolsets", "all"]);
    let listed = names(&mut wire);
    for operation in portkey_api::operations() {
        let declaration = &operation.declaration;
        let is_served = declaration.presence(Edition::PrismaAirs) == Presence::Served;
        let is_listed = listed.iter().any(|name| name == declaration.name);
        assert_eq!(is_listed, is_served, "{}", declaration.name);
    }
    let message = wire.request(
        "tools/call",
        json!({ "name": "list_prompts", "arguments": {} }),
    );
    let said = message.to_string();
    assert!(said.contains("Prisma AIRS has no `list_prompts`"), "{said}");
}

#[test]
fn tools_that_it_may_lack_are_listed_when_they_are_named() {
    let sandbox = sandbox();
    let named: Vec<_> = uncertain(Edition::PrismaAirs).collect();
    assert!(!named.is_empty());
    let toolsets = format!("default,{}", named.join(","));
    let mut wire = server(&sandbox, &["--toolsets", &toolsets]);
    let listed = names(&mut wire);
    for name in named {
        assert!(listed.iter().any(|listed| listed == name), "{name}");
    }
    let denied = wire.failure("get_organisation_defaults", json!({}));
    assert!(denied.contains("this route is closed"), "{denied}");
}

#[test]
fn results_name_the_edition() {
    let sandbox = sandbox();
    let mut wire = server(&sandbox, &[]);
    let result = wire.call("list_configs", json!({}));
    let meta = result["_meta"].to_string();
    assert!(meta.contains(r#""edition":"prisma-airs""#), "{meta}");
    assert!(meta.contains(r#""organisation":"1000000001""#), "{meta}");
}

#[test]
fn no_log_has_a_token_or_a_secret() {
    let sandbox = sandbox();
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("log");
    let mut settings = sandbox.all_settings();
    settings.push(("PORTKEY_LOG", "trace"));
    let log = File::create(&path).unwrap();
    let mut wire = Wire::start_logging(&["--audit=log"], &settings, log.into());
    wire.initialise("2025-11-25");
    wire.answer("list_configs", json!({}));
    sandbox.control("PUT", "/clock", &json!({ "milliseconds": 901_000 }));
    wire.answer("list_configs", json!({}));
    sandbox.faults(&["status=403, path=/ai_gw/*"]);
    wire.failure("list_configs", json!({}));
    wire.close();
    let log = fs::read_to_string(path).unwrap();
    assert!(log.contains("/ai_gw/v2/configs"), "it logs at all");
    for secret in [sandbox.admin_key.as_str(), &sandbox.workspace_key, "eyJ"] {
        let found = log.lines().find(|line| line.contains(secret));
        assert!(found.is_none(), "{found:?}");
    }
}

/// Nothing is left of the first calls that later ones need, so that some are refused; none because of where it goes.
#[test]
fn every_tool_reaches_a_route_of_the_sandbox() {
    let sandbox = sandbox();
    let mut wire = server(&sandbox, &["--toolsets", "all", "--secrets", "inline"]);
    let mut faults = Vec::new();
    for operation in portkey_api::operations() {
        let declaration = &operation.declaration;
        if declaration.presence(Edition::PrismaAirs) != Presence::Served {
            continue;
        }
        for mut arguments in portkey_examples::every(operation) {
            if let Some(dry_run) = arguments.get_mut("dry_run") {
                *dry_run = false.into();
            }
            let result = wire.call(declaration.name, Value::Object(arguments));
            let said = result["content"][0]["text"].to_string();
            let is_wrong = [
                "x-opa-decision",
                "AB02",
                "AB04",
                "AB05",
                "Prisma AIRS has no",
            ]
            .iter()
            .any(|sign| said.contains(sign));
            if result["isError"] == true && is_wrong {
                faults.push(format!("{}: {said}", declaration.name));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_composed_tool_calls_no_more_than_there_is() {
    let sandbox = sandbox();
    let mut wire = server(&sandbox, &["--toolsets", "all"]);
    let change = json!({ "slug": "pc-by-plan-7f0e38", "name": "By plan" });
    wire.answer("update_config", change);
    let mut faults = Vec::new();
    for composed in WORKFLOWS {
        let declaration = &composed.workflow.declaration;
        if declaration.presence(Edition::PrismaAirs) != Presence::Served {
            continue;
        }
        for mut arguments in calls(declaration.name) {
            if arguments["change_id"] == "latest" {
                let changes = wire.answer("list_changes", json!({ "most": 1 }));
                arguments["change_id"] = changes["data"][0]["id"].clone();
            }
            let said = wire.call(declaration.name, arguments).to_string();
            let signs = ["x-opa-decision", "Prisma AIRS has no", "AB04", "AB05"];
            if signs.iter().any(|sign| said.contains(sign)) {
                faults.push(format!("{}: {said}", declaration.name));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_search_for_references_leaves_out_what_this_edition_lacks() {
    let sandbox = sandbox();
    let mut wire = server(&sandbox, &["--toolsets", "all"]);
    let asked = json!({ "kind": "provider", "id": "openai-prod-4f2a91" });
    let references = wire.answer("find_references", asked);
    assert_eq!(references["by_kind"]["config"], 4, "{references}");
    // The vendor does not say whether this edition has them, and the sandbox has none.
    let unread =
        json!([{ "tool": "get_organisation_defaults", "reason": "forbidden", "count": 1 }]);
    assert_eq!(references["unread"], unread);
}
