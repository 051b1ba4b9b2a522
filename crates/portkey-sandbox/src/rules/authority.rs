//! Whose key a request came with, and whether it may do what it asks. Both follow from the operation's declaration.

use jiff::Timestamp;
use portkey_api::{Keys, Operation};
use rusqlite::{Connection, params};
use serde_json::Value;

use crate::{
    identity::iso,
    store::Queries as _,
    wire::{Call, Fields, Incoming, Principal, Refusal},
};

/// The caller, unless their key may not do this.
pub(crate) fn authorise(
    db: &Connection,
    operation: &Operation,
    incoming: &Incoming,
    now: Timestamp,
) -> Result<Principal, Refusal> {
    let declaration = &operation.declaration;
    if declaration.keys == Keys::None {
        return anonymous(db);
    }
    let secret = incoming.header("x-portkey-api-key");
    let principal = authenticate(db, secret.ok_or_else(Refusal::unauthenticated)?, now)?;
    principal.permit(declaration)?;
    Ok(principal)
}

/// The caller for requests that need no key: the sandbox's own controls, and what is public.
pub(crate) fn anonymous(db: &Connection) -> Result<Principal, Refusal> {
    let sql = "SELECT id, plan FROM organisations";
    let organisation = db.first(sql, [], |row| {
        Ok((row.get("id")?, row.get::<_, String>("plan")?))
    })?;
    let (organisation_id, plan) = organisation.unwrap_or_default();
    Ok(Principal {
        key_id: String::new(),
        organisation_id,
        workspace_id: None,
        user_id: None,
        scopes: Vec::new(),
        unrestricted: true,
        enterprise: plan == "enterprise",
    })
}

/// Refuses another organisation than the key's, if the fields name one.
pub(crate) fn permit_organisation(call: &Call, fields: Fields<'_>) -> Result<(), Refusal> {
    match fields.optional_text("organisation_id")? {
        Some(named) if named != call.principal.organisation_id => {
            Err(Refusal::foreign("organisation"))
        }
        _ => Ok(()),
    }
}

/// The caller whose key has this secret.
pub(crate) fn authenticate(
    db: &Connection,
    secret: &str,
    now: Timestamp,
) -> Result<Principal, Refusal> {
    let sql = "SELECT key.*, organisation.id AS organisation_id, organisation.plan
        FROM api_key_secrets AS secret
        JOIN api_keys AS key ON key.id = secret.api_key_id
        JOIN organisations AS organisation
        WHERE secret.secret = ?1
          AND (secret.expires_at IS NULL OR secret.expires_at > ?2)
          AND (key.expires_at IS NULL OR key.expires_at > ?2)";
    let found = db.first(sql, params![secret, iso(now)], |row| {
        Ok(Principal {
            key_id: row.get("id")?,
            organisation_id: row.get("organisation_id")?,
            workspace_id: row.get("workspace_id")?,
            user_id: row.get("user_id")?,
            scopes: texts(&row.get("scopes")?),
            unrestricted: row.get("unrestricted")?,
            enterprise: row.get::<_, String>("plan")? == "enterprise",
        })
    })?;
    found.ok_or_else(Refusal::unauthenticated)
}

fn texts(list: &Value) -> Vec<String> {
    let items = list.as_array().into_iter().flatten();
    items.filter_map(Value::as_str).map(str::to_owned).collect()
}
