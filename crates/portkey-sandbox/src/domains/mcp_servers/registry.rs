//! The registry for MCP clients, whose answers and paging follow the MCP registry's own format.

use jiff::Timestamp;
use rusqlite::{Connection, named_params};
use serde_json::{Value, json};

use super::record::{McpServer, SERVERS};
use crate::{
    domains::mcp_integrations::introduced,
    identity::iso,
    rules::workspace_scope,
    store::Queries as _,
    wire::{Answer, Call, Refusal},
};

/// A page ends with the slug of its last server, which is the cursor to the next one.
pub(super) fn list(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let query = call.query();
    let limit: usize = query.optional("limit")?.unwrap_or(50);
    if !(1..=100).contains(&limit) {
        return Err(query.refuse("limit", "must be between 1 and 100"));
    }
    let since = query.optional_text("updated_since")?;
    let since = since.map(|text| text.parse::<Timestamp>()).transpose();
    let since = since.map_err(|_| query.refuse("updated_since", "must be an ISO 8601 moment"))?;
    let sql = format!(
        "{SERVERS} WHERE (:workspace IS NULL OR server.workspace_id = :workspace)
          AND (:search IS NULL OR instr(lower(server.name), lower(:search)) > 0)
          AND (:since IS NULL OR server.last_updated_at >= :since)
          AND (:cursor IS NULL OR server.slug > :cursor)
        ORDER BY server.slug"
    );
    let filter = named_params! {
        ":workspace": workspace_scope::requested(call, db)?,
        ":search": query.optional_text("search")?,
        ":since": since.map(iso),
        ":cursor": query.optional_text("cursor")?,
    };
    let mut servers = db.all(&sql, filter, McpServer::read)?;
    let has_more = servers.len() > limit;
    servers.truncate(limit);
    let last = servers.last().filter(|_| has_more);
    let mut metadata = json!({ "count": servers.len() });
    if let (Some(last), Some(members)) = (last, metadata.as_object_mut()) {
        members.insert("nextCursor".to_owned(), last.slug.as_str().into());
    }
    let entries = servers.iter().map(|server| entry(server, db));
    let entries = entries.collect::<Result<Vec<Value>, Refusal>>()?;
    Ok(json!({ "servers": entries, "metadata": metadata }).into())
}

fn entry(server: &McpServer, db: &Connection) -> Result<Value, Refusal> {
    let integration = server.integration(db)?;
    let said = introduced(&integration.introduction, None);
    let version = said.get("server_version").and_then(Value::as_str);
    Ok(json!({
        "server": {
            "name": format!("ai.portkey.{}/{}", server.workspace_slug, server.slug),
            "title": server.name,
            "description": server.description.as_deref().unwrap_or_default(),
            "version": version.unwrap_or("1.0.0"),
            "websiteUrl": said.get("website_url"),
            "remotes": [{ "type": "streamable-http", "url": server.url() }],
        },
        "_meta": {},
    }))
}
