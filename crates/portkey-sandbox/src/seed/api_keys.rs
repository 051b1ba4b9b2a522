//! The keys of the organisation: the two that a sandbox hands out, and some that services and people use.

use portkey_api::masked;
use rusqlite::params;
use serde_json::{Value, json};

use super::{Seed, people, workspaces};
use crate::{
    identity::{new_secret, seeded_id},
    store::Queries as _,
};

struct Key {
    name: &'static str,
    workspace: Option<&'static str>,
    person: Option<&'static str>,
    secret: String,
    scopes: Value,
    unrestricted: bool,
    days: i64,
}

/// The UUID of a key by name.
pub(crate) fn id(name: &str) -> String {
    seeded_id(&format!("api key {name}"))
}

pub(super) fn fill(seed: &Seed<'_>) -> rusqlite::Result<()> {
    for key in keys(seed) {
        insert(seed, &key)?;
    }
    Ok(())
}

fn keys(seed: &Seed<'_>) -> Vec<Key> {
    let every = |for_workspace| json!(scopes(for_workspace));
    vec![
        Key {
            name: "Northwind administration",
            workspace: None,
            person: None,
            secret: seed.keys.admin.clone(),
            scopes: every(false),
            unrestricted: true,
            days: 410,
        },
        Key {
            name: "Production gateway",
            workspace: Some("Production"),
            person: None,
            secret: seed.keys.workspace.clone(),
            scopes: every(true),
            unrestricted: true,
            days: 380,
        },
        Key {
            name: "Staging tests",
            workspace: Some("Staging"),
            person: None,
            secret: new_secret(),
            scopes: json!(["completions.write", "prompts.render", "logs.view"]),
            unrestricted: false,
            days: 120,
        },
        Key {
            name: "Grace's notebook",
            workspace: Some("Research"),
            person: Some("Grace"),
            secret: new_secret(),
            scopes: json!(["completions.write", "prompts.read", "logs.list"]),
            unrestricted: false,
            days: 30,
        },
    ]
}

/// All scopes that any operation knows, for keys of the organisation or of a workspace.
fn scopes(for_workspace: bool) -> Vec<&'static str> {
    let operations = portkey_api::operations().filter(|operation| {
        !for_workspace || operation.declaration.keys != portkey_api::Keys::Admin
    });
    let mut scopes: Vec<_> = operations
        .flat_map(|operation| operation.declaration.scopes.names.iter().copied())
        .filter(|scope| !for_workspace || !scope.starts_with("organisation_"))
        .collect();
    scopes.sort_unstable();
    scopes.dedup();
    scopes
}

fn insert(seed: &Seed<'_>, key: &Key) -> rusqlite::Result<()> {
    let kind = match (key.workspace, key.person) {
        (None, _) => "organisation-service",
        (Some(_), None) => "workspace-service",
        (Some(_), Some(_)) => "workspace-user",
    };
    let sql =
        "INSERT INTO api_keys (id, type, name, workspace_id, user_id, scopes, unrestricted, masked,
            creation_mode, created_at, last_updated_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 'ui', ?9, ?9)";
    let row = params![
        id(key.name),
        kind,
        key.name,
        key.workspace.map(workspaces::id),
        key.person.map(people::id),
        key.scopes,
        key.unrestricted,
        masked(&key.secret),
        seed.days_ago(key.days),
    ];
    seed.db.run(sql, row)?;
    let sql = "INSERT INTO api_key_secrets (secret, api_key_id) VALUES (?, ?)";
    seed.db.run(sql, params![key.secret, id(key.name)])?;
    Ok(())
}
