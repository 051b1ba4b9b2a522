//! What the seed has for the whole organisation: a default guardrail, two secret references, and the groups of its
//! identity provider.

use portkey_api::secret_references::SecretManager;
use rusqlite::params;
use serde_json::{Value, json};

use super::{people, seeding::Seeding, workspaces};
use crate::{
    domains::secret_references::{self, SecretReference},
    identity::seeded_id,
    store::Queries as _,
};

/// Name of a group, and the workspace and role that it is mapped to, if any.
const GROUPS: &[(&str, Option<(&str, &str)>)] = &[
    ("Engineering", Some(("Staging", "manager"))),
    ("Data science", Some(("Research", "member"))),
    ("Finance", None),
];

pub(super) fn fill(seed: &Seeding<'_>) -> rusqlite::Result<()> {
    let sql = "UPDATE organisations SET input_guardrails =
        (SELECT json_group_array(id) FROM guardrails WHERE workspace_id IS NULL)";
    seed.db.run(sql, [])?;
    let sql = "INSERT INTO guardrail_exclusions (workspace_id, direction) VALUES (?, 'input')";
    seed.db.run(sql, [workspaces::id("Research")])?;
    for (name, mapping) in GROUPS {
        let group = seeded_id(&format!("SCIM group {name}"));
        let sql = "INSERT INTO scim_groups (id, name) VALUES (?, ?)";
        seed.db.run(sql, params![group, name])?;
        if let Some((workspace, role)) = mapping {
            let id = seeded_id(&format!("SCIM mapping {name} {workspace}"));
            let sql =
                "INSERT INTO scim_mappings (id, group_id, workspace_id, role) VALUES (?, ?, ?, ?)";
            let row = params![id, group, workspaces::id(workspace), role];
            seed.db.run(sql, row)?;
        }
    }
    secret_references::insert(seed.db, &in_aws(seed))?;
    secret_references::insert(seed.db, &in_vault(seed))
}

fn in_aws(seed: &Seeding<'_>) -> SecretReference {
    SecretReference {
        description: Some("The key that production pays with".to_owned()),
        manager: SecretManager::AwsSm,
        login: json!({
            "aws_auth_type": "assumedRole",
            "aws_role_arn": "arn:aws:iam::000000000000:role/northwind-secrets",
            "aws_region": "eu-west-1",
        }),
        secret_path: "northwind/openai/production".to_owned(),
        secret_key: Some("api_key".to_owned()),
        tags: json!({ "team": "platform" }),
        ..named(seed, "openai-production", "OpenAI production key", 95)
    }
}

fn in_vault(seed: &Seeding<'_>) -> SecretReference {
    SecretReference {
        login: json!({
            "vault_auth_type": "token",
            "vault_addr": "https://vault.northwind.example",
            "vault_token": "hvs.not-a-real-token-of-anyone",
        }),
        secret_path: "research/mistral".to_owned(),
        allowed_workspaces: json!([workspaces::id("Research")]),
        ..named(seed, "mistral-research", "Mistral research key", 60)
    }
}

fn named(seed: &Seeding<'_>, slug: &str, name: &str, days: i64) -> SecretReference {
    SecretReference {
        id: seeded_id(&format!("secret reference {slug}")),
        slug: slug.to_owned(),
        name: name.to_owned(),
        description: None,
        manager: SecretManager::HashicorpVault,
        login: Value::Null,
        secret_path: String::new(),
        secret_key: None,
        allowed_workspaces: Value::Null,
        tags: Value::Null,
        created_by: people::id("Bruno"),
        created_at: seed.days_ago(days),
        last_updated_at: seed.days_ago(days),
    }
}
