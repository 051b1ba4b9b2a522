//! Prompts of the large seed's teams, in one to three versions.

use portkey_api::JsonObject;
use serde_json::json;

use super::{
    numbers::{count, digits, nth},
    teams::{FOLDER, Team},
};
use crate::{
    identity::kebab,
    seed::{
        prompts::{self, PromptSample, PromptSampleVersion},
        seeding::Seeding,
    },
};

/// Purposes of prompts, with their texts.
const PURPOSES: &[(&str, &str)] = &[
    ("Classify", "Sort this into one of {{categories}}: {{text}}"),
    ("Summarise", "Sum this up in {{count}} sentences: {{text}}"),
    ("Translate", "Translate this into {{language}}: {{text}}"),
    ("Extract", "List every {{thing}} in this text: {{text}}"),
    ("Reply", "Answer {{name}} politely: {{text}}"),
    ("Rewrite", "Say this more plainly: {{text}}"),
    ("Check", "Does this keep to {{rule}}? {{text}}"),
    ("Explain", "Explain this to {{reader}}: {{text}}"),
    ("Compare", "Compare {{one}} with {{other}}."),
];

const MODELS: &[&str] = &["gpt-4o", "gpt-4o-mini", "gpt-4.1"];

/// Adds prompts up to this total, one to each team in turn.
pub(super) fn fill(seed: &Seeding<'_>, total: u32, teams: &mut [Team]) -> rusqlite::Result<()> {
    let existing = count(seed.db, "prompts")?;
    let round = teams.len().max(1);
    for (place, number) in (existing..total).enumerate() {
        let Some(team) = teams.get_mut(place % round) else {
            break;
        };
        let sample = sample(team, number);
        prompts::add(seed, &sample, i64::from(20 + number % 60))?;
        team.prompts.push(sample.slug);
    }
    Ok(())
}

fn sample(team: &Team, number: u32) -> PromptSample {
    let (purpose, text) = nth(PURPOSES, number);
    let name = format!("{purpose} {}", number + 1);
    let digits = digits(&format!("{} {name}", team.name));
    let versions = 1..=1 + number % 3;
    let topic = team.name.to_lowercase();
    let messages = vec![
        json!({ "role": "system", "content": format!("You help with {topic}.") }),
        json!({ "role": "user", "content": text }),
    ];
    PromptSample {
        slug: format!("pp-{}-{digits}", kebab(&name)),
        name,
        workspace: team.name.clone(),
        collection: FOLDER.to_owned(),
        published: 1,
        metadata: JsonObject::new(),
        versions: versions
            .map(|version| PromptSampleVersion {
                description: format!("Version {version}"),
                model: nth(MODELS, version + number).to_owned(),
                virtual_key: team.provider.clone(),
                parameters: JsonObject::from_iter([("max_tokens".to_owned(), 400.into())]),
                messages: messages.clone(),
                string: String::new(),
                raw: false,
            })
            .collect(),
    }
}
