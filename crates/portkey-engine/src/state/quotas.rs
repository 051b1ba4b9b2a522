//! How much of its quotas each principal has used.

use std::{path::PathBuf, sync::Arc, time::Duration};

use jiff::Timestamp;
use portkey_client::Rate;
use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior, params};

use super::{Exhausted, SharedState};
use crate::{database::Failed, sqlite_file::SqliteFile};

/// For each quota, the time at which it is fully available again, in milliseconds since 1970.
const SCHEMA: &str =
    "CREATE TABLE IF NOT EXISTS quotas (bucket TEXT PRIMARY KEY, full_at INTEGER NOT NULL)";
const PUT: &str = "INSERT INTO quotas (bucket, full_at) VALUES ($1, $2)
ON CONFLICT (bucket) DO UPDATE SET full_at = excluded.full_at";

/// The used part of quotas. It is stored in a file, so that it outlives the process of a single user, or in the shared
/// state.
#[derive(Debug, Clone)]
pub(crate) struct UsedQuotas {
    state: Arc<dyn SharedState>,
    file: Option<SqliteFile>,
}

impl UsedQuotas {
    /// Returns a counter in this state.
    pub(crate) fn of(state: Arc<dyn SharedState>) -> Self {
        Self { state, file: None }
    }

    /// Moves the counter to an `SQLite` file next to the journal's file. The file is opened when a quota is used for
    /// the first time.
    #[must_use]
    pub(crate) fn beside(self, journal: PathBuf) -> Self {
        let mut path = journal.into_os_string();
        path.push("-quotas");
        Self {
            file: Some(SqliteFile::at(path.into(), SCHEMA)),
            ..self
        }
    }

    /// Uses one unit of a quota. While the file cannot be used, the process counts in its own state.
    pub(crate) async fn spend(&self, quota: &str, rate: Rate) -> Result<(), Exhausted> {
        let Some(file) = &self.file else {
            return self.state.take(quota, rate).await;
        };
        let row = format!("{quota}|{rate}");
        match file.work(move |file| spend(file, &row, rate)).await {
            Ok(spent) => {
                spent?;
                // The use is also counted in the state, in case the file cannot be used later.
                _ = self.state.take(quota, rate).await;
                Ok(())
            }
            Err(failed) => {
                tracing::warn!(
                    "quotas are counted by this process alone: {file} cannot be used: {failed}"
                );
                self.state.take(quota, rate).await
            }
        }
    }
}

/// Uses one unit of a quota in the file, which other processes may use too.
fn spend(file: &mut Connection, quota: &str, rate: Rate) -> Result<Result<(), Exhausted>, Failed> {
    let transaction = file.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let read = "SELECT full_at FROM quotas WHERE bucket = ?";
    let full_at = transaction.query_row(read, [quota], |row| row.get(0));
    let now = Timestamp::now().as_millisecond();
    match one_less(now, full_at.optional()?, rate) {
        Ok(full_at) => {
            transaction.execute("DELETE FROM quotas WHERE full_at < ?", [now])?;
            transaction.execute(PUT, params![quota, full_at])?;
            transaction.commit()?;
            Ok(Ok(()))
        }
        Err(exhausted) => Ok(Err(exhausted)),
    }
}

/// Returns the time at which the quota is fully available after one more use, by the generic cell rate algorithm.
fn one_less(now: i64, full_at: Option<i64>, rate: Rate) -> Result<i64, Exhausted> {
    let one = milliseconds(rate.interval());
    let all = one.saturating_mul(i64::from(rate.count().get()));
    // No quota takes longer than this to become fully available; a later time was written while the clock was ahead.
    let full_at = full_at.unwrap_or(now).clamp(now, now.saturating_add(all));
    let next = full_at.saturating_add(one);
    match u64::try_from(next.saturating_sub(now).saturating_sub(all)) {
        Ok(wait) if wait > 0 => Err(Exhausted {
            wait: Duration::from_millis(wait),
        }),
        _ => Ok(next),
    }
}

fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis().max(1)).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// As many as the rate counts at once, and in the time that each needs to come back, one more.
        #[test]
        fn a_quota_gives_what_it_has_and_what_comes_back(count in 1_u32..50, start in 0..1_000_000_000_000_i64) {
            let rate: Rate = format!("{count}/h").parse().unwrap();
            let mut full_at = None;
            for _ in 0..count {
                full_at = Some(one_less(start, full_at, rate).unwrap());
            }
            let wait = one_less(start, full_at, rate).unwrap_err().wait;
            prop_assert!(wait <= Duration::from_hours(1) / count);
            let later = start + milliseconds(wait);
            full_at = Some(one_less(later, full_at, rate).unwrap());
            prop_assert!(one_less(later, full_at, rate).is_err());
        }

        #[test]
        fn a_wrong_clock_keeps_nobody_longer_than_the_quota_takes(now in 0..1_000_000_000_000_i64, wrong in 0..i64::MAX) {
            let rate: Rate = "10/h".parse().unwrap();
            let wait = one_less(now, Some(wrong), rate).err().map(|exhausted| exhausted.wait);
            prop_assert!(wait.is_none_or(|wait| wait <= Duration::from_mins(6)));
        }
    }
}
