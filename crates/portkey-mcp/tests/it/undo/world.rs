//! A sandbox with the objects that the cases change.

use serde_json::{Value, json};

use crate::process::Wire;

/// The sandbox, and what the cases work on.
pub(super) struct World {
    pub(super) wire: Wire,
    /// The UUID of the workspace with all in it.
    pub(super) workspace: Value,
    pub(super) organisation: Value,
    pub(super) collection: Value,
    pub(super) virtual_key: Value,
}

pub(super) const WORKSPACE: &str = "ws-product-8c41d2";
pub(super) const OTHER: &str = "ws-staging-51f0ae";

impl World {
    pub(super) fn new() -> Self {
        let mut wire = Wire::initialised(&["--sandbox", "--toolsets", "all"], &[]);
        let workspace = wire.answer("get_workspace", json!({ "workspace_id": WORKSPACE }));
        let listed = json!({ "workspace_id": WORKSPACE, "verbose": true });
        let organisation = wire.answer("list_configs", listed);
        let collection = json!({ "name": "Undo collection", "workspace_id": WORKSPACE });
        let collection = wire.answer("create_collection", collection)["id"].clone();
        let key = json!({ "name": "Undo key", "provider": "openai", "key": "sk-0123456789abcdef", "workspace_id": WORKSPACE });
        let virtual_key = wire.answer("create_virtual_key", key)["slug"].clone();
        Self {
            wire,
            workspace: workspace["id"].clone(),
            organisation: organisation["data"][0]["organisation_id"].clone(),
            collection,
            virtual_key,
        }
    }

    pub(super) fn answer(&mut self, tool: &str, arguments: &Value) -> Result<Value, String> {
        let result = self.wire.call(tool, arguments.clone());
        let text = result["content"][0]["text"].as_str().unwrap();
        if result["isError"] == true {
            return Err(format!("{tool} {arguments} failed: {text}"));
        }
        Ok(serde_json::from_str(text).unwrap())
    }

    pub(super) fn failure(&mut self, tool: &str, arguments: &Value) -> String {
        self.wire.failure(tool, arguments.clone())
    }

    pub(super) fn latest_change(&mut self, tool: &str) -> Result<String, String> {
        let listed = self.answer("list_changes", &json!({ "tool": tool, "most": 1 }))?;
        let id = listed["data"][0]["id"].as_str();
        id.map(str::to_owned)
            .ok_or_else(|| format!("{tool} is not in the journal"))
    }

    /// The entry of a list that has this value.
    pub(super) fn row(&mut self, list: &str, among: Value, field: &str, value: &str) -> Value {
        let listed = self.wire.answer(list, among);
        let rows = listed["data"].as_array().unwrap();
        let row = rows.iter().find(|row| row[field] == value);
        row.unwrap_or_else(|| panic!("{list} has no {field} {value}: {listed}"))
            .clone()
    }

    pub(super) fn config(&mut self) -> Value {
        let config = json!({ "name": "Undo config", "config": { "retry": { "attempts": 3 } }, "workspace_id": WORKSPACE });
        self.wire.answer("create_config", config)["slug"].clone()
    }

    pub(super) fn api_key(&mut self) -> Value {
        let key = json!({
            "type": "workspace", "sub_type": "service", "name": "Undo", "scopes": ["logs.view"],
            "workspace_id": WORKSPACE, "description": "one", "credit_limit": 5, "rate_limit_rpm": 10,
            "default_metadata": { "team": "a" },
        });
        self.wire.answer("create_api_key", key)["id"].clone()
    }

    pub(super) fn prompt(&mut self, name: &str) -> Value {
        let prompt = json!({
            "name": name, "collection_id": self.collection, "string": "one {{x}}", "parameters": { "temperature": 0.1 },
            "virtual_key": self.virtual_key, "model": "gpt-4o",
        });
        self.wire.answer("create_prompt", prompt)["id"].clone()
    }

    pub(super) fn partial(&mut self, name: &str) -> Value {
        let partial = json!({ "name": name, "string": "one", "workspace_id": WORKSPACE });
        self.wire.answer("create_prompt_partial", partial)["id"].clone()
    }

    pub(super) fn label(&mut self, name: &str) -> Value {
        let label = json!({ "name": name, "workspace_id": WORKSPACE, "description": "one", "color_code": "#112233" });
        self.wire.answer("create_prompt_label", label)["id"].clone()
    }

    pub(super) fn guardrail(&mut self, name: &str) -> Value {
        self.guardrail_of("llm", name)
    }

    /// A guardrail with this target.
    pub(super) fn guardrail_of(&mut self, target: &str, name: &str) -> Value {
        let outcome = json!({ "feedback": { "value": 5, "weight": 1, "metadata": "" } });
        let guardrail = json!({
            "name": name, "workspace_id": WORKSPACE, "target": target,
            "checks": [{ "id": "default.wordCount", "parameters": { "minWords": 1, "maxWords": 9 } }],
            "actions": { "deny": true, "async": false, "on_success": outcome, "on_fail": outcome },
        });
        self.wire.answer("create_guardrail", guardrail)["id"].clone()
    }

    pub(super) fn integration(&mut self, slug: &str) {
        let integration = json!({ "name": slug, "slug": slug, "ai_provider_id": "openai", "key": "sk-0123456789abcdef", "description": "one" });
        self.wire.answer("create_integration", integration);
        let access = json!({ "slug": slug, "workspaces": [{ "id": WORKSPACE, "enabled": true, "create_default_provider": false }] });
        self.wire.answer("update_integration_workspaces", access);
    }

    pub(super) fn provider(&mut self, slug: &str) {
        let integration = format!("{slug}-integration");
        self.integration(&integration);
        let provider = json!({ "name": slug, "slug": slug, "integration_id": integration, "workspace_id": self.workspace, "note": "one" });
        self.wire.answer("create_provider", provider);
    }

    pub(super) fn rate_limit(&mut self, name: &str) -> Value {
        let limit = json!({
            "name": name, "conditions": [{ "key": "prompt", "value": "pp-*" }], "group_by": [{ "key": "api_key" }],
            "type": "requests", "unit": "rpm", "value": 10, "workspace_id": WORKSPACE,
        });
        self.wire.answer("create_rate_limit", limit)["id"].clone()
    }

    pub(super) fn usage_limit(&mut self, name: &str) -> Value {
        let limit = json!({
            "name": name, "conditions": [{ "key": "prompt", "value": "pp-*" }], "group_by": [{ "key": "api_key" }],
            "type": "cost", "credit_limit": 10, "workspace_id": WORKSPACE,
        });
        self.wire.answer("create_usage_limit", limit)["id"].clone()
    }

    pub(super) fn mcp_integration(&mut self, slug: &str) {
        let integration = json!({
            "name": slug, "slug": slug, "url": "https://desk.example/mcp", "auth_type": "none", "transport": "http",
            "description": "one", "organisation_id": self.organisation,
        });
        self.wire.answer("create_mcp_integration", integration);
    }

    pub(super) fn mcp_server(&mut self, slug: &str) {
        let server = json!({ "name": slug, "slug": slug, "mcp_integration_id": "handbook", "workspace_id": WORKSPACE, "description": "one" });
        self.wire.answer("create_mcp_server", server);
    }

    pub(super) fn secret_reference(&mut self) {
        let reference = json!({
            "name": "Undo secret", "slug": "undo-secret", "manager_type": "hashicorp_vault", "secret_path": "keys/a",
            "auth_config": {
                "vault_auth_type": "approle", "vault_addr": "https://vault.example", "vault_role_id": "portkey",
                "vault_secret_id": "a-very-long-secret-id",
            },
            "secret_key": "value", "description": "one", "tags": { "team": "a" },
        });
        self.wire.answer("create_secret_reference", reference);
    }

    pub(super) fn deployment(&mut self, slug: &str) -> Value {
        let deployment = json!({
            "name": slug, "slug": slug, "type": "non_production", "tags": { "region": "a" }, "workspaces_allowed": [OTHER],
        });
        self.wire.answer("register_deployment", deployment)["id"].clone()
    }

    pub(super) fn user(&mut self, first_name: &str) -> Value {
        self.row(
            "list_all_users",
            json!({ "all": true }),
            "first_name",
            first_name,
        )["id"]
            .clone()
    }
}
