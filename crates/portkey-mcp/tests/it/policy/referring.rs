//! Somebody who is limited to a workspace refers to nothing of another, wherever an argument names it.

use serde_json::{Value, json};

use crate::process::{SandboxProcess, Wire};

const STAGING: &str = "ws-staging-51f0ae";
const PRODUCTION: &str = "ws-product-8c41d2";

fn text(object: &Value, member: &str) -> String {
    let text = object[member].as_str();
    text.unwrap_or_else(|| panic!("no `{member}`: {object}"))
        .to_owned()
}

/// What a call can refer to in one workspace.
struct Things {
    workspace: &'static str,
    collection: String,
    config: String,
    guardrail: String,
    mcp_server: String,
    prompt: String,
    provider: String,
}

impl Things {
    fn of(wire: &mut Wire, workspace: &'static str) -> Self {
        let config = json!({
            "name": "theirs", "workspace_id": workspace, "config": { "provider": "openai" },
        });
        let guardrail = json!({
            "name": "theirs", "workspace_id": workspace, "target": "mcp_tools", "actions": {},
            "checks": [{ "id": "default.contains", "parameters": { "words": ["a"], "operator": "none" } }],
        });
        let config = text(&wire.answer("create_config", config), "slug");
        let guardrail = text(&wire.answer("create_guardrail", guardrail), "id");
        let server = json!({
            "name": "theirs", "workspace_id": workspace, "mcp_integration_id": "code-host",
        });
        let mcp_server = text(&wire.answer("create_mcp_server", server), "id");
        let mut first = |list: &str, member: &str| {
            let listed = wire.answer(list, json!({ "workspace_id": workspace }));
            text(&listed["data"][0], member)
        };
        Self {
            workspace,
            config,
            guardrail,
            collection: first("list_collections", "id"),
            mcp_server,
            prompt: first("list_prompts", "slug"),
            provider: first("list_providers", "slug"),
        }
    }

    /// A config in the own workspace `home` that refers to one of these things in every place that a config has.
    fn configs(&self) -> Vec<(&'static str, Value)> {
        let (provider, guardrail) = (&self.provider, &self.guardrail);
        let at = format!("@{provider}");
        let model = format!("@{provider}/gpt-4o");
        vec![
            ("provider", json!({ "provider": at })),
            ("virtual_key", json!({ "virtual_key": provider })),
            (
                "provider",
                json!({ "targets": [{ "provider": "openai" }, { "provider": at }] }),
            ),
            (
                "virtual_key",
                json!({ "targets": [{ "targets": [{ "virtual_key": provider }] }] }),
            ),
            (
                "prompt_id",
                json!({ "provider": "openai", "prompt_id": self.prompt }),
            ),
            (
                "prompt_id",
                json!({ "targets": [{ "prompt_id": format!("{}@latest", self.prompt) }] }),
            ),
            (
                "model",
                json!({ "provider": "openai", "override_params": { "model": model } }),
            ),
            (
                "input_guardrails",
                json!({ "input_guardrails": [guardrail] }),
            ),
            (
                "output_guardrails",
                json!({ "targets": [{ "output_guardrails": [{ "id": guardrail }] }] }),
            ),
            (
                "before_request_hooks",
                json!({ "before_request_hooks": [{ "type": "guardrail", "id": guardrail }] }),
            ),
            (
                "after_request_hooks",
                json!({ "after_request_hooks": [{ "type": "guardrail", "id": guardrail }] }),
            ),
        ]
    }

    /// Calls about what is in the workspace `home` which refer to one of these things: how it is named, the tool, the
    /// arguments.
    fn calls(&self, home: &Self) -> Vec<(&'static str, &'static str, Value)> {
        let prompt = |virtual_key: &str, model: &str| {
            json!({
                "name": "new", "collection_id": home.collection, "string": "Hello", "parameters": {},
                "virtual_key": virtual_key, "model": model,
            })
        };
        let model = format!("@{}/gpt-4o", self.provider);
        let at = format!("@{}", self.provider);
        let workspace = home.workspace;
        let mut calls = vec![
            (
                "virtual_key",
                "create_prompt",
                prompt(&self.provider, "gpt-4o"),
            ),
            ("virtual_key", "create_prompt", prompt(&at, "gpt-4o")),
            ("model", "create_prompt", prompt(&home.provider, &model)),
            (
                "virtual_key",
                "update_prompt",
                json!({ "prompt_id": home.prompt, "virtual_key": self.provider }),
            ),
            (
                "input_guardrails",
                "update_workspace",
                json!({ "workspace_id": workspace, "input_guardrails": [self.guardrail] }),
            ),
            (
                "output_guardrails",
                "update_workspace",
                json!({ "workspace_id": workspace, "output_guardrails": [self.guardrail] }),
            ),
            (
                "user_api_key_config",
                "update_workspace",
                json!({ "workspace_id": workspace, "user_api_key_config": self.config }),
            ),
            (
                "default_config_id",
                "create_api_key",
                json!({
                    "type": "workspace", "sub_type": "service", "name": "new", "scopes": ["logs.view"],
                    "workspace_id": workspace, "default_config_id": self.config,
                }),
            ),
            (
                "mcp_servers",
                "replace_guardrail_mcp_servers",
                json!({ "guardrail_id": home.guardrail, "mcp_servers": { &self.mcp_server: {} } }),
            ),
            (
                "server_id",
                "create_access_policy",
                json!({
                    "name": "new", "workspace_id": workspace, "effect": "deny",
                    "subjects": [{ "type": "user", "id": "ANY" }],
                    "targets": [{ "type": "mcp_server", "server_id": self.mcp_server, "tools": "ALL" }],
                }),
            ),
            (
                "provider_id",
                "create_access_policy",
                json!({
                    "name": "newer", "workspace_id": workspace, "effect": "deny",
                    "subjects": [{ "type": "user", "id": "ANY" }],
                    "targets": [{ "type": "provider", "provider_id": self.provider }],
                }),
            ),
            ("id", "list_mcp_servers", json!({ "id": self.mcp_server })),
        ];
        for (at, (name, config)) in self.configs().into_iter().enumerate() {
            let called = format!("new {at}");
            let config = json!({ "name": called, "workspace_id": workspace, "config": config });
            calls.push((name, "create_config", config));
        }
        calls
    }
}

#[test]
fn what_is_in_another_workspace_is_referred_to_by_no_argument() {
    let sandbox = SandboxProcess::start();
    let mut free = Wire::initialised(&["--toolsets", "all"], &sandbox.settings());
    let own = Things::of(&mut free, STAGING);
    let foreign = Things::of(&mut free, PRODUCTION);
    let limits = ["--toolsets", "all", "--only-workspaces", STAGING];
    let mut bound = Wire::initialised(&limits, &sandbox.settings());
    let mut passed = Vec::new();
    for (name, tool, arguments) in foreign.calls(&own) {
        let result = bound.call(tool, arguments.clone());
        let told = result.to_string();
        let refusal = format!("what `{name}` names is not known to be in one of them");
        if !told.contains(&refusal) {
            passed.push(format!("{tool} {arguments}\n  {told}"));
        }
    }
    assert!(
        passed.is_empty(),
        "{} passed:\n{}",
        passed.len(),
        passed.join("\n")
    );
    for (_, tool, arguments) in own.calls(&own) {
        let told = bound.call(tool, arguments.clone()).to_string();
        assert!(
            !told.contains("limits calls to"),
            "{tool} {arguments}\n  {told}"
        );
    }
}

#[test]
fn of_several_workspaces_a_reference_may_be_into_any() {
    let sandbox = SandboxProcess::start();
    let mut free = Wire::initialised(&["--toolsets", "all"], &sandbox.settings());
    let staging = Things::of(&mut free, STAGING);
    let production = Things::of(&mut free, PRODUCTION);
    let both = format!("{STAGING},{PRODUCTION}");
    let limits = ["--toolsets", "all", "--only-workspaces", &both];
    let mut bound = Wire::initialised(&limits, &sandbox.settings());
    let referring = |provider: &str| {
        let config = json!({ "provider": provider });
        json!({ "name": provider, "workspace_id": STAGING, "config": config })
    };
    bound.answer(
        "create_config",
        referring(&format!("@{}", staging.provider)),
    );
    bound.answer(
        "create_config",
        referring(&format!("@{}", production.provider)),
    );
    bound.failure("create_config", referring("@nothing"));
}

#[test]
fn the_plain_name_of_an_ai_provider_refers_to_nothing() {
    let sandbox = SandboxProcess::start();
    let limits = ["--toolsets", "all", "--only-workspaces", STAGING];
    let mut bound = Wire::initialised(&limits, &sandbox.settings());
    for provider in ["openai", "one-that-is-new"] {
        let config = json!({ "provider": provider, "override_params": { "model": "gpt-4o" } });
        bound.answer(
            "create_config",
            json!({ "name": provider, "config": config }),
        );
    }
}
