//! The audit of the seed: some calls of the last weeks, one of them refused.

use rusqlite::params;

use super::{people, seeding::Seeding, workspaces};
use crate::{identity::seeded_id, store::Queries as _};

/// Hours ago, person, workspace, method, path, body, status, resource, action.
type AuditedCall = (
    i64,
    &'static str,
    Option<&'static str>,
    &'static str,
    &'static str,
    &'static str,
    u16,
    &'static str,
    &'static str,
);

const CALLS: &[AuditedCall] = &[
    (
        480,
        "Ada",
        None,
        "POST",
        "/v1/admin/users/invites",
        r#"{"email":"hugo@northwind.example","role":"member"}"#,
        200,
        "organisation_users",
        "create",
    ),
    (
        300,
        "Bruno",
        Some("Production"),
        "PUT",
        "/v1/configs/pc-primary-fallback-2d71c4",
        r#"{"name":"Primary with fallback"}"#,
        200,
        "configs",
        "update",
    ),
    (
        150,
        "Emil",
        Some("Staging"),
        "DELETE",
        "/v1/virtual-keys/openai-prod-4f2a91",
        "",
        403,
        "virtual_keys",
        "delete",
    ),
    (
        95,
        "Chidi",
        Some("Research"),
        "POST",
        "/v1/collections",
        r#"{"name":"Papers"}"#,
        200,
        "collections",
        "create",
    ),
    (
        30,
        "Ada",
        Some("Production"),
        "PUT",
        "/v1/prompts/pp-support-reply-4c91f2/makeDefault",
        r#"{"version":2}"#,
        200,
        "prompts",
        "publish",
    ),
];

pub(super) fn fill(seed: &Seeding<'_>) -> rusqlite::Result<()> {
    let sql = "INSERT INTO audit_logs (request_id, timestamp, user_id, workspace_id, method, uri, request_body,
            response_status_code, resource_type, action, query_params, request_headers, user_type,
            organisation_id, client_ip, country)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', '{}', 'user', ?, '192.0.2.10', 'NO')";
    for (hours, person, workspace, method, uri, body, status, resource, action) in CALLS {
        let row = params![
            seeded_id(&format!("change {hours}")),
            seed.hours_ago(*hours),
            people::id(person),
            workspace.map(workspaces::id),
            method,
            uri,
            body,
            status,
            resource,
            action,
            seeded_id("organisation"),
        ];
        seed.db.run(sql, row)?;
    }
    Ok(())
}
