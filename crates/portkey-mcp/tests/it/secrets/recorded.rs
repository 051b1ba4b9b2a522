//! What Portkey recorded of a change shows no secret that the change brought it.

use serde_json::{Value, json};

use crate::process::{SandboxProcess, Wire};

const SECRET: &str = "c4n4ry-a7Q9zX2LmN4pR6tV8wY0bC1d";

fn on(sandbox: &SandboxProcess) -> Wire {
    let mut settings = sandbox.settings().to_vec();
    settings.push(("OPENAI_KEY", SECRET));
    let arguments = ["--toolsets=all", "--secret-sources=env:OPENAI_*"];
    Wire::initialised(&arguments, &settings)
}

/// The bodies that were recorded of calls to a path, the latest first.
fn recorded(wire: &mut Wire, path: &str) -> Vec<Value> {
    let configs = wire.answer("list_configs", json!({}));
    let logs = wire.answer(
        "list_audit_logs",
        json!({
            "start_time": "2020-01-01T00:00:00Z",
            "end_time": "2100-01-01T00:00:00Z",
            "organisation_id": configs["data"][0]["organisation_id"],
            "include_bodies": true,
        }),
    );
    let text = logs.to_string();
    assert!(!text.contains("c4n4ry"), "{text}");
    let entries = logs["data"].as_array().unwrap().iter();
    entries
        .filter(|entry| entry["uri"].as_str().unwrap().ends_with(path))
        .map(|entry| entry["request_body"].clone())
        .collect()
}

#[test]
fn free_members_of_settings_are_masked_and_names_are_not() {
    let sandbox = SandboxProcess::start();
    let mut wire = on(&sandbox);
    wire.answer(
        "create_integration",
        json!({
            "name": "Azure, recorded", "ai_provider_id": "azure-openai", "slug": "recorded",
            "configurations": {
                "azure_auth_mode": "entra", "azure_resource_name": "r", "azure_entra_tenant_id": "t",
                "azure_entra_client_id": "c", "azure_entra_client_secret": "env:OPENAI_KEY",
                "azure_deployment_config": [{ "azure_deployment_name": "d", "azure_api_version": "v",
                                              "azure_model_slug": "gpt-4o" }],
            },
        }),
    );
    let bodies = recorded(&mut wire, "/integrations");
    let body = &bodies[0];
    assert_eq!(body["name"], "Azure, recorded");
    let secret = &body["configurations"]["azure_entra_client_secret"];
    assert_eq!(secret, "c4*****C1d");
}

#[test]
fn what_stands_below_an_open_object_is_masked_whatever_it_is_called() {
    let sandbox = SandboxProcess::start();
    let mut wire = on(&sandbox);
    wire.answer(
        "create_mcp_integration",
        json!({
            "name": "Tools, recorded", "workspace_id": "ws-product-8c41d2", "url": "https://tools.example/mcp", "auth_type": "none",
            "transport": "http",
            "configurations": { "token": "env:OPENAI_KEY", "deep": [{ "name": "env:OPENAI_KEY" }] },
        }),
    );
    let bodies = recorded(&mut wire, "/mcp-integrations");
    assert_eq!(bodies[0]["name"], "Tools, recorded");
    assert_eq!(bodies[0]["configurations"]["token"], "c4*****C1d");
    assert_eq!(bodies[0]["configurations"]["deep"][0]["name"], "c4*****C1d");

    let integrations = wire.answer("list_integrations", json!({}));
    let workspaces = wire.answer("list_workspaces", json!({}));
    let provider = json!({
        "name": "Recorded", "integration_id": integrations["data"][0]["slug"],
        "workspace_id": workspaces["data"][0]["id"], "model_config": { "anything": "env:OPENAI_KEY" },
    });
    wire.call("create_provider", provider);
    let bodies = recorded(&mut wire, "/providers");
    assert_eq!(bodies[0]["model_config"]["anything"], "c4*****C1d");
}

#[test]
fn sign_ins_to_secret_managers_are_masked() {
    let sandbox = SandboxProcess::start();
    let mut wire = on(&sandbox);
    wire.answer(
        "create_secret_reference",
        json!({
            "name": "Vault, recorded", "manager_type": "hashicorp_vault", "secret_path": "kv/openai",
            "auth_config": { "vault_addr": "https://vault.example", "vault_auth_type": "token",
                             "vault_token": "env:OPENAI_KEY" },
        }),
    );
    let bodies = recorded(&mut wire, "/secret-references");
    assert_eq!(bodies[0]["auth_config"]["vault_token"], "c4*****C1d");
    assert_eq!(bodies[0]["manager_type"], "hashicorp_vault");
}
