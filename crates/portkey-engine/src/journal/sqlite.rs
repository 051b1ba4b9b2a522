//! The journal of one process, in an `SQLite` file or in memory.

use std::{path::PathBuf, time::Duration};

use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension as _, Row, ToSql, TransactionBehavior, params};

use super::{
    Change, ChangeFilter, Journal, JournalEntry, JournalFailure, UNDER_WAY, Use,
    forgetting::{self, MARK, oldest},
};
use crate::{database::Failed, sqlite_file::SqliteFile};

const SCHEMA: &str = include_str!("schema.sql");
const PUT: &str = include_str!("put.sql");
const BEGIN: &str = include_str!("begin.sql");
const LIST: &str = "
SELECT record, (SELECT u.id FROM changes u WHERE u.undoes = c.id AND u.outcome = 'done' LIMIT 1)
FROM changes c
WHERE place = $1 AND ($2 IS NULL OR id = $2) AND ($3 IS NULL OR principal = $3) AND ($4 IS NULL OR tool = $4)
    AND ($5 IS NULL OR instr(target, $5) > 0) AND ($6 IS NULL OR at >= $6)
ORDER BY at DESC, rowid DESC LIMIT $7";

/// A journal in a file or in memory. Changes older than `keep` are deleted.
#[derive(Debug, Clone)]
pub struct Sqlite {
    file: SqliteFile,
    keep: Duration,
}

impl Sqlite {
    /// Returns a journal in a file that only its owner can read.
    pub fn at(path: PathBuf, keep: Duration) -> Self {
        Self {
            file: SqliteFile::at(path, SCHEMA),
            keep,
        }
    }

    /// Returns a journal that lives as long as this process.
    pub fn in_memory(keep: Duration) -> Self {
        Self {
            file: SqliteFile::in_memory(SCHEMA),
            keep,
        }
    }

    async fn with<T: Send + 'static>(
        &self,
        used: Use,
        work: impl FnOnce(&mut Connection) -> Result<T, Failed> + Send + 'static,
    ) -> Result<T, JournalFailure> {
        let done = self.file.work(work).await;
        done.map_err(|source| JournalFailure {
            place: self.file.to_string(),
            used,
            source,
        })
    }
}

#[async_trait]
impl Journal for Sqlite {
    async fn put(&self, change: &Change) -> Result<(), JournalFailure> {
        let change = change.clone();
        let keep = self.keep;
        self.with(Use::Write, move |connection| {
            let transaction =
                connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            forget(&transaction, keep)?;
            put(&transaction, &change)?;
            Ok(transaction.commit()?)
        })
        .await
    }

    async fn begin(&self, change: &Change) -> Result<bool, JournalFailure> {
        let change = change.clone();
        let under_way = oldest(UNDER_WAY);
        self.with(Use::Write, move |connection| {
            let (outcome, record) = (change.outcome.as_str(), serde_json::to_string(&change)?);
            let record = record.as_str();
            let mut begun = row(&change, &outcome, &record).to_vec();
            begun.push(&under_way);
            let kept = connection
                .prepare_cached(BEGIN)?
                .execute(begun.as_slice())?;
            Ok(kept == 1)
        })
        .await
    }

    async fn list(&self, wanted: &ChangeFilter) -> Result<Vec<JournalEntry>, JournalFailure> {
        let wanted = wanted.clone();
        self.with(Use::Read, move |connection| {
            let mut statement = connection.prepare_cached(LIST)?;
            let filters = params![
                wanted.organisation,
                wanted.id,
                wanted.principal,
                wanted.tool,
                wanted.target,
                wanted.since,
                wanted.most,
            ];
            let rows = statement.query_map(filters, |row| Ok(entry(row)))?;
            rows.map(|row| row?).collect()
        })
        .await
    }

    async fn check(&self) -> Result<(), JournalFailure> {
        self.with(Use::Open, |_| Ok(())).await
    }
}

/// Deletes changes that are too old.
fn forget(connection: &Connection, keep: Duration) -> Result<(), Failed> {
    let mark = "SELECT at FROM changes WHERE id = ?";
    let mark = connection
        .prepare_cached(mark)?
        .query_row([MARK], |row| row.get(0))
        .optional()?;
    let Some(look) = forgetting::look(keep, mark) else {
        return Ok(());
    };
    if let Some(before) = look.forget_before {
        connection.execute("DELETE FROM changes WHERE at < ?", [before])?;
    }
    connection.execute(forgetting::KEEP_MARK, params![MARK, look.mark])?;
    Ok(())
}

fn put(connection: &Connection, change: &Change) -> Result<(), Failed> {
    let (outcome, record) = (change.outcome.as_str(), serde_json::to_string(change)?);
    let record = record.as_str();
    let row = row(change, &outcome, &record);
    connection.prepare_cached(PUT)?.execute(row)?;
    Ok(())
}

/// Returns the values of a change in the order of the columns.
fn row<'a>(change: &'a Change, outcome: &'a &str, record: &'a &str) -> [&'a dyn ToSql; 9] {
    [
        &change.id,
        &change.at,
        &change.organisation,
        &change.principal,
        &change.tool,
        &change.target,
        outcome,
        &change.undoes,
        record,
    ]
}

fn entry(row: &Row<'_>) -> Result<JournalEntry, Failed> {
    let record: String = row.get(0)?;
    Ok(JournalEntry {
        change: serde_json::from_str(&record)?,
        undone_by: row.get(1)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::Ending;

    const MONTH: Duration = Duration::from_hours(30 * 24);

    fn change(id: &str, age: Duration) -> Change {
        Change {
            id: id.to_owned(),
            at: oldest(age),
            target: "PUT /configs/pc-1".to_owned(),
            outcome: Ending::Unknown,
            ..Change::sample("update_config")
        }
    }

    fn everything() -> ChangeFilter {
        ChangeFilter {
            id: None,
            most: 100,
            ..ChangeFilter::one("here", "")
        }
    }

    #[tokio::test]
    async fn a_change_is_found_as_it_was_last_put() {
        let journal = Sqlite::in_memory(MONTH);
        let mut made = change("1", Duration::ZERO);
        journal.put(&made).await.unwrap();
        made.outcome = Ending::Done;
        journal.put(&made).await.unwrap();
        let mut undo = change("2", Duration::ZERO);
        undo.undoes = Some("1".to_owned());
        undo.outcome = Ending::Done;
        journal.put(&undo).await.unwrap();
        let found = journal.list(&ChangeFilter::one("here", "1")).await.unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].change, made);
        assert_eq!(found[0].undone_by.as_deref(), Some("2"));
        assert!(
            journal
                .list(&ChangeFilter::one("there", "1"))
                .await
                .unwrap()
                .is_empty()
        );
    }

    #[tokio::test]
    async fn of_all_who_undo_a_change_at_the_same_time_one_begins() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.sqlite");
        // Two processes of one user share the file.
        let journals = [0, 1].map(|_| Sqlite::at(path.clone(), MONTH));
        let made = change("made", Duration::ZERO);
        assert!(journals[0].begin(&made).await.unwrap());
        let undo = |id: usize, age| Change {
            undoes: Some("made".to_owned()),
            ..change(&id.to_string(), age)
        };
        let begun = (0..8).map(|id| {
            let (journal, undo) = (journals[id % 2].clone(), undo(id, Duration::ZERO));
            async move { journal.begin(&undo).await.unwrap() }
        });
        let begun = futures_util::future::join_all(begun).await;
        assert_eq!(begun.iter().filter(|begun| **begun).count(), 1);
        // One that failed did not undo it.
        let first = begun.iter().position(|begun| *begun).unwrap();
        let failed = Change {
            outcome: Ending::Failed,
            ..undo(first, Duration::ZERO)
        };
        journals[0].put(&failed).await.unwrap();
        assert!(journals[1].begin(&undo(8, Duration::ZERO)).await.unwrap());
    }

    #[tokio::test]
    async fn an_undo_that_nobody_knows_the_end_of_is_in_the_way_for_a_while_only() {
        let journal = Sqlite::in_memory(MONTH);
        let undo = |id: &str, age| Change {
            undoes: Some("made".to_owned()),
            ..change(id, age)
        };
        assert!(journal.begin(&undo("lost", UNDER_WAY)).await.unwrap());
        assert!(journal.begin(&undo("again", Duration::ZERO)).await.unwrap());
        assert!(!journal.begin(&undo("third", Duration::ZERO)).await.unwrap());
    }

    #[tokio::test]
    async fn filters_narrow_and_the_latest_comes_first() {
        let journal = Sqlite::in_memory(MONTH);
        for (id, age) in [("old", 60), ("new", 1)] {
            journal
                .put(&change(id, Duration::from_secs(age)))
                .await
                .unwrap();
        }
        let ids = async |wanted: ChangeFilter| -> Vec<String> {
            let found = journal.list(&wanted).await.unwrap();
            found.into_iter().map(|entry| entry.change.id).collect()
        };
        assert_eq!(ids(everything()).await, ["new", "old"]);
        let since = Some(oldest(Duration::from_secs(30)));
        assert_eq!(
            ids(ChangeFilter {
                since,
                ..everything()
            })
            .await,
            ["new"]
        );
        let target = |text: &str| ChangeFilter {
            target: Some(text.to_owned()),
            ..everything()
        };
        assert_eq!(ids(target("pc-1")).await.len(), 2);
        assert!(ids(target("pc-2")).await.is_empty());
        let principal = Some("bob".to_owned());
        assert!(
            ids(ChangeFilter {
                principal,
                ..everything()
            })
            .await
            .is_empty()
        );
        let tool = Some("delete_config".to_owned());
        assert!(
            ids(ChangeFilter {
                tool,
                ..everything()
            })
            .await
            .is_empty()
        );
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn only_the_owner_can_read_the_file() {
        use std::os::unix::fs::PermissionsExt as _;

        let folder = tempfile::tempdir().unwrap();
        let journal = Sqlite::at(folder.path().join("deep/journal.sqlite"), MONTH);
        journal.put(&change("1", Duration::ZERO)).await.unwrap();
        for file in std::fs::read_dir(folder.path().join("deep")).unwrap() {
            let file = file.unwrap();
            let mode = file.metadata().unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0, "{:?}", file.file_name());
        }
    }
}
