//! Prompt labels of the seed: the universal ones, one of the default workspace, and the versions they are on.

use super::{prompts, seeding::Seeding, workspaces};
use crate::{
    domains::{prompt_labels::Label, prompts::put_label_on},
    identity::seeded_id,
    store::TableRow as _,
};

/// Name, description, colour, and the workspace of one that is not universal.
type LabelRow = (
    &'static str,
    &'static str,
    &'static str,
    Option<&'static str>,
);

/// The labels in every sandbox.
const UNIVERSAL: &[LabelRow] = &[
    ("production", "What customers get", "#1F9D55", None),
    ("staging", "What is about to be released", "#E0A800", None),
    ("development", "What is being worked on", "#3B82F6", None),
];

const OF_PRODUCTION: LabelRow = (
    "reviewed",
    "Read by a second person",
    "#8B5CF6",
    Some("Production"),
);

/// Label, slug of a prompt, number of its version.
const PLACES: &[(&str, &str, u32)] = &[
    ("production", "pp-support-reply-4c91f2", 2),
    ("reviewed", "pp-support-reply-4c91f2", 2),
    ("staging", "pp-support-reply-4c91f2", 3),
    ("production", "pp-release-notes-f3b817", 1),
    ("development", "pp-release-notes-f3b817", 2),
];

/// The UUID of a label by name.
fn id(name: &str) -> String {
    seeded_id(&format!("label {name}"))
}

pub(super) fn start(seed: &Seeding<'_>) -> rusqlite::Result<()> {
    UNIVERSAL.iter().try_for_each(|row| add(seed, row))
}

pub(super) fn fill(seed: &Seeding<'_>) -> rusqlite::Result<()> {
    add(seed, &OF_PRODUCTION)?;
    for (label, prompt, number) in PLACES {
        let version = prompts::version_id(prompt, *number);
        put_label_on(seed.db, &id(label), &prompts::id(prompt), &version)?;
    }
    Ok(())
}

fn add(
    seed: &Seeding<'_>,
    (name, description, color, workspace): &LabelRow,
) -> rusqlite::Result<()> {
    let since = seed.days_ago(if workspace.is_some() { 45 } else { 420 });
    let label = Label {
        id: id(name),
        name: (*name).to_owned(),
        description: Some((*description).to_owned()),
        color_code: Some((*color).to_owned()),
        workspace_id: workspace.map(workspaces::id),
        is_universal: workspace.is_none(),
        created_at: since.clone(),
        last_updated_at: since,
    };
    label.insert(seed.db)
}
