//! Guardrails of the seed: two of the default workspace, and one of the organisation.

use serde_json::{Value, json};

use super::{people, seeding::Seeding, workspaces};
use crate::{domains::guardrails::Guardrail, identity::seeded_id, store::TableRow as _};

pub(super) fn fill(seed: &Seeding<'_>) -> rusqlite::Result<()> {
    let no_personal_data = json!([{
        "id": "portkey.pii",
        "name": "Personal data",
        "parameters": { "redact": true, "categories": ["EMAIL_ADDRESS", "PHONE_NUMBER", "CREDIT_CARD"] },
        "is_enabled": true,
    }]);
    let short_answers = json!([
        { "id": "default.wordCount", "parameters": { "minWords": 1, "maxWords": 400 }, "is_enabled": true },
        {
            "id": "default.contains",
            "name": "No promises",
            "parameters": { "words": ["refund guaranteed", "legal advice"], "operator": "none" },
            "is_enabled": true,
        },
    ]);
    let approved_models = json!([{
        "id": "default.modelWhitelist",
        "parameters": { "models": ["gpt-4o", "gpt-4o-mini", "gpt-4.1", "claude-sonnet-4-5"] },
        "is_enabled": true,
    }]);
    let production = Some("Production");
    add(
        seed,
        "pg-no-persona-3e71b8",
        "No personal data",
        production,
        no_personal_data,
        true,
    )?;
    add(
        seed,
        "pg-short-answ-a94c02",
        "Short answers",
        production,
        short_answers,
        false,
    )?;
    add(
        seed,
        "pg-approved-m-60d5f3",
        "Approved models",
        None,
        approved_models,
        true,
    )
}

fn add(
    seed: &Seeding<'_>,
    slug: &str,
    name: &str,
    workspace: Option<&str>,
    checks: Value,
    denies: bool,
) -> rusqlite::Result<()> {
    let feedback =
        |value: i8| json!({ "feedback": { "value": value, "weight": 1, "metadata": "" } });
    let since = seed.days_ago(40);
    let guardrail = Guardrail {
        id: seeded_id(&format!("guardrail {slug}")),
        slug: slug.to_owned(),
        name: name.to_owned(),
        workspace_id: workspace.map(workspaces::id),
        version_id: seeded_id(&format!("guardrail {slug} version 1")),
        target: "llm".to_owned(),
        checks,
        actions: json!({
            "deny": denies,
            "async": !denies,
            "on_success": feedback(5),
            "on_fail": feedback(-5),
        }),
        owner_id: people::id("Chidi"),
        updated_by: None,
        created_at: since.clone(),
        last_updated_at: since,
    };
    guardrail.replace(seed.db)
}
