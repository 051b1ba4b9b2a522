//! What every part of the seed needs: the database, the keys, and the moment of the start.

use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;
use serde::de::DeserializeOwned;

use crate::{identity::iso, store::Keys, wire::Refusal};

/// The context of seeding.
pub(super) struct Seeding<'a> {
    pub(super) db: &'a Connection,
    pub(super) keys: &'a Keys,
    pub(super) now: Timestamp,
}

impl Seeding<'_> {
    /// The moment so many days ago, as the API writes it.
    pub(super) fn days_ago(&self, days: i64) -> String {
        self.hours_ago(24 * days)
    }

    /// The moment so many hours ago, or to come if negative.
    pub(super) fn hours_ago(&self, hours: i64) -> String {
        iso(self.moment(hours))
    }

    pub(super) fn moment(&self, hours_ago: i64) -> Timestamp {
        let moment = self.now.checked_sub(SignedDuration::from_hours(hours_ago));
        moment.unwrap_or(self.now)
    }
}

/// Reads samples from JSON.
pub(super) fn samples<T: DeserializeOwned>(json: &str) -> Result<T, Refusal> {
    serde_json::from_str(json)
        .map_err(|error| Refusal::fault(format!("The samples do not read: {error}")))
}
