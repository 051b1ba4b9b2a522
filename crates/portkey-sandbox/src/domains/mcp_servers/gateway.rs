//! What gateways send and read: what a server says about itself, and the credentials to call it with.

use portkey_api::JsonObject;
use rusqlite::{Connection, params};
use serde_json::{Value, json};

use super::record::in_path;
use crate::{
    domains::mcp_integrations::introduced,
    store::Queries as _,
    wire::{Answer, Call, Refusal},
};

pub(super) fn get_metadata(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let server = in_path(call, db)?;
    if server.synced_at.is_some() {
        return Ok(introduced(&server.introduction, server.synced_at.as_deref()).into());
    }
    let integration = server.integration(db)?;
    Ok(introduced(&integration.introduction, integration.synced_at.as_deref()).into())
}

pub(super) fn sync_metadata(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    const TEXTS: &[&str] = &[
        "server_name",
        "server_version",
        "protocol_version",
        "title",
        "description",
        "website_url",
        "instructions",
    ];
    const OBJECTS: &[&str] = &["icons", "capability_flags"];
    let server = in_path(call, db)?;
    let body = call.body()?;
    let mut introduction = JsonObject::new();
    for name in TEXTS {
        let text: Option<String> = body.optional(name)?;
        introduction.insert((*name).to_owned(), json!(text));
    }
    for name in OBJECTS {
        let object: Option<JsonObject> = body.optional(name)?;
        introduction.insert((*name).to_owned(), json!(object));
    }
    let sql = "UPDATE mcp_servers SET introduction = ?, synced_at = ? WHERE id = ?";
    let introduction = Value::Object(introduction);
    db.run(sql, params![introduction, call.timestamp(), server.id])?;
    Ok(json!({ "success": true }).into())
}

/// The credentials of the key's person; service keys share one set.
pub(super) fn get_tokens(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let server = in_path(call, db)?;
    let sql = "SELECT * FROM mcp_connections WHERE server_id = ? AND user_id IS ?";
    let tokens = db.first(sql, params![server.id, call.principal.user_id], |row| {
        Ok(json!({
            "access_token": row.get::<_, String>("access_token")?,
            "refresh_token": row.get::<_, Option<String>>("refresh_token")?,
            "expires_at": null,
        }))
    })?;
    tokens
        .map(Answer::from)
        .ok_or_else(|| Refusal::not_found("token"))
}

pub(super) fn update_tokens(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let server = in_path(call, db)?;
    let body = call.body()?;
    let (access, refresh) = (
        body.text("access_token")?,
        body.optional_text("refresh_token")?,
    );
    let user = &call.principal.user_id;
    let sql = "DELETE FROM mcp_connections WHERE server_id = ? AND user_id IS ?";
    db.run(sql, params![server.id, user])?;
    connect(
        db,
        &server.id,
        user.as_deref(),
        &access,
        refresh.as_deref(),
        &call.timestamp(),
    )?;
    Ok(json!({ "success": true }).into())
}

pub(super) fn delete_tokens(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let server = in_path(call, db)?;
    let sql = "DELETE FROM mcp_connections WHERE server_id = ? AND user_id IS ?";
    if db.run(sql, params![server.id, call.principal.user_id])? == 0 {
        return Err(Refusal::not_found("token"));
    }
    Ok(json!({ "success": true }).into())
}

/// The OAuth client with which the gateway signs in, if the integration has one.
pub(super) fn get_client(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let integration = in_path(call, db)?.integration(db)?;
    let client = integration.configurations.get("oauth_metadata");
    let client = client.filter(|client| client.get("client_id").is_some());
    let client = client.ok_or_else(|| Refusal::not_found("OAuth client"))?;
    Ok(json!({
        "client_id": client.get("client_id"),
        "client_secret": client.get("client_secret"),
    })
    .into())
}

/// Stores the credentials of a person, or those that service keys share.
pub(crate) fn connect(
    db: &Connection,
    server: &str,
    user: Option<&str>,
    access: &str,
    refresh: Option<&str>,
    at: &str,
) -> rusqlite::Result<()> {
    let sql = "INSERT INTO mcp_connections
            (server_id, user_id, access_token, refresh_token, created_at, last_updated_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?5)";
    db.run(sql, params![server, user, access, refresh, at])?;
    Ok(())
}
