//! Integrations of the seed: two of the organisation, and one of a workspace.

use super::{seeding::Seeding, workspaces};
use crate::{
    identity::seeded_id, records::Integration, rules::limits::Budget, store::Queries as _,
    wire::Refusal,
};

/// Slug, AI provider, name, description, workspace.
const INTEGRATIONS: &[(&str, &str, &str, &str, Option<&str>)] = &[
    (
        "openai-northwind",
        "openai",
        "OpenAI",
        "The company's account",
        None,
    ),
    (
        "anthropic-northwind",
        "anthropic",
        "Anthropic",
        "The company's account",
        None,
    ),
    (
        "mistral-research",
        "mistral-ai",
        "Mistral",
        "Evaluations",
        Some("Research"),
    ),
];

/// Integration of the organisation, workspace that may use it, whether with a budget.
const GRANTS: &[(&str, &str, bool)] = &[
    ("openai-northwind", "Production", false),
    ("openai-northwind", "Staging", true),
    ("anthropic-northwind", "Production", false),
];

pub(super) fn fill(seed: &Seeding<'_>) -> Result<(), Refusal> {
    for (slug, ai_provider_id, name, description, workspace) in INTEGRATIONS {
        let integration = Integration {
            id: id(slug),
            slug: (*slug).to_owned(),
            name: (*name).to_owned(),
            ai_provider_id: (*ai_provider_id).to_owned(),
            workspace_id: workspace.map(workspaces::id),
            secret: Some(format!("sk-{slug}-not-a-real-key")),
            description: Some((*description).to_owned()),
            allow_all_models: true,
            created_at: seed.days_ago(175),
            ..Integration::default()
        };
        integration.insert(seed.db)?;
    }
    for (integration, workspace, is_limited) in GRANTS {
        grant(seed, integration, workspace, *is_limited)?;
    }
    Ok(())
}

/// Lets a workspace use an integration of the organisation, with a budget if it is limited.
pub(super) fn grant(
    seed: &Seeding<'_>,
    integration: &str,
    workspace: &str,
    is_limited: bool,
) -> rusqlite::Result<()> {
    let sql =
        "INSERT INTO integration_workspaces (integration_id, workspace_id, enabled, usage_limits)
        VALUES (?, ?, 1, ?)";
    let budget = is_limited.then(|| Budget::monthly(200.0, &seed.days_ago(175)));
    let row = (id(integration), workspaces::id(workspace), budget);
    seed.db.run(sql, row)?;
    Ok(())
}

fn id(slug: &str) -> String {
    seeded_id(&format!("integration {slug}"))
}
