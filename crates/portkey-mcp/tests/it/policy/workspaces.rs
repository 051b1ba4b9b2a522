//! Somebody who is limited to a workspace sees and changes nothing of another, through whatever tool.

use serde_json::{Value, json};

use super::{has, listed};
use crate::process::{SandboxProcess, Wire};

const STAGING: &str = "ws-staging-51f0ae";
const PRODUCTION: &str = "ws-product-8c41d2";

/// A tool that lists, the one that reads, the one that removes, the argument, the member that holds its value.
type Kind = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
);

const KINDS: &[Kind] = &[
    (
        "list_configs",
        "get_config",
        "delete_config",
        "slug",
        "slug",
    ),
    ("list_api_keys", "get_api_key", "delete_api_key", "id", "id"),
    (
        "list_virtual_keys",
        "get_virtual_key",
        "delete_virtual_key",
        "slug",
        "slug",
    ),
    (
        "list_providers",
        "get_provider",
        "delete_provider",
        "slug",
        "slug",
    ),
    (
        "list_collections",
        "get_collection",
        "delete_collection",
        "collection_id",
        "id",
    ),
    (
        "list_prompts",
        "get_prompt",
        "delete_prompt",
        "prompt_id",
        "id",
    ),
    (
        "list_prompt_partials",
        "get_prompt_partial",
        "delete_prompt_partial",
        "prompt_partial_id",
        "id",
    ),
    (
        "list_guardrails",
        "get_guardrail",
        "delete_guardrail",
        "guardrail_id",
        "id",
    ),
    (
        "list_mcp_servers",
        "get_mcp_server",
        "delete_mcp_server",
        "id",
        "id",
    ),
];

fn on(sandbox: &SandboxProcess, more: &[&str]) -> Wire {
    let arguments: Vec<&str> = ["--toolsets", "all"].iter().chain(more).copied().collect();
    Wire::initialised(&arguments, &sandbox.settings())
}

fn values(list: &Value, member: &str) -> Vec<String> {
    let entries = list["data"].as_array().unwrap().iter();
    let values = entries.map(|entry| entry[member].as_str().unwrap_or_else(|| panic!("{entry}")));
    values.map(str::to_owned).collect()
}

#[test]
fn what_is_in_another_workspace_is_neither_listed_nor_read_nor_removed() {
    let sandbox = SandboxProcess::start();
    let mut free = on(&sandbox, &[]);
    let mut bound = on(&sandbox, &["--only-workspaces", STAGING]);
    for (list, get, delete, argument, member) in KINDS {
        let named = |workspace: &str| json!({ "workspace_id": workspace, "verbose": true });
        let foreign = values(&free.answer(list, named(PRODUCTION)), member);
        let own = values(&free.answer(list, named(STAGING)), member);
        assert!(!foreign.is_empty(), "{list}: nothing to keep apart");
        let seen = bound.answer(list, json!({ "verbose": true }));
        assert_eq!(values(&seen, member), own, "{list}");
        assert_eq!(seen["total"], own.len(), "{list}");
        let told = bound.failure(list, named(PRODUCTION));
        assert!(
            told.contains("`workspace_id` names `ws-product-8c41d2`"),
            "{told}"
        );
        sandbox.faults(&["status=503, method=DELETE"]);
        for id in foreign.iter().filter(|id| !own.contains(id)) {
            for tool in [get, delete] {
                let told = bound.failure(tool, json!({ *argument: id }));
                // Where the workspace is filled in, it is Portkey that finds nothing there.
                let refused = told.contains("`--only-workspaces` limits calls to");
                assert!(refused || told.contains("does not exist"), "{tool}: {told}");
            }
        }
        assert_eq!(sandbox.seen(), [0], "{delete}");
        sandbox.faults(&[]);
        for id in &own {
            bound.answer(get, json!({ *argument: id }));
        }
    }
}

#[test]
fn what_is_new_comes_into_the_one_workspace_that_can_be_meant() {
    let sandbox = SandboxProcess::start();
    let mut bound = on(&sandbox, &["--only-workspaces", STAGING]);
    let made = bound.answer("create_collection", json!({ "name": "mine" }));
    let read = bound.answer("get_collection", json!({ "collection_id": made["id"] }));
    assert_eq!(read["name"], "mine");
    bound.answer("delete_collection", json!({ "collection_id": made["id"] }));
    let elsewhere = json!({ "name": "theirs", "workspace_id": PRODUCTION });
    bound.failure("create_collection", elsewhere);
    let organisation_key = json!({
        "type": "organisation", "sub_type": "service", "name": "all", "scopes": ["logs.view"],
    });
    let told = bound.failure("create_api_key", organisation_key);
    assert!(
        told.contains("`type` names the whole organisation"),
        "{told}"
    );
}

#[test]
fn a_workspace_is_known_by_slug_and_by_uuid() {
    let sandbox = SandboxProcess::start();
    let mut free = on(&sandbox, &[]);
    let staging = free.answer("get_workspace", json!({ "workspace_id": STAGING }));
    let id = staging["id"].as_str().unwrap();
    for (configured, named) in [(STAGING, id), (id, STAGING)] {
        let mut bound = on(&sandbox, &["--only-workspaces", configured]);
        bound.answer("list_configs", json!({ "workspace_id": named }));
        let seen = bound.answer("list_workspaces", json!({}));
        assert_eq!(values(&seen, "slug"), [STAGING]);
        assert_eq!(seen["total"], 1);
        bound.failure("get_workspace", json!({ "workspace_id": PRODUCTION }));
    }
}

#[test]
fn of_several_workspaces_one_must_be_named_where_nothing_else_tells() {
    let sandbox = SandboxProcess::start();
    let both = format!("{STAGING},{PRODUCTION}");
    let mut bound = on(&sandbox, &["--only-workspaces", &both]);
    let told = bound.failure("create_collection", json!({ "name": "where" }));
    assert!(
        told.contains("say which is meant by `workspace_id`"),
        "{told}"
    );
    bound.answer(
        "create_collection",
        json!({ "name": "here", "workspace_id": STAGING }),
    );
    // Prompts do not say where they are, collections do.
    let told = bound.failure("list_prompts", json!({}));
    assert!(told.contains("say which is meant"), "{told}");
    let seen = bound.answer("list_collections", json!({}));
    let all = on(&sandbox, &[]).answer("list_collections", json!({}));
    let (seen, all) = (values(&seen, "id"), values(&all, "id"));
    assert!(
        seen.len() < all.len() && !seen.is_empty(),
        "{seen:?} of {all:?}"
    );
}

#[test]
fn tools_that_reach_the_whole_organisation_are_gone() {
    let sandbox = SandboxProcess::start();
    let mut bound = on(&sandbox, &["--only-workspaces", STAGING]);
    let tools = listed(&mut bound);
    for tool in [
        "list_all_users",
        "create_workspace",
        "update_organisation_defaults",
        "list_deployments",
    ] {
        assert!(!has(&tools, tool), "{tool}");
        let told = bound.failure(tool, json!({}));
        assert!(
            told.contains("`--only-workspaces` limits calls to"),
            "{told}"
        );
    }
    assert!(has(&tools, "get_config") && has(&tools, "list_workspaces"));
}

#[test]
fn the_workspace_of_the_key_counts_where_the_key_is_bound_to_one() {
    let sandbox = SandboxProcess::start();
    let mut free = on(&sandbox, &[]);
    let prompts = free.answer("list_prompts", json!({ "workspace_id": PRODUCTION }));
    let id = prompts["data"][0]["slug"].clone();
    let with_key = |workspace| {
        let mut settings = sandbox.settings().to_vec();
        settings.push(("PORTKEY_WORKSPACE_API_KEY", sandbox.workspace_key.as_str()));
        Wire::initialised(
            &["--toolsets", "all", "--only-workspaces", workspace],
            &settings,
        )
    };
    let render = json!({ "prompt_id": id, "variables": {} });
    let told = with_key(STAGING).failure("render_prompt", render.clone());
    assert!(
        told.contains("`--only-workspaces` limits calls to"),
        "{told}"
    );
    let feedback = json!({ "trace_id": "t", "value": 1 });
    let told = with_key(STAGING).failure("create_feedback", feedback.clone());
    assert!(told.contains("the workspace of the key"), "{told}");
    with_key(PRODUCTION).answer("render_prompt", render);
    with_key(PRODUCTION).answer("create_feedback", feedback);
}
