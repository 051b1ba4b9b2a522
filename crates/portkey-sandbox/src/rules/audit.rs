//! The audit: a record of every call that is not a read, whether it was refused or not.

use axum::http::StatusCode;
use portkey_api::{JsonObject, Method, Operation};
use rusqlite::{Connection, params};
use serde_json::Value;

use crate::{identity::new_id, store::Queries as _, wire::Call};

/// Records a call. Reads are not recorded.
pub(crate) fn record(db: &Connection, call: &Call, status: StatusCode) -> rusqlite::Result<()> {
    let Some(operation) = call.operation().filter(|o| o.method != Method::Get) else {
        return Ok(());
    };
    let (resource, action) = subject(operation);
    let principal = &call.principal;
    let (user, kind) = match &principal.user_id {
        Some(user) => (user, "user"),
        None => (&principal.key_id, "api_key"),
    };
    db.run(
        "INSERT INTO audit_logs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        params![
            new_id(),
            call.timestamp(),
            operation.method.as_str(),
            call.request.path,
            call.request.raw_query,
            call.request.raw_body,
            Value::Object(headers(call)),
            user,
            kind,
            principal.organisation_id,
            principal.workspace_id,
            status.as_u16(),
            resource,
            action,
            "127.0.0.1",
            "",
        ],
    )?;
    Ok(())
}

/// Resource and action, which the operation's first scope names, such as `workspaces.create`.
fn subject(operation: &Operation) -> (&'static str, &'static str) {
    let scope = operation.declaration.scopes.names.first();
    scope
        .and_then(|scope| scope.rsplit_once('.'))
        .unwrap_or(("", operation.declaration.effect.as_str()))
}

/// The headers of a request, without its key.
fn headers(call: &Call) -> JsonObject {
    let headers = call.request.headers.iter();
    headers
        .filter(|(name, _)| name != "x-portkey-api-key" && name != "authorization")
        .map(|(name, value)| (name.clone(), value.as_str().into()))
        .collect()
}
