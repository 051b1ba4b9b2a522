//! The journal that replicas share, in `PostgreSQL`.

use std::time::Duration;

use async_trait::async_trait;
use deadpool_postgres::Object;
use tokio_postgres::{Row, types::ToSql};

use super::{
    Change, ChangeFilter, Journal, JournalEntry, JournalFailure, UNDER_WAY, UnusableJournal, Use,
    forgetting::{self, MARK, oldest},
};
use crate::database::{Database, DatabaseUrl, Failed, Schema};

const SCHEMA: Schema = Schema {
    table: "changes",
    sql: include_str!("schema.sql"),
    lock: 1_886_087_794,
};
const PUT: &str = include_str!("put.sql");
const BEGIN: &str = include_str!("begin.sql");
/// Takes a lock for the change that is undone, so that two callers cannot both begin to undo it.
const LOCK: &str = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))";
const LIST: &str = "
SELECT record, (SELECT u.id FROM changes u WHERE u.undoes = c.id AND u.outcome = 'done' LIMIT 1)
FROM changes c
WHERE place = $1 AND ($2::text IS NULL OR id = $2) AND ($3::text IS NULL OR principal = $3)
    AND ($4::text IS NULL OR tool = $4) AND ($5::text IS NULL OR strpos(target, $5) > 0)
    AND ($6::bigint IS NULL OR at >= $6)
ORDER BY at DESC, id LIMIT $7";

/// The largest number of connections. Storing a change takes little time, so a few connections serve many calls.
const CONNECTIONS: usize = 4;

/// A journal in a database that replicas share. It connects when it is first needed.
#[derive(Debug)]
pub(crate) struct Postgres {
    database: Database,
    keep: Duration,
}

impl Postgres {
    /// Returns the journal in the database at this address.
    pub(crate) fn at(url: &DatabaseUrl, keep: Duration) -> Result<Self, UnusableJournal> {
        let database = Database::at(url, SCHEMA, CONNECTIONS)?;
        Ok(Self { database, keep })
    }

    async fn work<T>(
        &self,
        used: Use,
        work: impl AsyncFnOnce(&mut Object) -> Result<T, Failed>,
    ) -> Result<T, JournalFailure> {
        let done = self.database.work(work).await;
        done.map_err(|source| JournalFailure {
            place: self.database.place().to_owned(),
            used,
            source,
        })
    }
}

#[async_trait]
impl Journal for Postgres {
    async fn put(&self, change: &Change) -> Result<(), JournalFailure> {
        let put = async |connection: &mut Object| write(connection, change, self.keep).await;
        self.work(Use::Write, put).await
    }

    async fn begin(&self, change: &Change) -> Result<bool, JournalFailure> {
        let begin = async |connection: &mut Object| begin(connection, change).await;
        self.work(Use::Write, begin).await
    }

    async fn list(&self, wanted: &ChangeFilter) -> Result<Vec<JournalEntry>, JournalFailure> {
        let list = async |connection: &mut Object| read(connection, wanted).await;
        self.work(Use::Read, list).await
    }

    async fn check(&self) -> Result<(), JournalFailure> {
        self.work(Use::Open, async |_: &mut Object| Ok(())).await
    }
}

async fn write(connection: &Object, change: &Change, keep: Duration) -> Result<(), Failed> {
    forget(connection, keep).await?;
    let put = connection.prepare_cached(PUT).await?;
    let record = serde_json::to_string(change)?;
    let (outcome, record) = (change.outcome.as_str(), record.as_str());
    let row = row(change, &outcome, &record);
    connection.execute(&put, &row).await?;
    Ok(())
}

/// Returns the values of a change in the order of the columns.
fn row<'a>(change: &'a Change, outcome: &'a &str, record: &'a &str) -> [&'a (dyn ToSql + Sync); 9] {
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

async fn begin(connection: &mut Object, change: &Change) -> Result<bool, Failed> {
    let transaction = connection.transaction().await?;
    if let Some(undone) = &change.undoes {
        transaction.query_one(LOCK, &[undone]).await?;
    }
    let record = serde_json::to_string(change)?;
    let (outcome, record) = (change.outcome.as_str(), record.as_str());
    let under_way = oldest(UNDER_WAY);
    let mut begun = row(change, &outcome, &record).to_vec();
    begun.push(&under_way);
    let kept = transaction.execute(BEGIN, &begun).await?;
    transaction.commit().await?;
    Ok(kept == 1)
}

/// Deletes changes that are too old.
async fn forget(connection: &Object, keep: Duration) -> Result<(), Failed> {
    let mark = "SELECT at FROM changes WHERE id = $1";
    let mark = connection.prepare_cached(mark).await?;
    let mark = connection.query_opt(&mark, &[&MARK]).await?;
    let mark = mark.map(|row| row.try_get(0)).transpose()?;
    let Some(look) = forgetting::look(keep, mark) else {
        return Ok(());
    };
    if let Some(before) = look.forget_before {
        let forget = "DELETE FROM changes WHERE at < $1";
        connection.execute(forget, &[&before]).await?;
    }
    let kept = [&MARK as _, &look.mark as _];
    connection.execute(forgetting::KEEP_MARK, &kept).await?;
    Ok(())
}

async fn read(connection: &Object, wanted: &ChangeFilter) -> Result<Vec<JournalEntry>, Failed> {
    let list = connection.prepare_cached(LIST).await?;
    let rows = connection
        .query(
            &list,
            &[
                &wanted.organisation,
                &wanted.id,
                &wanted.principal,
                &wanted.tool,
                &wanted.target,
                &wanted.since,
                &i64::from(wanted.most),
            ],
        )
        .await?;
    rows.iter().map(entry).collect()
}

fn entry(row: &Row) -> Result<JournalEntry, Failed> {
    let record: String = row.try_get(0)?;
    Ok(JournalEntry {
        change: serde_json::from_str(&record)?,
        undone_by: row.try_get(1)?,
    })
}
