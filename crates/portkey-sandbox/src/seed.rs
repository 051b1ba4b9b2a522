//! The organisation a new sandbox starts with: Northwind Labs, small enough to know and lively enough to
//! practise on. Ids are the same in every sandbox, moments are relative to its start.

mod api_keys;
mod audit_logs;
mod configs;
mod guardrails;
mod integrations;
mod invites;
mod log_exports;
mod logs;
mod mcp;
mod organisation;
pub(crate) mod people;
mod policies;
mod prompt_labels;
mod prompt_partials;
mod prompts;
mod providers;
pub(crate) mod workspaces;

use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;
use serde::de::DeserializeOwned;

use crate::{
    identity::{iso, seeded_id},
    refusal::Refusal,
    sandbox::Keys,
    store::Queries as _,
};

/// What seeding needs to know.
pub(crate) struct Seed<'a> {
    pub(crate) db: &'a Connection,
    pub(crate) keys: &'a Keys,
    now: Timestamp,
}

impl Seed<'_> {
    /// The moment so many days ago, as the API writes it.
    pub(crate) fn days_ago(&self, days: i64) -> String {
        self.hours_ago(24 * days)
    }

    /// The moment so many hours ago, or to come if negative.
    pub(crate) fn hours_ago(&self, hours: i64) -> String {
        iso(self.moment(hours))
    }

    fn moment(&self, hours_ago: i64) -> Timestamp {
        let moment = self.now.checked_sub(SignedDuration::from_hours(hours_ago));
        moment.unwrap_or(self.now)
    }
}

/// Fills the database, all of it or nothing, unless it was filled before.
pub(crate) fn fill(db: &mut Connection, keys: &Keys, now: Timestamp) -> Result<(), Refusal> {
    if db.any("SELECT 1 FROM organisations", [])? {
        return Ok(());
    }
    let transaction = db.transaction()?;
    let seed = Seed {
        db: &transaction,
        keys,
        now,
    };
    let sql = "INSERT INTO organisations (id, name, created_at) VALUES (?, ?, ?)";
    let organisation = (
        seeded_id("organisation"),
        "Northwind Labs",
        seed.days_ago(420),
    );
    seed.db.run(sql, organisation)?;
    people::fill(&seed)?;
    workspaces::fill(&seed)?;
    api_keys::fill(&seed)?;
    integrations::fill(&seed)?;
    providers::fill(&seed)?;
    invites::fill(&seed)?;
    configs::fill(&seed)?;
    prompts::fill(&seed)?;
    prompt_labels::fill(&seed)?;
    prompt_partials::fill(&seed)?;
    guardrails::fill(&seed)?;
    policies::fill(&seed)?;
    logs::fill(&seed)?;
    log_exports::fill(&seed)?;
    audit_logs::fill(&seed)?;
    organisation::fill(&seed)?;
    mcp::fill(&seed)?;
    Ok(transaction.commit()?)
}

/// Samples that come as JSON.
fn samples<T: DeserializeOwned>(json: &str) -> Result<T, Refusal> {
    serde_json::from_str(json)
        .map_err(|error| Refusal::fault(format!("The samples do not read: {error}")))
}
