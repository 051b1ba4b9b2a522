use serde_json::{Value, json};

use super::world::{OTHER, WORKSPACE, World};

/// A removal, and where what is removed is found.
pub(super) struct Removal {
    pub(super) tool: &'static str,
    pub(super) arguments: Value,
    list: &'static str,
    among: Value,
    by: (&'static str, String),
    /// Whether what comes back is something new.
    pub(super) is_new: bool,
}

impl Removal {
    pub(super) fn find(&self, world: &mut World) -> Result<Option<Value>, String> {
        let (field, value) = &self.by;
        let listed = world.answer(self.list, &self.among)?;
        let mut rows = listed["data"].as_array().unwrap().iter();
        Ok(rows.find(|row| row[field] == *value).cloned())
    }
}

pub(super) fn removals(world: &mut World) -> Vec<Removal> {
    let here = || json!({ "workspace_id": WORKSPACE });
    let removal = |tool, arguments, list, among, by: (&'static str, &str)| Removal {
        tool,
        arguments,
        list,
        among,
        by: (by.0, by.1.to_owned()),
        is_new: true,
    };
    let collection = json!({ "name": "Gone collection", "workspace_id": WORKSPACE });
    let collection = world.wire.answer("create_collection", collection)["id"].clone();
    let config = json!({ "name": "Gone config", "config": { "retry": { "attempts": 3 } }, "workspace_id": WORKSPACE });
    let config = world.wire.answer("create_config", config)["slug"].clone();
    let workspace =
        json!({ "name": "Gone workspace", "description": "one", "metadata": { "a": "b" } });
    let workspace = world.wire.answer("create_workspace", workspace)["id"].clone();
    world.provider("gone-provider");
    world.mcp_integration("gone-desk");
    world.mcp_server("gone-server");
    let group = world.wire.answer("list_scim_groups", json!({}))["data"][0].clone();
    let mapping = json!({ "workspace_id": OTHER, "role": "member", "scim_group_name": "Gone" });
    let mapping = world.wire.answer("create_scim_workspace_mapping", mapping)["id"].clone();
    assert!(group["id"].is_string(), "{group}");
    let emil = world.user("Emil");
    let mut removals = vec![
        removal(
            "delete_collection",
            json!({ "collection_id": collection }),
            "list_collections",
            here(),
            ("name", "Gone collection"),
        ),
        removal(
            "delete_config",
            json!({ "slug": config }),
            "list_configs",
            here(),
            ("name", "Gone config"),
        ),
        removal(
            "delete_guardrail",
            json!({ "guardrail_id": world.guardrail("Gone guardrail") }),
            "list_guardrails",
            here(),
            ("name", "Gone guardrail"),
        ),
        removal(
            "delete_prompt_label",
            json!({ "label_id": world.label("gone-label") }),
            "list_prompt_labels",
            here(),
            ("name", "gone-label"),
        ),
        removal(
            "delete_prompt",
            json!({ "prompt_id": world.prompt("Gone prompt") }),
            "list_prompts",
            here(),
            ("name", "Gone prompt"),
        ),
        removal(
            "delete_prompt_partial",
            json!({ "prompt_partial_id": world.partial("gone-partial") }),
            "list_prompt_partials",
            here(),
            ("name", "gone-partial"),
        ),
        removal(
            "delete_rate_limit",
            json!({ "id": world.rate_limit("Gone rate") }),
            "list_rate_limits",
            here(),
            ("name", "Gone rate"),
        ),
        removal(
            "delete_usage_limit",
            json!({ "id": world.usage_limit("Gone usage") }),
            "list_usage_limits",
            here(),
            ("name", "Gone usage"),
        ),
        removal(
            "delete_provider",
            json!({ "slug": "gone-provider", "workspace_id": world.workspace }),
            "list_providers",
            json!({ "workspace_id": world.workspace }),
            ("name", "gone-provider"),
        ),
        removal(
            "delete_mcp_server",
            json!({ "id": "gone-server" }),
            "list_mcp_servers",
            here(),
            ("name", "gone-server"),
        ),
        removal(
            "delete_mcp_integration",
            json!({ "id": "gone-desk" }),
            "list_mcp_integrations",
            json!({}),
            ("name", "gone-desk"),
        ),
        removal(
            "delete_scim_workspace_mapping",
            json!({ "mapping_id": mapping }),
            "list_scim_workspace_mappings",
            json!({}),
            ("scim_group", "Gone"),
        ),
        removal(
            "delete_workspace",
            json!({ "workspace_id": workspace }),
            "list_workspaces",
            json!({ "all": true }),
            ("name", "Gone workspace"),
        ),
    ];
    let member = json!({ "workspace_id": WORKSPACE, "user_id": emil });
    let id = emil.as_str().unwrap();
    removals.push(Removal {
        is_new: false,
        ..removal(
            "remove_workspace_member",
            member,
            "list_workspace_members",
            here(),
            ("id", id),
        )
    });
    removals
}
