//! Prompt partials of the seed: two of the default workspace.

use super::{prompts::collection_id, seeding::Seeding, workspaces};
use crate::{
    domains::prompt_partials::{Partial, PartialVersion, insert_version},
    identity::seeded_id,
    store::TableRow as _,
};

/// Slug, name, collection, the version that is published, and all versions with their descriptions.
type PartialSample = (
    &'static str,
    &'static str,
    &'static str,
    u32,
    &'static [(&'static str, &'static str)],
);

const PARTIALS: &[PartialSample] = &[
    (
        "pl-house-styl-5d20c7",
        "House style",
        "Writing",
        2,
        &[
            ("Write plain English. No exclamation marks.", ""),
            (
                "Write plain English in short sentences. No exclamation marks, no superlatives.",
                "Shorter sentences",
            ),
            (
                "Write plain {{language}} in short sentences. No exclamation marks, no superlatives.",
                "Draft: other languages",
            ),
        ],
    ),
    (
        "pl-no-refunds-e81b46",
        "No refunds",
        "Customer support",
        1,
        &[(
            "Never promise a refund; offer to check with a colleague.",
            "",
        )],
    ),
];

pub(super) fn fill(seed: &Seeding<'_>) -> rusqlite::Result<()> {
    for sample in PARTIALS {
        add(seed, sample)?;
    }
    Ok(())
}

/// Each version is ten days younger than the one before.
fn add(seed: &Seeding<'_>, sample: &PartialSample) -> rusqlite::Result<()> {
    let (slug, name, collection, published, versions) = sample;
    let numbered = (1..).zip(*versions);
    let versions: Vec<PartialVersion> = numbered
        .map(|(number, (string, description))| PartialVersion {
            id: seeded_id(&format!("partial {slug} version {number}")),
            number,
            string: (*string).to_owned(),
            description: (*description).to_owned(),
            created_at: seed.days_ago(70 - 10 * i64::from(number)),
        })
        .collect();
    let moment =
        |version: Option<&PartialVersion>| version.map_or(String::new(), |v| v.created_at.clone());
    let partial = Partial {
        id: seeded_id(&format!("partial {slug}")),
        slug: (*slug).to_owned(),
        name: (*name).to_owned(),
        workspace_id: workspaces::id("Production"),
        collection_id: collection_id("Production", collection),
        published: *published,
        status: "active".to_owned(),
        created_at: moment(versions.first()),
        last_updated_at: moment(versions.last()),
    };
    partial.insert(seed.db)?;
    for version in &versions {
        insert_version(seed.db, &partial.id, version)?;
    }
    Ok(())
}
