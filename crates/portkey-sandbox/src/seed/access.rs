//! What the seed says of access: an access policy, and the hosts that the gateway may connect to.

use serde_json::json;

use super::{people, seeding::Seeding, workspaces};
use crate::{
    domains::{access_policies::AccessPolicy, egress_allowlist::EgressEntry},
    identity::seeded_id,
    store::TableRow as _,
};

pub(super) fn fill(seed: &Seeding<'_>) -> rusqlite::Result<()> {
    let policy = AccessPolicy {
        id: seeded_id("access policy 1"),
        name: "Issues for two".to_owned(),
        description: Some("Nobody but them opens issues".to_owned()),
        workspace_id: workspaces::id("Production"),
        effect: "allow".to_owned(),
        enabled: true,
        subjects: json!([
            { "type": "user", "id": people::id("Dana") },
            { "type": "user", "id": people::id("Emil") },
        ]),
        targets: json!([{
            "type": "mcp_server",
            "server_id": seeded_id("MCP server code-host-prod"),
            "tools": ["search_issues", "create_issue"],
        }]),
        version: 1,
        created_by: people::id("Chidi"),
        created_at: seed.days_ago(21),
        last_updated_at: seed.days_ago(21),
    };
    policy.insert(seed.db)?;
    for (domain, description, days) in [
        (
            "hooks.northwind.example",
            Some("Webhooks of guardrails"),
            80,
        ),
        ("*.code.example", None, 64),
    ] {
        let entry = EgressEntry {
            id: seeded_id(&format!("egress {domain}")),
            domain: domain.to_owned(),
            description: description.map(str::to_owned),
            created_by: people::id("Ada"),
            created_at: seed.days_ago(days),
            last_updated_at: seed.days_ago(days),
        };
        entry.insert(seed.db)?;
    }
    Ok(())
}
