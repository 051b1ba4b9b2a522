//! Four providers: two that customers depend on, one for trying releases, one for research.

use serde_json::{Value, json};

use super::{Seed, workspaces};
use crate::{identity::seeded_id, providers::Provider, refusal::Refusal};

/// Slug, workspace, maker, name, note.
const PROVIDERS: &[(&str, &str, &str, &str, &str)] = &[
    (
        "openai-prod-4f2a91",
        "Production",
        "openai",
        "OpenAI production",
        "Billed to product",
    ),
    (
        "anthropic-pr-b83c07",
        "Production",
        "anthropic",
        "Anthropic production",
        "Billed to product",
    ),
    (
        "openai-stagi-9d10e5",
        "Staging",
        "openai",
        "OpenAI staging",
        "Small budget",
    ),
    (
        "mistral-rese-2c77fa",
        "Research",
        "mistral-ai",
        "Mistral research",
        "Evaluations",
    ),
];

pub(super) fn fill(seed: &Seed<'_>) -> Result<(), Refusal> {
    for (slug, workspace, maker, name, note) in PROVIDERS {
        let limits = json!({ "credit_limit": 50, "type": "cost", "periodic_reset": "monthly" });
        let mut provider = Provider {
            id: seeded_id(&format!("provider {slug}")),
            slug: (*slug).to_owned(),
            name: (*name).to_owned(),
            note: Some((*note).to_owned()),
            workspace_id: workspaces::id(workspace),
            maker: (*maker).to_owned(),
            secret: Some(format!("sk-{slug}-not-a-real-key")),
            status: "active".to_owned(),
            usage_limits: if *workspace == "Staging" {
                limits
            } else {
                Value::Null
            },
            created_at: seed.days_ago(170),
            ..Provider::default()
        };
        provider.insert_with_integration(seed.db)?;
    }
    Ok(())
}
