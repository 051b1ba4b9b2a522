//! What the upstream answers, in the vendor's form.

use serde_json::{Value, json};

const ORGANISATION: &str = "d490172d-f9dc-5c4b-a0d5-d63c2c402e69";
const WORKSPACE: &str = "72b0169f-7fdb-5192-89e8-8c25d688c35a";
const USER: &str = "74e59e98-55a6-5a5a-ab39-588d18db8696";
const CREATED: &str = "2026-08-31T14:32:31.413Z";
const UPDATED: &str = "2026-09-08T14:32:31.413Z";

const DESCRIPTION: &str = "Experiments and evaluations of models, prompts and guardrails before they reach customers; \
    ask the platform team for access and for larger limits";

/// Members of a workspace's settings that are true; the others are false.
const ALLOWED: &str = "membersViewLogs managersUpdateWs managersViewLogs membersViewConfigs membersViewPrompts \
    managersViewAllData managersViewApiKeys managersViewConfigs managersViewPrompts membersWritePrompts \
    managersWriteApiKeys managersWriteConfigs managersWritePrompts managersWriteWsUsers membersViewAnalytics \
    managersViewAnalytics membersViewGuardrails managersViewGuardrails membersViewLogMetadata membersViewVirtualKeys \
    managersViewLogMetadata managersViewVirtualKeys managersWriteGuardrails managersWriteMcpServers \
    managersWriteVirtualKeys organisationAdminsViewLogs managersWriteWsIntegrations managersWriteWsMcpIntegrations";
const REFUSED: &str = "membersViewAllData membersViewApiKeys membersWriteApiKeys membersWriteConfigs \
    membersWriteGuardrails membersWriteVirtualKeys";

/// A short list: 3.4 kB.
pub(super) fn workspaces() -> String {
    let entries = [
        (
            "b4ac3d3f-b3ad-548e-90ac-07350b3848a4",
            "ws-research-e7b093",
            "Research",
        ),
        (WORKSPACE, "ws-production-51f0ae", "Production"),
    ];
    let entries = entries.map(|(id, slug, name)| workspace(id, slug, name));
    json!({"object": "list", "total": entries.len(), "data": entries}).to_string()
}

fn workspace(id: &str, slug: &str, name: &str) -> Value {
    let settings = |names: &'static str, value: bool| {
        names
            .split_whitespace()
            .map(move |name| (name.to_owned(), Value::Bool(value)))
    };
    let settings: serde_json::Map<_, _> = settings(ALLOWED, true)
        .chain(settings(REFUSED, false))
        .collect();
    json!({
        "id": id, "slug": slug, "name": name, "icon": null, "description": DESCRIPTION,
        "created_at": CREATED, "last_updated_at": UPDATED,
        "defaults": {"metadata": {"team": "platform", "cost_centre": "4711"}, "config_id": null}, "is_default": 0,
        "scim_source_id": null,
        "usage_limits": [
            {"credit_limit": 500, "type": "cost", "alert_threshold": 400, "periodic_reset": "monthly"},
        ],
        "rate_limits": [{"type": "requests", "unit": "rpm", "value": 600}],
        "security_settings": settings, "status": "active", "object": "workspace",
    })
}

/// A list of configs without their contents.
pub(super) fn configs(count: usize) -> String {
    page(count, 0, count)
}

/// A page of such a list.
pub(super) fn page(count: usize, page: usize, size: usize) -> String {
    let first = page.saturating_mul(size).min(count);
    let entries = first..first.saturating_add(size).min(count);
    let entries: Vec<Value> = entries.map(listed_config).collect();
    json!({"object": "list", "total": count, "data": entries}).to_string()
}

/// As many as fill this many bytes.
pub(super) fn configs_of(bytes: usize) -> String {
    let one = listed_config(0).to_string().len() + 1;
    configs(bytes / one)
}

fn listed_config(index: usize) -> Value {
    json!({
        "id": format!("5c497e61-ee0b-5823-801f-{index:012x}"), "name": format!("Route {index} by customer plan"),
        "workspace_id": WORKSPACE, "slug": format!("pc-by-plan-{index:06x}"), "organisation_id": ORGANISATION,
        "is_default": 0, "status": "active", "owner_id": USER, "updated_by": USER, "created_at": CREATED,
        "last_updated_at": UPDATED, "object": "config",
    })
}

/// A config with its content.
pub(super) fn config() -> String {
    let content = json!({
        "strategy": {"mode": "fallback", "on_status_codes": [429, 500, 502, 503]},
        "retry": {"attempts": 3, "on_status_codes": [429, 500]},
        "cache": {"mode": "semantic", "max_age": 3600},
        "targets": [
            {"provider": "@openai-prod", "override_params": {"model": "gpt-4o", "max_tokens": 2048}},
            {"provider": "@anthropic-prod", "override_params": {"model": "claude-sonnet-4-5"}},
        ],
    });
    json!({
        "success": true,
        "data": {
            "id": "d4fa5a05-44e8-561d-ba8b-cb532f54838a", "name": "Primary with fallback", "workspace_id": WORKSPACE,
            "slug": "pc-primary-fallback-2d71c4", "organisation_id": ORGANISATION, "is_default": 1,
            "status": "active", "owner_id": USER, "updated_by": USER, "created_at": CREATED,
            "last_updated_at": UPDATED, "config": content.to_string(), "format": "json", "type": "ORG_CONFIG",
            "version_id": "0c4d4289-e866-56db-b211-e56545c0a0a4", "object": "config",
        },
    })
    .to_string()
}

/// A config that was created.
pub(super) fn created() -> String {
    json!({
        "success": true,
        "data": {
            "id": "5c497e61-ee0b-5823-801f-a50fefd66ea8", "slug": "pc-primary-fallback-2d71c4",
            "version_id": "0c4d4289-e866-56db-b211-e56545c0a0a4", "object": "config",
        },
    })
    .to_string()
}
