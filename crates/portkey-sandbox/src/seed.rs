//! The organisation a new sandbox starts with: Northwind Labs, small enough to know and lively enough to
//! practise on, unless another [`Seed`] is wanted. Ids are the same in every sandbox, moments are relative to its
//! start.

mod access;
mod api_keys;
mod audit_logs;
mod bulk;
mod configs;
mod guardrails;
mod integrations;
mod invites;
mod log_exports;
mod logs;
mod mcp;
mod organisation;
mod people;
mod policies;
mod prompt_labels;
mod prompt_partials;
mod prompts;
mod providers;
mod seeding;
mod workspaces;

use jiff::Timestamp;
use rusqlite::{Connection, TransactionBehavior};

use self::seeding::Seeding;
use crate::{
    identity::seeded_id,
    store::{Keys, Queries as _},
    wire::Refusal,
};

/// What a new sandbox holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Seed {
    /// Northwind Labs with three workspaces, eight people and two weeks of traffic.
    #[default]
    Demo,
    /// Two people, the default workspace and the keys, without any history.
    Empty,
    /// The demo, grown to 250 workspaces, 5,000 users, 2,000 prompts and a million logs.
    Large,
}

impl Seed {
    /// Its name on the command line.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Demo => "demo",
            Self::Empty => "empty",
            Self::Large => "large",
        }
    }
}

/// Whether there is anything in the database yet.
pub(crate) fn is_filled(db: &Connection) -> rusqlite::Result<bool> {
    db.any("SELECT 1 FROM organisations", [])
}

/// Fills the database in one transaction, unless it was filled before.
pub(crate) fn fill(
    db: &mut Connection,
    keys: &Keys,
    seed: Seed,
    now: Timestamp,
) -> Result<(), Refusal> {
    if is_filled(db)? {
        return Ok(());
    }
    // Another process may have filled the same file while this one waited for the lock.
    let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    if is_filled(&transaction)? {
        return Ok(());
    }
    let seeding = Seeding {
        db: &transaction,
        keys,
        now,
    };
    start(&seeding)?;
    match seed {
        Seed::Empty => {}
        Seed::Demo => demo(&seeding)?,
        Seed::Large => {
            demo(&seeding)?;
            bulk::fill(&seeding, &bulk::LARGE)?;
        }
    }
    Ok(transaction.commit()?)
}

/// What every sandbox holds.
fn start(seed: &Seeding<'_>) -> Result<(), Refusal> {
    let sql = "INSERT INTO organisations (id, name, created_at) VALUES (?, ?, ?)";
    let organisation = (
        seeded_id("organisation"),
        "Northwind Labs",
        seed.days_ago(420),
    );
    seed.db.run(sql, organisation)?;
    people::start(seed)?;
    workspaces::start(seed)?;
    api_keys::start(seed)?;
    prompt_labels::start(seed)?;
    Ok(())
}

fn demo(seed: &Seeding<'_>) -> Result<(), Refusal> {
    people::fill(seed)?;
    workspaces::fill(seed)?;
    api_keys::fill(seed)?;
    integrations::fill(seed)?;
    providers::fill(seed)?;
    invites::fill(seed)?;
    configs::fill(seed)?;
    prompts::fill(seed)?;
    prompt_labels::fill(seed)?;
    prompt_partials::fill(seed)?;
    guardrails::fill(seed)?;
    policies::fill(seed)?;
    logs::fill(seed)?;
    log_exports::fill(seed)?;
    audit_logs::fill(seed)?;
    organisation::fill(seed)?;
    mcp::fill(seed)?;
    Ok(access::fill(seed)?)
}
