//! Three workspaces and who is in them.

use super::{Seed, people};
use crate::{
    identity::seeded_id,
    limits::Budget,
    members,
    workspaces::{Workspace, insert},
};
use portkey_api::workspaces::WorkspaceRole::{self, Admin, Manager, Member};

/// Slug, icon, name, description, age in days.
const WORKSPACES: &[(&str, Option<&str>, &str, &str, i64)] = &[
    (
        "ws-product-8c41d2",
        None,
        "Production",
        "What customers use",
        419,
    ),
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

const MEMBERS: &[(&str, &str, WorkspaceRole)] = &[
    ("Production", "Ada", Admin),
    ("Production", "Bruno", Admin),
    ("Production", "Dana", Manager),
    ("Production", "Emil", Member),
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

pub(super) fn fill(seed: &Seed<'_>) -> rusqlite::Result<()> {
    for (slug, icon, name, description, days) in WORKSPACES {
        let since = seed.days_ago(*days);
        let budget = Budget::monthly(500.0, &since).alerting_at(400.0);
        let workspace = Workspace {
            id: id(name),
            slug: (*slug).to_owned(),
            name: (*name).to_owned(),
            icon: icon.map(str::to_owned),
            description: Some((*description).to_owned()),
            is_default: *name == "Production",
            usage_limits: icon.map(|_| budget),
            created_by: Some(people::id("Ada")),
            creation_source: "default".to_owned(),
            created_at: since.clone(),
            last_updated_at: since,
            ..Workspace::default()
        };
        insert(seed.db, &workspace)?;
    }
    for (workspace, person, role) in MEMBERS {
        let (workspace, person) = (id(workspace), people::id(person));
        members::join(seed.db, &workspace, &person, *role, &seed.days_ago(20))?;
    }
    Ok(())
}
