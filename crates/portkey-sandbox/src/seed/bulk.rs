//! The large seed: generated teams, each with a workspace, people, keys, a provider, a config and prompts, and three
//! months of traffic.

mod numbers;
mod people;
mod prompts;
mod teams;
mod traffic;

use super::seeding::Seeding;
use crate::wire::Refusal;

/// The total number of each object, those of the demo included.
pub(super) struct Size {
    pub(super) workspaces: u32,
    pub(super) users: u32,
    pub(super) prompts: u32,
    pub(super) logs: u32,
}

pub(super) const LARGE: Size = Size {
    workspaces: 250,
    users: 5_000,
    prompts: 2_000,
    logs: 1_000_000,
};

pub(super) fn fill(seed: &Seeding<'_>, size: &Size) -> Result<(), Refusal> {
    let people = people::fill(seed, size.users)?;
    let mut teams = teams::fill(seed, size.workspaces, &people)?;
    prompts::fill(seed, size.prompts, &mut teams)?;
    traffic::fill(seed, size.logs, &teams, &people)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::{numbers::count, *};
    use crate::{
        seed::{self, Seed},
        store,
    };

    #[test]
    fn there_is_as_much_as_asked_for_and_it_holds_together() {
        let (mut db, keys) = store::connect(None, None).unwrap();
        seed::fill(&mut db, &keys, Seed::Demo, Timestamp::now()).unwrap();
        let seeding = Seeding {
            db: &db,
            keys: &keys,
            now: Timestamp::now(),
        };
        let size = Size {
            workspaces: 12,
            users: 100,
            prompts: 50,
            logs: 4000,
        };
        fill(&seeding, &size).unwrap();
        for (table, expected) in [
            ("workspaces", 12),
            ("users", 100),
            ("prompts", 50),
            ("logs", 4000),
        ] {
            assert_eq!(count(&db, table).unwrap(), expected, "{table}");
        }
        for dangling in [
            "pragma_foreign_key_check",
            "logs WHERE api_key_id NOT IN (SELECT id FROM api_keys)",
            "logs WHERE virtual_key NOT IN (SELECT slug FROM providers)",
            "logs WHERE config NOT IN (SELECT slug FROM configs)",
            "logs WHERE prompt_slug NOT IN (SELECT slug FROM prompts)",
            "logs WHERE metadata ->> '_user' NOT IN (SELECT email FROM users)",
            "prompts WHERE id NOT IN (SELECT prompt_id FROM prompt_versions WHERE number = published)",
            "workspaces WHERE id NOT IN (SELECT workspace_id FROM workspace_members WHERE role = 'admin')",
        ] {
            assert_eq!(count(&db, dangling).unwrap(), 0, "{dangling}");
        }
    }
}
