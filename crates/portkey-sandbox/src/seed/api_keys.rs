//! API keys of the seed: the two that a sandbox hands out, and some of services and people.

use super::{people, seeding::Seeding, workspaces};
use crate::{
    identity::{new_secret, seeded_id},
    records::{ApiKey, api_key::KeyKind},
};

pub(super) struct ApiKeySample<'a> {
    pub(super) name: &'a str,
    pub(super) workspace: Option<&'a str>,
    /// The UUID of the person whose key it is.
    pub(super) person: Option<String>,
    pub(super) secret: String,
    pub(super) scopes: Vec<&'a str>,
    pub(super) unrestricted: bool,
    pub(super) days: i64,
}

/// The UUID of a key by name.
pub(crate) fn id(name: &str) -> String {
    seeded_id(&format!("api key {name}"))
}

/// Adds the two that a sandbox hands out.
pub(super) fn start(seed: &Seeding<'_>) -> rusqlite::Result<()> {
    let keys = handed_out(seed);
    keys.iter().try_for_each(|key| insert(seed, key))
}

pub(super) fn fill(seed: &Seeding<'_>) -> rusqlite::Result<()> {
    used().iter().try_for_each(|key| insert(seed, key))
}

fn handed_out(seed: &Seeding<'_>) -> [ApiKeySample<'static>; 2] {
    [
        ApiKeySample {
            name: "Northwind administration",
            workspace: None,
            person: None,
            secret: seed.keys.admin.clone(),
            scopes: scopes(false),
            unrestricted: true,
            days: 410,
        },
        ApiKeySample {
            name: "Production gateway",
            workspace: Some("Production"),
            person: None,
            secret: seed.keys.workspace.clone(),
            scopes: scopes(true),
            unrestricted: true,
            days: 380,
        },
    ]
}

fn used() -> [ApiKeySample<'static>; 2] {
    [
        ApiKeySample {
            name: "Staging tests",
            workspace: Some("Staging"),
            person: None,
            secret: new_secret(),
            scopes: vec!["completions.write", "prompts.render", "logs.view"],
            unrestricted: false,
            days: 120,
        },
        ApiKeySample {
            name: "Grace's notebook",
            workspace: Some("Research"),
            person: Some(people::id("Grace")),
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

pub(super) fn insert(seed: &Seeding<'_>, key: &ApiKeySample<'_>) -> rusqlite::Result<()> {
    let since = seed.days_ago(key.days);
    let mut row = ApiKey {
        id: id(key.name),
        kind: match (key.workspace, &key.person) {
            (None, _) => KeyKind::OrganisationService,
            (Some(_), None) => KeyKind::WorkspaceService,
            (Some(_), Some(_)) => KeyKind::WorkspaceUser,
        },
        name: key.name.to_owned(),
        workspace_id: key.workspace.map(workspaces::id),
        user_id: key.person.clone(),
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
