//! What arguments refer to, at any depth.

use portkey_api::operation;
use serde_json::{Value, json};

fn found(tool: &str, arguments: &Value) -> Vec<(String, String, String)> {
    let declaration = &operation(tool).unwrap().declaration;
    let mentions = declaration.mentions(arguments.as_object().unwrap());
    let told = mentions.iter().map(|found| {
        let id = found.id.unwrap_or("no text");
        [found.name, found.kind, id].map(str::to_owned).into()
    });
    told.collect()
}

fn told(name: &str, reader: &str, id: &str) -> (String, String, String) {
    [name, reader, id].map(str::to_owned).into()
}

#[test]
fn references_are_found_at_any_depth_by_their_types() {
    let arguments = json!({
        "name": "c", "workspace_id": "w",
        "config": {
            "input_guardrails": ["g", { "id": "h" }, { "default.contains": {} }],
            "targets": [
                { "provider": "@p", "override_params": { "model": "@q/gpt-4o" } },
                { "provider": "openai", "targets": [{ "virtual_key": "@v", "prompt_id": "pp@2" }] },
            ],
            "workspace_id": "no reference: nothing declares it",
        },
    });
    assert_eq!(
        found("create_config", &arguments),
        [
            told("workspace_id", "WorkspaceId", "w"),
            told("input_guardrails", "GuardrailId", "g"),
            told("input_guardrails", "GuardrailId", "h"),
            told("provider", "ProviderSlug", "p"),
            told("model", "ProviderSlug", "q"),
            told("virtual_key", "ProviderSlug", "v"),
            told("prompt_id", "PromptId", "pp"),
        ]
    );
}

#[test]
fn names_of_members_and_what_is_no_text_are_references_too() {
    let arguments = json!({ "guardrail_id": "g", "mcp_servers": { "s": {} } });
    assert_eq!(
        found("replace_guardrail_mcp_servers", &arguments),
        [
            told("guardrail_id", "GuardrailId", "g"),
            told("mcp_servers", "McpServerId", "s"),
        ]
    );
    let arguments = json!({ "workspaces": [{ "id": "w" }, { "id": 3 }], "slug": null });
    assert_eq!(
        found("update_integration_workspaces", &arguments),
        [
            told("workspaces", "WorkspaceId", "w"),
            told("workspaces", "WorkspaceId", "no text"),
        ]
    );
}

#[test]
fn filters_of_an_export_refer_as_the_arguments_beside_them_do() {
    let arguments =
        json!({ "export_id": "e", "filters": { "workspace_slug": "w", "cost_min": 1 } });
    assert_eq!(
        found("update_log_export", &arguments),
        [
            told("export_id", "ExportId", "e"),
            told("workspace_slug", "WorkspaceSlug", "w"),
        ]
    );
}
