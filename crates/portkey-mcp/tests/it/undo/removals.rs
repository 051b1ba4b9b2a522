//! Every removal that can be undone, with the list that shows it.

use serde_json::{Value, json};

use super::{
    access,
    world::{OTHER, WORKSPACE, World},
};

/// A removal, and where what is removed is found.
pub(super) struct Removal {
    pub(super) tool: &'static str,
    pub(super) arguments: Value,
    list: &'static str,
    among: Value,
    by: (&'static str, String),
    /// What shows more of it than the list does, by its id.
    reader: Option<(&'static str, &'static str)>,
    /// Whether what comes back is something new.
    pub(super) is_new: bool,
}

impl Removal {
    pub(super) fn find(&self, world: &mut World) -> Result<Option<Value>, String> {
        let (field, value) = &self.by;
        let mut among = self.among.clone();
        among["verbose"] = true.into();
        let listed = world.answer(self.list, &among)?;
        let mut rows = listed["data"].as_array().unwrap().iter();
        let row = rows.find(|row| row[field] == *value);
        match (row, self.reader) {
            (Some(row), Some((reader, argument))) => {
                let mut finding = json!({});
                finding[argument] = row["id"].clone();
                world.answer(reader, &finding).map(Some)
            }
            (row, _) => Ok(row.cloned()),
        }
    }
}

pub(super) fn removal(
    tool: &'static str,
    arguments: Value,
    list: &'static str,
    name: &str,
) -> Removal {
    Removal {
        tool,
        arguments,
        list,
        among: json!({ "workspace_id": WORKSPACE }),
        by: ("name", name.to_owned()),
        reader: None,
        is_new: true,
    }
}

impl Removal {
    pub(super) fn read_by(self, reader: &'static str, argument: &'static str) -> Self {
        Self {
            reader: Some((reader, argument)),
            ..self
        }
    }

    pub(super) fn among(self, among: Value) -> Self {
        Self { among, ..self }
    }

    pub(super) fn by(self, field: &'static str) -> Self {
        Self {
            by: (field, self.by.1),
            ..self
        }
    }
}

pub(super) fn removals(world: &mut World) -> Vec<Removal> {
    let mut removals = texts(world);
    removals.extend(settings(world));
    removals.extend(places(world));
    removals.extend(access::removals(world));
    removals
}

fn texts(world: &mut World) -> Vec<Removal> {
    let prompt = json!({ "prompt_id": world.prompt("Gone prompt") });
    let partial = json!({ "prompt_partial_id": world.partial("gone-partial") });
    let label = json!({ "label_id": world.label("gone-label") });
    let collection = json!({ "name": "Gone collection", "workspace_id": WORKSPACE });
    let collection = world.wire.answer("create_collection", collection)["id"].clone();
    let collection = json!({ "collection_id": collection });
    vec![
        removal("delete_prompt", prompt, "list_prompts", "Gone prompt")
            .read_by("get_prompt", "prompt_id"),
        removal(
            "delete_prompt_partial",
            partial,
            "list_prompt_partials",
            "gone-partial",
        )
        .read_by("get_prompt_partial", "prompt_partial_id"),
        removal(
            "delete_prompt_label",
            label,
            "list_prompt_labels",
            "gone-label",
        )
        .read_by("get_prompt_label", "label_id"),
        removal(
            "delete_collection",
            collection,
            "list_collections",
            "Gone collection",
        ),
    ]
}

fn settings(world: &mut World) -> Vec<Removal> {
    let config = json!({ "name": "Gone config", "config": { "retry": { "attempts": 3 } }, "workspace_id": WORKSPACE });
    let config = world.wire.answer("create_config", config)["slug"].clone();
    let config = json!({ "slug": config });
    let guardrail = json!({ "guardrail_id": world.guardrail("Gone guardrail") });
    let rate = json!({ "id": world.rate_limit("Gone rate") });
    let usage = json!({ "id": world.usage_limit("Gone usage") });
    world.provider("gone-provider");
    let here = json!({ "workspace_id": world.workspace });
    let provider = json!({ "slug": "gone-provider", "workspace_id": world.workspace });
    vec![
        removal("delete_config", config, "list_configs", "Gone config")
            .read_by("get_config", "slug"),
        removal(
            "delete_guardrail",
            guardrail,
            "list_guardrails",
            "Gone guardrail",
        )
        .read_by("get_guardrail", "guardrail_id"),
        removal("delete_rate_limit", rate, "list_rate_limits", "Gone rate")
            .read_by("get_rate_limit", "id"),
        removal(
            "delete_usage_limit",
            usage,
            "list_usage_limits",
            "Gone usage",
        )
        .read_by("get_usage_limit", "id"),
        removal(
            "delete_provider",
            provider,
            "list_providers",
            "gone-provider",
        )
        .among(here),
    ]
}

fn places(world: &mut World) -> Vec<Removal> {
    world.mcp_integration("gone-desk");
    world.mcp_server("gone-server");
    let workspace =
        json!({ "name": "Gone workspace", "description": "one", "metadata": { "a": "b" } });
    let workspace = world.wire.answer("create_workspace", workspace)["id"].clone();
    let workspace = json!({ "workspace_id": workspace });
    let mapping = json!({ "workspace_id": OTHER, "role": "member", "scim_group_name": "Gone" });
    let mapping = world.wire.answer("create_scim_workspace_mapping", mapping)["id"].clone();
    let mapping = json!({ "mapping_id": mapping });
    let emil = world.user("Emil");
    let member = json!({ "workspace_id": WORKSPACE, "user_id": emil });
    let id = emil.as_str().unwrap();
    vec![
        removal(
            "delete_mcp_server",
            json!({ "id": "gone-server" }),
            "list_mcp_servers",
            "gone-server",
        )
        .read_by("get_mcp_server", "id"),
        removal(
            "delete_mcp_integration",
            json!({ "id": "gone-desk" }),
            "list_mcp_integrations",
            "gone-desk",
        )
        .among(json!({}))
        .read_by("get_mcp_integration", "id"),
        removal(
            "delete_scim_workspace_mapping",
            mapping,
            "list_scim_workspace_mappings",
            "Gone",
        )
        .among(json!({}))
        .by("scim_group"),
        removal(
            "delete_workspace",
            workspace,
            "list_workspaces",
            "Gone workspace",
        )
        .among(json!({ "all": true })),
        Removal {
            is_new: false,
            ..removal(
                "remove_workspace_member",
                member,
                "list_workspace_members",
                id,
            )
            .by("id")
        },
    ]
}
