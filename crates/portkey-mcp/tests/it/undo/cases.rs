//! Every update that can be undone, with a call that shows it.

use serde_json::{Value, json};

use super::{
    access,
    world::{OTHER, WORKSPACE, World},
};

/// An update, and what shows it.
pub(super) struct Update {
    pub(super) tool: &'static str,
    pub(super) arguments: Value,
    pub(super) reader: &'static str,
    pub(super) finding: Value,
}

pub(super) fn update(
    tool: &'static str,
    reader: &'static str,
    finding: Value,
    changed: &Value,
) -> Update {
    let mut arguments = finding.clone();
    let members = arguments.as_object_mut().unwrap();
    members.remove("version");
    members.extend(changed.as_object().unwrap().clone());
    Update {
        tool,
        arguments,
        reader,
        finding,
    }
}

pub(super) fn updates(world: &mut World) -> Vec<Update> {
    let mut updates = settings(world);
    updates.extend(limits(world));
    updates.extend(mcp(world));
    updates.extend(texts(world));
    updates.extend(people(world));
    updates.extend(lists(world));
    updates.extend(guards(world));
    updates.extend(access::updates(world));
    updates
}

fn settings(world: &mut World) -> Vec<Update> {
    let key = json!({ "id": world.api_key() });
    let config = json!({ "slug": world.config() });
    let guardrail = json!({ "guardrail_id": world.guardrail("Undo guardrail") });
    let deployment = json!({ "id": world.deployment("undo-deployment") });
    let metadata = json!({ "workspace_id": OTHER, "metadata": { "a": "b" } });
    world.wire.answer("update_workspace", metadata);
    vec![
        update(
            "update_api_key",
            "get_api_key",
            key,
            &json!({
                "name": "x", "description": "two", "credit_limit": 9, "rate_limit_rpm": 99, "default_metadata": { "b": "c" },
                "scopes": ["logs.view", "prompts.list"], "expires_at": "2030-01-01T00:00:00Z",
            }),
        ),
        update(
            "update_config",
            "get_config",
            config,
            &json!({ "name": "x", "cache_mode": "simple" }),
        ),
        update(
            "update_guardrail",
            "get_guardrail",
            guardrail,
            &json!({
                "name": "x", "checks": [{ "id": "default.contains", "parameters": { "words": ["a"], "operator": "any" } }],
            }),
        ),
        update(
            "update_deployment",
            "get_deployment",
            deployment.clone(),
            &json!({
                "name": "x", "tags": { "b": "c" }, "workspaces_allowed": [WORKSPACE],
            }),
        ),
        update(
            "archive_deployment",
            "get_deployment",
            deployment,
            &json!({}),
        ),
        update(
            "update_workspace",
            "get_workspace",
            json!({ "workspace_id": OTHER }),
            &json!({
                "name": "x", "metadata": { "b": "c" }, "rate_limits": [{ "type": "requests", "unit": "rpm", "value": 7 }],
            }),
        ),
    ]
}

fn limits(world: &mut World) -> Vec<Update> {
    let rate = json!({ "id": world.rate_limit("Undo rate") });
    let usage = json!({ "id": world.usage_limit("Undo usage") });
    world.integration("undo-settings");
    world.provider("undo-provider");
    let integration = json!({ "slug": "undo-settings" });
    let provider = json!({ "slug": "undo-provider", "workspace_id": world.workspace });
    let virtual_key = json!({ "slug": world.virtual_key });
    vec![
        update(
            "update_rate_limit",
            "get_rate_limit",
            rate,
            &json!({ "name": "x", "value": 20 }),
        ),
        update(
            "update_usage_limit",
            "get_usage_limit",
            usage,
            &json!({ "name": "x", "credit_limit": 20, "alert_threshold": 5 }),
        ),
        update(
            "update_integration",
            "get_integration",
            integration,
            &json!({ "name": "x", "description": "two" }),
        ),
        update(
            "update_provider",
            "get_provider",
            provider,
            &json!({ "name": "x", "note": "two" }),
        ),
        update(
            "update_virtual_key",
            "get_virtual_key",
            virtual_key,
            &json!({ "name": "x" }),
        ),
    ]
}

fn mcp(world: &mut World) -> Vec<Update> {
    let id = |id: &str| json!({ "id": id });
    world.mcp_integration("undo-desk");
    world.mcp_server("undo-server");
    world.secret_reference();
    vec![
        update(
            "update_mcp_integration",
            "get_mcp_integration",
            id("undo-desk"),
            &json!({
                "name": "x", "description": "two", "transport": "sse",
            }),
        ),
        update(
            "update_mcp_server",
            "get_mcp_server",
            id("undo-server"),
            &json!({ "name": "x", "description": "two" }),
        ),
        update(
            "update_secret_reference",
            "get_secret_reference",
            id("undo-secret"),
            &json!({
                "name": "x", "description": "two", "secret_path": "keys/b", "tags": { "b": "c" },
            }),
        ),
    ]
}

fn texts(world: &mut World) -> Vec<Update> {
    let collection = json!({ "collection_id": world.collection });
    let label = json!({ "label_id": world.label("undo-label") });
    let prompt = world.prompt("Undo prompt");
    let latest = json!({ "prompt_id": prompt, "version": "latest" });
    let published = world.prompt("Undo publication");
    let partial =
        json!({ "prompt_partial_id": world.partial("undo-partial"), "version": "latest" });
    let published_partial = world.partial("undo-partial-publication");
    let labelled = world.prompt("Undo labels");
    let version = world
        .wire
        .answer("get_prompt", json!({ "prompt_id": labelled }))["prompt_version_id"]
        .clone();
    let staging = world.label("undo-stage");
    let draft = json!({ "prompt_id": published, "string": "two {{y}}" });
    world.wire.answer("update_prompt", draft);
    let draft = json!({ "prompt_partial_id": published_partial, "string": "two" });
    world.wire.answer("update_prompt_partial", draft);
    vec![
        update(
            "update_collection",
            "get_collection",
            collection,
            &json!({ "name": "x" }),
        ),
        update(
            "update_prompt_label",
            "get_prompt_label",
            label,
            &json!({ "name": "undo-x", "description": "two", "color_code": "#445566" }),
        ),
        update(
            "update_prompt",
            "get_prompt",
            latest,
            &json!({
                "name": "x", "string": "two {{y}}", "parameters": { "temperature": 0.9 }, "version_description": "mine",
            }),
        ),
        update(
            "publish_prompt",
            "get_prompt",
            json!({ "prompt_id": published }),
            &json!({ "version": 2 }),
        ),
        update(
            "update_prompt_version",
            "get_prompt_version",
            json!({ "prompt_id": labelled, "version_id": version }),
            &json!({
                "label_id": staging,
            }),
        ),
        update(
            "update_prompt_partial",
            "get_prompt_partial",
            partial,
            &json!({ "name": "x", "string": "two" }),
        ),
        update(
            "publish_partial",
            "get_prompt_partial",
            json!({ "prompt_partial_id": published_partial }),
            &json!({ "version": 2 }),
        ),
    ]
}

fn people(world: &mut World) -> Vec<Update> {
    let user = world.user("Dana");
    let role = world.wire.answer("get_user", json!({ "user_id": user }))["role"].clone();
    let role = if role == "admin" { "member" } else { "admin" };
    let member = json!({ "workspace_id": WORKSPACE, "user_id": world.user("Emil") });
    let held = world.wire.answer("get_workspace_member", member.clone())["role"].clone();
    let other = if held == "manager" {
        "member"
    } else {
        "manager"
    };
    vec![
        update(
            "update_user",
            "get_user",
            json!({ "user_id": user }),
            &json!({ "role": role }),
        ),
        update(
            "update_workspace_member",
            "get_workspace_member",
            member,
            &json!({ "role": other }),
        ),
    ]
}

fn lists(world: &mut World) -> Vec<Update> {
    let slug = |slug: &str| json!({ "slug": slug });
    world.integration("undo-lists");
    let models = world
        .wire
        .answer("list_integration_models", slug("undo-lists"));
    let model = models["data"][0]["slug"].clone();
    let custom = json!({ "slug": "undo-lists", "models": [{ "slug": "undo-model", "enabled": true, "is_custom": true }] });
    world.wire.answer("update_integration_models", custom);
    let organisation = json!({ "organisation_id": world.organisation });
    let guardrails = world.wire.answer("get_organisation_defaults", json!({}));
    let others = if guardrails["input_guardrails"] == json!([]) {
        json!({ "input_guardrails": ["pg-no-persona-3e71b8"] })
    } else {
        json!({ "clear": ["input_guardrails"] })
    };
    let excused = json!({ "workspaces": [{ "workspace_id": OTHER, "excluded": true }] });
    vec![
        update(
            "update_integration_workspaces",
            "list_integration_workspaces",
            slug("undo-lists"),
            &json!({
                "workspaces": [{ "id": WORKSPACE, "enabled": false }],
            }),
        ),
        update(
            "update_integration_models",
            "list_integration_models",
            slug("undo-lists"),
            &json!({
                "models": [{ "slug": model, "enabled": false }],
            }),
        ),
        update(
            "delete_integration_model",
            "list_integration_models",
            slug("undo-lists"),
            &json!({ "slugs": "undo-model" }),
        ),
        update(
            "update_organisation_defaults",
            "get_organisation_defaults",
            json!({}),
            &others,
        ),
        update(
            "update_input_guardrail_workspace_exclusions",
            "list_input_guardrail_workspace_exclusions",
            organisation.clone(),
            &excused,
        ),
        update(
            "update_output_guardrail_workspace_exclusions",
            "list_output_guardrail_workspace_exclusions",
            organisation,
            &excused,
        ),
    ]
}

fn guards(world: &mut World) -> Vec<Update> {
    let id = |id: &str| json!({ "id": id });
    let watch = json!({ "guardrail_id": world.guardrail_of("mcp_tools", "Undo watch") });
    let server = world.wire.answer("get_mcp_server", id("code-host-prod"))["id"].clone();
    let handbook = world.wire.answer("get_mcp_server", id("handbook-research"))["id"].clone();
    let ada = world.user("Ada");
    let mut watched = json!({});
    watched[handbook.as_str().unwrap()] = json!({ "run_on": ["output"] });
    let capability =
        json!({ "capabilities": [{ "name": "create_issue", "type": "tool", "enabled": false }] });
    let mut upsert = watch.clone();
    upsert["mcp_server_id"] = server;
    upsert["run_on"] = json!(["input"]);
    vec![
        update(
            "update_mcp_server_capabilities",
            "list_mcp_server_capabilities",
            id("code-host-prod"),
            &capability,
        ),
        update(
            "update_mcp_integration_capabilities",
            "list_mcp_integration_capabilities",
            id("code-host"),
            &capability,
        ),
        update(
            "update_mcp_integration_workspaces",
            "list_mcp_integration_workspaces",
            id("code-host"),
            &json!({
                "workspaces": [{ "id": WORKSPACE, "enabled": false }],
            }),
        ),
        update(
            "update_mcp_server_user_access",
            "list_mcp_server_user_access",
            id("code-host-prod"),
            &json!({
                "user_access": [{ "user_id": ada, "enabled": false }],
            }),
        ),
        Update {
            tool: "upsert_guardrail_mcp_server",
            arguments: upsert,
            reader: "list_guardrail_mcp_servers",
            finding: watch.clone(),
        },
        update(
            "replace_guardrail_mcp_servers",
            "list_guardrail_mcp_servers",
            watch,
            &json!({ "mcp_servers": watched }),
        ),
    ]
}
