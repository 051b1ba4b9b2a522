//! Refusals to delete objects that others still use.

use rusqlite::Connection;

use crate::{store::Queries as _, wire::Refusal};

/// Refuses to delete a config that is the default of an API key or of a workspace's users.
pub(crate) fn refuse_used_config(db: &Connection, id: &str, slug: &str) -> Result<(), Refusal> {
    let keys = "SELECT 'API key ' || name FROM api_keys WHERE config_id = ?1 ORDER BY name";
    let workspaces = "SELECT 'workspace ' || name FROM workspaces
        WHERE defaults ->> 'user_api_key_config' = ?1 ORDER BY name";
    for (sql, named) in [(keys, id), (workspaces, slug)] {
        if let Some(user) = db.first(sql, [named], |row| row.get::<_, String>(0))? {
            return Err(Refusal::conflict(format!(
                "The config is the default of the {user}. Give that another one first"
            )));
        }
    }
    Ok(())
}

/// Refuses to delete a guardrail that is a default of a workspace or of the organisation.
pub(crate) fn refuse_used_guardrail(db: &Connection, id: &str, slug: &str) -> Result<(), Refusal> {
    let workspaces = "SELECT 'workspace ' || name FROM workspaces WHERE EXISTS (
            SELECT 1 FROM json_each(defaults, '$.input_guardrails') WHERE value IN (?1, ?2)
            UNION ALL
            SELECT 1 FROM json_each(defaults, '$.output_guardrails') WHERE value IN (?1, ?2))
        ORDER BY name";
    let organisations = "SELECT 'organisation' FROM organisations WHERE EXISTS (
            SELECT 1 FROM json_each(input_guardrails) WHERE value IN (?1, ?2)
            UNION ALL
            SELECT 1 FROM json_each(output_guardrails) WHERE value IN (?1, ?2))";
    for sql in [workspaces, organisations] {
        if let Some(user) = db.first(sql, [id, slug], |row| row.get::<_, String>(0))? {
            return Err(Refusal::conflict(format!(
                "The guardrail is a default of the {user}. Take it out of the defaults first"
            )));
        }
    }
    Ok(())
}

/// Refuses to delete a secret reference that a provider or an integration maps to its credentials.
pub(crate) fn refuse_used_secret_reference(
    db: &Connection,
    id: &str,
    slug: &str,
) -> Result<(), Refusal> {
    for (kind, table) in [
        ("virtual key", "providers"),
        ("integration", "integrations"),
        ("MCP integration", "mcp_integrations"),
    ] {
        let sql = format!(
            "SELECT slug FROM {table} WHERE EXISTS (
                SELECT 1 FROM json_each(secret_mappings)
                WHERE value ->> 'secret_reference_id' IN (?1, ?2))
            ORDER BY slug"
        );
        if let Some(user) = db.first(&sql, [id, slug], |row| row.get::<_, String>(0))? {
            return Err(Refusal::invalid(format!(
                "The secret reference is still used by the {kind} {user}"
            )));
        }
    }
    Ok(())
}
