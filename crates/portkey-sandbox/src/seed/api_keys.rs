//! The keys of the organisation: the two that a sandbox hands out, and some that services and people use.

use super::{Seed, people, workspaces};
use crate::{
    api_keys::{ApiKey, Kind},
    identity::{new_secret, seeded_id},
};

struct Key {
    name: &'static str,
    workspace: Option<&'static str>,
    person: Option<&'static str>,
    secret: String,
    scopes: Vec<&'static str>,
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
    vec![
        Key {
            name: "Northwind administration",
            workspace: None,
            person: None,
            secret: seed.keys.admin.clone(),
            scopes: scopes(false),
            unrestricted: true,
            days: 410,
        },
        Key {
            name: "Production gateway",
            workspace: Some("Production"),
            person: None,
            secret: seed.keys.workspace.clone(),
            scopes: scopes(true),
            unrestricted: true,
            days: 380,
        },
        Key {
            name: "Staging tests",
            workspace: Some("Staging"),
            person: None,
            secret: new_secret(),
            scopes: vec!["completions.write", "prompts.render", "logs.view"],
            unrestricted: false,
            days: 120,
        },
        Key {
            name: "Grace's notebook",
            workspace: Some("Research"),
            person: Some("Grace"),
            secret: new_secret(),
            scopes: vec!["completions.write", "prompts.read", "logs.list"],
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
    let since = seed.days_ago(key.days);
    let mut row = ApiKey {
        id: id(key.name),
        kind: match (key.workspace, key.person) {
            (None, _) => Kind::OrganisationService,
            (Some(_), None) => Kind::WorkspaceService,
            (Some(_), Some(_)) => Kind::WorkspaceUser,
        },
        name: key.name.to_owned(),
        workspace_id: key.workspace.map(workspaces::id),
        user_id: key.person.map(people::id),
        scopes: key.scopes.iter().map(|scope| (*scope).to_owned()).collect(),
        unrestricted: key.unrestricted,
        creation_mode: "ui".to_owned(),
        created_at: since.clone(),
        last_updated_at: since,
        ..ApiKey::default()
    };
    row.insert(seed.db)?;
    row.accept(seed.db, &key.secret)
}
