//! Choices to which Portkey may add a word: each is given one that is not known here.

use serde_json::{Value, json};

use super::{PATH, Unknown, unknown};

/// The word that is not known.
const NEW: &str = "lunar";

const UUID: &str = "7c9e6679-7425-40de-944b-e07fc1f90ae7";

/// A call in which one argument is the new word, and the place of it in what is sent.
fn word(
    tool: &'static str,
    mut arguments: Value,
    argument: &'static str,
    place: &'static str,
) -> Unknown {
    if !argument.contains('[') {
        arguments[argument] = json!(NEW);
    }
    let note = format!("`{argument}`: `{NEW}` is not known here");
    unknown(tool, arguments, (place, json!(NEW)), note)
}

pub(super) fn roles() -> Vec<Unknown> {
    let invite = json!({ "email": "ada@example.com", "role": "member" });
    let member = json!({ "workspace_id": "w", "user_id": UUID });
    let mut into = invite.clone();
    into["workspaces"] = json!([{ "id": "w", "role": NEW }]);
    let several = json!({ "workspace_id": "w", "users": [{ "id": UUID, "role": NEW }] });
    let mapping = json!({ "workspace_id": "w", "scim_group_name": "g" });
    vec![
        word("invite_user", invite, "role", "/role"),
        word(
            "invite_user",
            into,
            "workspaces[0].role",
            "/workspaces/0/role",
        ),
        word("update_user", json!({ "user_id": UUID }), "role", "/role"),
        word(
            "add_workspace_member",
            member.clone(),
            "role",
            "/users/0/role",
        ),
        word(
            "add_workspace_member",
            several,
            "users[0].role",
            "/users/0/role",
        ),
        word("update_workspace_member", member, "role", "/role"),
        word("create_scim_workspace_mapping", mapping, "role", "/role"),
        word("list_all_users", json!({}), "role", "role"),
        word("list_user_invites", json!({}), "role", "role"),
        word("list_user_invites", json!({}), "status", "status"),
        word(
            "list_workspace_members",
            json!({ "workspace_id": "w" }),
            "role",
            "role",
        ),
        word("list_scim_workspace_mappings", json!({}), "role", "role"),
    ]
}

pub(super) fn states() -> Vec<Unknown> {
    let config = json!({ "name": "c" });
    let routed = json!({ "name": "c", "targets": [{ "provider": "@a" }] });
    let slug = json!({ "slug": "c" });
    let routed_again = json!({ "slug": "c", "targets": [{ "provider": "@a" }] });
    let partial = json!({ "prompt_partial_id": "p" });
    let server = json!({ "id": UUID });
    let workspace = json!({ "workspace_id": "w" });
    vec![
        word("create_config", config, "cache_mode", "/config/cache/mode"),
        word(
            "create_config",
            routed,
            "strategy_mode",
            "/config/strategy/mode",
        ),
        word(
            "update_config",
            slug.clone(),
            "cache_mode",
            "/config/cache/mode",
        ),
        word(
            "update_config",
            routed_again,
            "strategy_mode",
            "/config/strategy/mode",
        ),
        word("update_config", slug, "status", "/status"),
        word("update_prompt_partial", partial, "status", "/status"),
        word(
            "update_mcp_server_user_access",
            server,
            "default_user_access",
            "/default_user_access",
        ),
        word("list_workspaces", json!({}), "status", "status"),
        word("get_workspace", workspace, "name_format", "name_format"),
    ]
}

pub(super) fn watches() -> Vec<Unknown> {
    let upsert = json!({ "guardrail_id": "g", "mcp_server_id": UUID, "run_on": ["input", NEW] });
    let servers = |watch: Value| json!({ "guardrail_id": "g", "mcp_servers": { UUID: watch } });
    let (all, tool) = (
        servers(json!({ "run_on": [NEW] })),
        "replace_guardrail_mcp_servers",
    );
    let more = servers(json!({ "run_on": ["input"], "why": "w" }));
    let place = "/mcp_servers/7c9e6679-7425-40de-944b-e07fc1f90ae7";
    let stage = format!("`mcp_servers.{UUID}.run_on[0]`: `{NEW}` is not known here");
    let member = format!("`mcp_servers.{UUID}.why`: not known here");
    let (run_on, why) = (format!("{place}/run_on/0"), format!("{place}/why"));
    vec![
        word(
            "upsert_guardrail_mcp_server",
            upsert,
            "run_on[1]",
            "/run_on/1",
        ),
        unknown(tool, all, (run_on, json!(NEW)), stage),
        unknown(tool, more, (why, json!("w")), member),
    ]
}

pub(super) fn reads() -> Vec<Unknown> {
    let (log, trace) = (json!({ "log_id": "l" }), json!({ "id": "l" }));
    let trail = json!({ "organisation_id": UUID });
    vec![
        word("get_log", log.clone(), "path_format", "path_format"),
        word("get_log", log, "type", "type"),
        word("get_trace", trace.clone(), "path_format", "path_format"),
        word("get_trace", trace, "type", "type"),
        word("list_audit_logs", trail.clone(), "method", "method"),
        word("list_audit_logs", trail, "user_type", "user_type"),
        word(
            "get_user_stats",
            json!({}),
            "order_by_type",
            "order_by_type",
        ),
    ]
}

pub(super) fn paths() -> Vec<Unknown> {
    let key =
        json!({ "name": "k", "scopes": ["logs.view"], "type": "workspace", "sub_type": "service" });
    vec![
        word("get_analytics_group", json!({}), "group_by", PATH),
        word("create_api_key", key.clone(), "type", PATH),
        word("create_api_key", key, "sub_type", PATH),
    ]
}

/// Objects that may have a member which is not known here.
pub(super) fn members() -> Vec<Unknown> {
    let with_reason = |mut object: Value| {
        object["why"] = json!(NEW);
        object
    };
    let role = with_reason(json!({ "id": "w", "role": "member" }));
    let key = with_reason(json!({ "scopes": ["logs.view"] }));
    let invite = |name: &str, value: Value| {
        let mut invite = json!({ "email": "ada@example.com", "role": "member" });
        invite[name] = value;
        invite
    };
    let user = with_reason(json!({ "user_id": UUID, "enabled": true }));
    let excluded = with_reason(json!({ "workspace_id": "w", "excluded": true }));
    let calls = [
        (
            "invite_user",
            invite("workspaces", json!([role])),
            "workspaces[0]",
        ),
        (
            "invite_user",
            invite("workspace_api_key_details", key),
            "workspace_api_key_details",
        ),
        (
            "add_workspace_member",
            json!({ "workspace_id": "w", "users": [role] }),
            "users[0]",
        ),
        (
            "update_mcp_server_user_access",
            json!({ "id": UUID, "user_access": [user] }),
            "user_access[0]",
        ),
        (
            "update_input_guardrail_workspace_exclusions",
            json!({ "organisation_id": UUID, "workspaces": [excluded] }),
            "workspaces[0]",
        ),
    ];
    let calls = calls.into_iter().map(|(tool, arguments, object)| {
        let place = format!("/{}/why", object.replace("[0]", "/0"));
        let note = format!("`{object}.why`: not known here");
        unknown(tool, arguments, (place, json!(NEW)), note)
    });
    calls.collect()
}
