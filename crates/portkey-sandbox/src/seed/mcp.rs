//! MCP integrations and servers of the seed, and a deployment.

use portkey_api::JsonObject;
use rusqlite::params;
use serde_json::{Value, json};

use super::{people, seeding::Seeding, workspaces};
use crate::{
    domains::{
        deployments::{self, Deployment},
        mcp_integrations::{self, McpIntegration},
        mcp_servers::{self, McpServer},
    },
    identity::seeded_id,
    store::{Queries as _, TableRow as _},
    wire::{Fields, Refusal},
};

pub(super) fn fill(seed: &Seeding<'_>) -> Result<(), Refusal> {
    code_host(seed)?;
    handbook(seed)?;
    let deployment = Deployment {
        id: seeded_id("deployment eu-west"),
        slug: "eu-west".to_owned(),
        name: "EU West gateway".to_owned(),
        kind: "production".to_owned(),
        status: "active".to_owned(),
        is_default: true,
        settings: json!({
            "gateway_base_url": "https://gateway.northwind.example/v1",
            "workspaces_allowed": ["ws-product-8c41d2", "ws-staging-51f0ae"],
        }),
        tags: json!({ "region": "eu-west-1" }),
        client_auth: "client-auth-of-nobody".to_owned(),
        registry_password: "password-of-nobody".to_owned(),
        created_by: people::id("Ada"),
        created_at: seed.days_ago(130),
        last_updated_at: seed.days_ago(12),
        ..Deployment::default()
    };
    deployments::save(seed.db, &deployment)?;
    Ok(())
}

/// An integration of the organisation to which each person signs in.
fn code_host(seed: &Seeding<'_>) -> Result<(), Refusal> {
    let integration = McpIntegration {
        description: Some("Issues and pull requests".to_owned()),
        url: "https://mcp.code.example/v1".to_owned(),
        auth_type: "oauth_auto".to_owned(),
        configurations: json!({
            "oauth_metadata": { "client_id": "northwind", "client_secret": "not-a-real-client-secret" },
        }),
        introduction: json!({
            "server_name": "code-host", "server_version": "2.3.0", "protocol_version": "2025-06-18",
            "instructions": "Search before you open an issue.",
        }),
        ..integration(seed, "code-host", "Code host")
    };
    add(seed, &integration, &offered_by_code_host())?;
    for workspace in ["Production", "Staging"] {
        let workspace = workspaces::id(workspace);
        mcp_integrations::give(
            seed.db,
            &integration.id,
            &workspace,
            true,
            &seed.days_ago(50),
        )?;
    }
    let server = server(
        seed,
        "code-host-prod",
        "Code host",
        "Production",
        &integration,
    )?;
    let sql = "UPDATE mcp_capabilities SET enabled = 0 WHERE name = 'merge_pull_request'";
    seed.db.run(sql, [])?;
    let sql = "INSERT INTO mcp_user_access (server_id, user_id, enabled) VALUES (?, ?, 0)";
    seed.db.run(sql, params![server, people::id("Farah")])?;
    for (person, days) in [("Dana", 31), ("Emil", 8)] {
        let (person, at) = (people::id(person), seed.days_ago(days));
        let token = format!("token-of-{person}");
        mcp_servers::connect(seed.db, &server, Some(&person), &token, None, &at)?;
    }
    Ok(())
}

fn offered_by_code_host() -> Value {
    let tool = |name: &str, description: &str, reads: bool| {
        json!({
            "type": "tool", "name": name, "description": description,
            "input_schema": { "type": "object", "properties": { "query": { "type": "string" } } },
            "annotations": { "readOnlyHint": reads },
        })
    };
    json!({ "capabilities": [
        tool("search_issues", "Finds issues", true),
        tool("create_issue", "Opens an issue", false),
        tool("merge_pull_request", "Merges a pull request", false),
        { "type": "prompt", "name": "triage", "description": "Sorts new issues" },
    ] })
}

/// An integration for all workspaces without a login.
fn handbook(seed: &Seeding<'_>) -> Result<(), Refusal> {
    let integration = McpIntegration {
        url: "https://handbook.northwind.example/mcp".to_owned(),
        auth_type: "none".to_owned(),
        global_access: Some(true),
        introduction: json!({ "server_name": "handbook", "server_version": "1.0.4", "protocol_version": "2025-06-18" }),
        ..integration(seed, "handbook", "Handbook")
    };
    let capabilities = json!({ "capabilities": [
        { "type": "tool", "name": "search", "description": "Searches the handbook" },
        { "type": "resource", "name": "Holidays", "uri": "handbook://holidays", "mime_type": "text/markdown" },
        { "type": "resource_template", "name": "Page", "uri_template": "handbook://pages/{slug}" },
    ] });
    add(seed, &integration, &capabilities)?;
    server(
        seed,
        "handbook-research",
        "Handbook",
        "Research",
        &integration,
    )?;
    Ok(())
}

fn integration(seed: &Seeding<'_>, slug: &str, name: &str) -> McpIntegration {
    McpIntegration {
        id: seeded_id(&format!("MCP integration {slug}")),
        slug: slug.to_owned(),
        name: name.to_owned(),
        transport: "http".to_owned(),
        configurations: json!({}),
        secret_mappings: json!([]),
        synced_at: Some(seed.hours_ago(5)),
        owner_id: people::id("Chidi"),
        created_at: seed.days_ago(64),
        last_updated_at: seed.days_ago(9),
        ..McpIntegration::default()
    }
}

fn add(
    seed: &Seeding<'_>,
    integration: &McpIntegration,
    capabilities: &Value,
) -> Result<(), Refusal> {
    integration.insert(seed.db)?;
    let none = JsonObject::new();
    let fields = Fields::of(capabilities.as_object().unwrap_or(&none));
    mcp_integrations::store(seed.db, &integration.id, fields, &seed.hours_ago(5))
}

/// Adds an MCP server and returns its id.
fn server(
    seed: &Seeding<'_>,
    slug: &str,
    name: &str,
    workspace: &str,
    integration: &McpIntegration,
) -> rusqlite::Result<String> {
    let server = McpServer {
        id: seeded_id(&format!("MCP server {slug}")),
        slug: slug.to_owned(),
        name: name.to_owned(),
        description: integration.description.clone(),
        workspace_id: workspaces::id(workspace),
        integration_id: integration.id.clone(),
        owner_id: people::id("Chidi"),
        created_at: seed.days_ago(49),
        last_updated_at: seed.days_ago(9),
        ..McpServer::default()
    };
    mcp_servers::insert(seed.db, &server)?;
    Ok(server.id)
}
