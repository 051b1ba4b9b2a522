//! Invitations of the seed: two people who have not accepted yet.

use rusqlite::params;
use serde_json::json;

use super::{people, seeding::Seeding, workspaces};
use crate::{
    identity::{new_secret, seeded_id},
    store::Queries as _,
};

pub(super) fn fill(seed: &Seeding<'_>) -> rusqlite::Result<()> {
    let sql = "INSERT INTO invites (id, email, first_name, last_name, role, workspaces, token, invited_by,
            created_at, expires_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    for (first, last, role, workspace, hours) in [
        ("Ines", "Moreau", "member", "Research", 30),
        ("Jonas", "Berg", "admin", "Staging", 75),
    ] {
        let invite = params![
            seeded_id(&format!("invite {first}")),
            people::email(first),
            first,
            last,
            role,
            json!([{ "id": workspaces::id(workspace), "role": "member" }]),
            new_secret(),
            people::id("Ada"),
            seed.hours_ago(hours),
            seed.hours_ago(hours - 7 * 24),
        ];
        seed.db.run(sql, invite)?;
    }
    Ok(())
}
