//! Providers of the seed: two for production, one for staging, one for research.

use super::{seeding::Seeding, workspaces};
use crate::{identity::seeded_id, records::Provider, rules::limits::Budget, wire::Refusal};

/// Slug, workspace, integration, name, note.
type ProviderRow<'a> = (&'a str, &'a str, &'a str, &'a str, &'a str);

const PROVIDERS: &[ProviderRow<'_>] = &[
    (
        "openai-prod-4f2a91",
        "Production",
        "openai-northwind",
        "OpenAI production",
        "Billed to product",
    ),
    (
        "anthropic-pr-b83c07",
        "Production",
        "anthropic-northwind",
        "Anthropic production",
        "Billed to product",
    ),
    (
        "openai-stagi-9d10e5",
        "Staging",
        "openai-northwind",
        "OpenAI staging",
        "Small budget",
    ),
    (
        "mistral-rese-2c77fa",
        "Research",
        "mistral-research",
        "Mistral research",
        "Evaluations",
    ),
];

pub(super) fn fill(seed: &Seeding<'_>) -> Result<(), Refusal> {
    PROVIDERS.iter().try_for_each(|row| add(seed, row))
}

pub(super) fn add(seed: &Seeding<'_>, row: &ProviderRow<'_>) -> Result<(), Refusal> {
    let (slug, workspace, integration, name, note) = row;
    let since = seed.days_ago(170);
    let is_limited = *workspace == "Staging";
    let provider = Provider {
        id: seeded_id(&format!("provider {slug}")),
        slug: (*slug).to_owned(),
        name: (*name).to_owned(),
        note: Some((*note).to_owned()),
        workspace_id: workspaces::id(workspace),
        integration_id: (*integration).to_owned(),
        usage_limits: is_limited.then(|| Budget::monthly(50.0, &since)),
        created_at: since,
        ..Provider::default()
    };
    provider.insert(seed.db)
}
