//! Workspaces of the seed and their members; the first workspace is in every sandbox.

use super::{people, seeding::Seeding};
use crate::{
    domains::workspaces::insert,
    identity::seeded_id,
    records::{Workspace, membership},
    rules::limits::Budget,
};
use portkey_api::workspaces::WorkspaceRole::{self, Admin, Manager, Member};

/// Slug, icon, name, description, age in days.
type WorkspaceRow<'a> = (&'a str, Option<&'a str>, &'a str, &'a str, i64);

const DEFAULT: WorkspaceRow<'_> = (
    "ws-product-8c41d2",
    None,
    "Production",
    "What customers use",
    419,
);

const OTHERS: &[WorkspaceRow<'_>] = &[
    (
        "ws-staging-51f0ae",
        None,
        "Staging",
        "Release candidates",
        398,
    ),
    (
        "ws-researc-e7b093",
        Some("🔬"),
        "Research",
        "Experiments and evaluations",
        180,
    ),
];

/// Workspace, person, role.
type Membership = (&'static str, &'static str, WorkspaceRole);

/// The memberships in every sandbox.
const FOUNDERS: &[Membership] = &[("Production", "Ada", Admin), ("Production", "Emil", Member)];

const MEMBERS: &[Membership] = &[
    ("Production", "Bruno", Admin),
    ("Production", "Dana", Manager),
    ("Production", "Farah", Member),
    ("Staging", "Ada", Admin),
    ("Staging", "Chidi", Admin),
    ("Staging", "Emil", Manager),
    ("Staging", "Grace", Member),
    ("Research", "Chidi", Admin),
    ("Research", "Grace", Manager),
    ("Research", "Hugo", Member),
];

/// The UUID of a workspace by name.
pub(crate) fn id(name: &str) -> String {
    seeded_id(&format!("workspace {name}"))
}

pub(super) fn start(seed: &Seeding<'_>) -> rusqlite::Result<()> {
    add(seed, &DEFAULT)?;
    join(seed, FOUNDERS)
}

pub(super) fn fill(seed: &Seeding<'_>) -> rusqlite::Result<()> {
    OTHERS.iter().try_for_each(|row| add(seed, row))?;
    join(seed, MEMBERS)
}

/// Adds a workspace, whose UUID is derived from the name. Workspaces with an icon have a budget.
pub(super) fn add(seed: &Seeding<'_>, row: &WorkspaceRow<'_>) -> rusqlite::Result<()> {
    let (slug, icon, name, description, days) = row;
    let since = seed.days_ago(*days);
    let budget = Budget::monthly(500.0, &since).alerting_at(400.0);
    let workspace = Workspace {
        id: id(name),
        slug: (*slug).to_owned(),
        name: (*name).to_owned(),
        icon: icon.map(str::to_owned),
        description: Some((*description).to_owned()),
        is_default: *row == DEFAULT,
        usage_limits: icon.map(|_| budget),
        created_by: Some(people::id("Ada")),
        creation_source: "default".to_owned(),
        created_at: since.clone(),
        last_updated_at: since,
        ..Workspace::default()
    };
    insert(seed.db, &workspace)
}

fn join(seed: &Seeding<'_>, members: &[Membership]) -> rusqlite::Result<()> {
    for (workspace, person, role) in members {
        let (workspace, person) = (id(workspace), people::id(person));
        membership::join(seed.db, &workspace, &person, *role, &seed.days_ago(20))?;
    }
    Ok(())
}
