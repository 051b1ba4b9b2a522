//! Changes of access policies and of the egress allowlist, and what removes them.

use serde_json::{Value, json};

use super::{
    cases::{Update, update},
    removals::{Removal, removal},
    world::{WORKSPACE, World},
};

fn policy(world: &mut World, name: &str) -> Value {
    let dana = world.user("Dana");
    let policy = json!({
        "name": name, "workspace_id": WORKSPACE, "description": "one",
        "subjects": [{ "type": "user", "id": dana }, { "type": "agent", "id": "triage" }],
        "targets": [{ "type": "mcp_server", "server_id": "code-host-prod", "tools": ["search_issues"] }],
    });
    let made = world.wire.answer("create_access_policy", policy);
    json!({ "access_policy_id": made["id"] })
}

fn host(world: &mut World, domain: &str) -> Value {
    let entry = json!({ "domain": domain, "description": "one" });
    let made = world.wire.answer("create_egress_allowlist_entry", entry);
    json!({ "id": made["id"] })
}

pub(super) fn updates(world: &mut World) -> Vec<Update> {
    let (policy, host) = (policy(world, "Undo access"), host(world, "undo.example"));
    let targets = json!([{ "type": "mcp_server", "server_id": "code-host-prod", "tools": "ALL" }]);
    vec![
        update(
            "update_access_policy",
            "get_access_policy",
            policy,
            &json!({ "name": "x", "effect": "deny", "enabled": false, "targets": targets }),
        ),
        update(
            "update_egress_allowlist_entry",
            "get_egress_allowlist_entry",
            host,
            &json!({ "domain": "other.example", "description": "two" }),
        ),
    ]
}

pub(super) fn removals(world: &mut World) -> Vec<Removal> {
    let (policy, host) = (policy(world, "Gone access"), host(world, "gone.example"));
    vec![
        removal(
            "delete_access_policy",
            policy,
            "list_access_policies",
            "Gone access",
        )
        .read_by("get_access_policy", "access_policy_id"),
        removal(
            "delete_egress_allowlist_entry",
            host,
            "list_egress_allowlist",
            "gone.example",
        )
        .among(json!({}))
        .by("domain"),
    ]
}
