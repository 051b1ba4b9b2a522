//! Configs of the seed's default workspace, from `configs.json`.

use serde::Deserialize;
use serde_json::Value;

use super::{
    api_keys, people,
    seeding::{Seeding, samples},
    workspaces,
};
use crate::{
    domains::configs::{Config, ConfigVersion, add_version, insert},
    identity::seeded_id,
    store::Queries as _,
    wire::Refusal,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ConfigSample {
    pub(super) slug: String,
    pub(super) name: String,
    pub(super) is_default: bool,
    /// Oldest first.
    pub(super) versions: Vec<Value>,
}

pub(super) fn fill(seed: &Seeding<'_>) -> Result<(), Refusal> {
    let configs: Vec<ConfigSample> = samples(include_str!("configs.json"))?;
    for (sample, days) in configs.iter().zip([90, 61, 33, 12]) {
        add(seed, "Production", sample, days)?;
    }
    // One config is in use, so that it cannot be deleted.
    let sql = "UPDATE api_keys SET config_id = (SELECT id FROM configs WHERE is_default = 1) WHERE id = ?";
    seed.db.run(sql, [api_keys::id("Production gateway")])?;
    Ok(())
}

/// Each version is eight days younger than the one before.
pub(super) fn add(
    seed: &Seeding<'_>,
    workspace: &str,
    sample: &ConfigSample,
    days: i64,
) -> rusqlite::Result<()> {
    let author = people::id("Bruno");
    let moment = |number: usize| {
        let later = i64::try_from(number).unwrap_or(0) * 8;
        seed.days_ago(days - later)
    };
    let config = Config {
        id: seeded_id(&format!("config {}", sample.slug)),
        slug: sample.slug.clone(),
        name: sample.name.clone(),
        workspace_id: workspaces::id(workspace),
        is_default: sample.is_default,
        status: "active".to_owned(),
        owner_id: author.clone(),
        updated_by: author.clone(),
        created_at: moment(0),
        last_updated_at: moment(sample.versions.len() - 1),
    };
    insert(seed.db, &config)?;
    for (number, content) in sample.versions.iter().enumerate() {
        let version = ConfigVersion {
            id: seeded_id(&format!("config {} version {number}", sample.slug)),
            content: content.to_string(),
            created_by: author.clone(),
            created_at: moment(number),
        };
        add_version(seed.db, &config.id, &version)?;
    }
    Ok(())
}
