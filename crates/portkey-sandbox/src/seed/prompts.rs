//! Collections and prompts of the seed, from `prompts.json`.

use portkey_api::JsonObject;
use serde::Deserialize;
use serde_json::Value;

use super::{
    seeding::{Seeding, samples},
    workspaces,
};
use crate::{
    domains::{
        collections::Collection,
        prompts::{self, Draft, Prompt, PromptVersion},
    },
    identity::seeded_id,
    store::TableRow as _,
    wire::Refusal,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PromptSamples {
    collections: Vec<Folder>,
    prompts: Vec<PromptSample>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Folder {
    pub(super) workspace: String,
    pub(super) name: String,
    pub(super) parent: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PromptSample {
    pub(super) slug: String,
    pub(super) name: String,
    pub(super) workspace: String,
    pub(super) collection: String,
    pub(super) published: u32,
    pub(super) metadata: JsonObject,
    /// Oldest first.
    pub(super) versions: Vec<PromptSampleVersion>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PromptSampleVersion {
    pub(super) description: String,
    pub(super) model: String,
    pub(super) virtual_key: String,
    pub(super) parameters: JsonObject,
    /// The messages of the template, instead of `string`.
    #[serde(default)]
    pub(super) messages: Vec<Value>,
    #[serde(default)]
    pub(super) string: String,
    #[serde(default)]
    pub(super) raw: bool,
}

pub(super) fn fill(seed: &Seeding<'_>) -> Result<(), Refusal> {
    let PromptSamples {
        collections,
        prompts,
    } = samples(include_str!("prompts.json"))?;
    for folder in &collections {
        add_folder(seed, folder)?;
    }
    for (index, sample) in prompts.iter().enumerate() {
        let days = 84 - 7 * i64::try_from(index).unwrap_or(0);
        add(seed, sample, days)?;
    }
    Ok(())
}

pub(super) fn add_folder(seed: &Seeding<'_>, folder: &Folder) -> rusqlite::Result<()> {
    folder.collection(seed).insert(seed.db)
}

/// The UUID of a prompt by slug.
pub(super) fn id(slug: &str) -> String {
    seeded_id(&format!("prompt {slug}"))
}

/// The UUID of a version by the prompt's slug and its own number.
pub(super) fn version_id(slug: &str, number: u32) -> String {
    seeded_id(&format!("prompt {slug} version {number}"))
}

/// The UUID of a collection by its workspace and name.
pub(super) fn collection_id(workspace: &str, name: &str) -> String {
    seeded_id(&format!("collection {workspace} {name}"))
}

impl Folder {
    fn collection(&self, seed: &Seeding<'_>) -> Collection {
        let id = collection_id(&self.workspace, &self.name);
        let digits: String = id.chars().take(6).collect();
        Collection {
            slug: format!("{}-{digits}", crate::identity::kebab(&self.name)),
            id,
            name: self.name.clone(),
            workspace_id: workspaces::id(&self.workspace),
            parent_collection_id: self
                .parent
                .as_ref()
                .map(|parent| collection_id(&self.workspace, parent)),
            is_default: false,
            created_at: seed.days_ago(170),
            last_updated_at: seed.days_ago(90),
        }
    }
}

/// Each version is two days younger than the one before.
pub(super) fn add(seed: &Seeding<'_>, sample: &PromptSample, days: i64) -> rusqlite::Result<()> {
    let numbered = (1..).zip(&sample.versions);
    let versions: Vec<PromptVersion> = numbered
        .map(|(number, version)| PromptVersion {
            id: version_id(&sample.slug, number),
            number,
            status: "active".to_owned(),
            created_at: seed.days_ago(days - 2 * i64::from(number - 1)),
            labels: Value::Null,
            draft: version.draft(sample),
        })
        .collect();
    let moment =
        |version: Option<&PromptVersion>| version.map_or(String::new(), |v| v.created_at.clone());
    let prompt = Prompt {
        id: id(&sample.slug),
        slug: sample.slug.clone(),
        name: sample.name.clone(),
        workspace_id: workspaces::id(&sample.workspace),
        collection_id: collection_id(&sample.workspace, &sample.collection),
        published: sample.published,
        created_at: moment(versions.first()),
        last_updated_at: moment(versions.last()),
    };
    prompt.insert(seed.db)?;
    for version in &versions {
        prompts::insert_version(seed.db, &prompt.id, version)?;
    }
    Ok(())
}

impl PromptSampleVersion {
    fn draft(&self, sample: &PromptSample) -> Draft {
        let string = match self.messages.as_slice() {
            [] => self.string.clone(),
            messages => Value::from(messages).to_string(),
        };
        Draft {
            string,
            is_raw_template: self.raw,
            parameters: self.parameters.clone(),
            model: self.model.clone(),
            virtual_key: self.virtual_key.clone(),
            metadata: sample.metadata.clone(),
            description: self.description.clone(),
            ..Draft::default()
        }
    }
}
