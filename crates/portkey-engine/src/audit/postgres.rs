//! The audit log in a `PostgreSQL` table.

use async_trait::async_trait;
use deadpool_postgres::Object;

use super::{AuditEntry, AuditFailure, AuditLog, Broken, Chain, Link, Unwritable, Verification};
use crate::database::{Database, DatabaseUrl, Failed, Schema};

/// Entries are only ever added, so the database user needs no rights but to insert and to select.
const SCHEMA: Schema = Schema {
    table: "audit",
    sql: "CREATE TABLE audit (sequence BIGINT PRIMARY KEY, line TEXT NOT NULL)",
    lock: 1_886_087_795,
};
/// Takes a lock that all replicas share, because each entry needs the hash of the last one.
const LOCK: &str = "SELECT pg_advisory_xact_lock(1886087796)";
const LAST: &str = "SELECT line FROM audit ORDER BY sequence DESC LIMIT 1";
const APPEND: &str =
    "INSERT INTO audit (sequence, line) SELECT * FROM unnest($1::bigint[], $2::text[])";
const READ: &str =
    "SELECT sequence, line FROM audit WHERE sequence > $1 ORDER BY sequence LIMIT 10000";
const LATEST: &str = "SELECT line FROM audit ORDER BY sequence DESC LIMIT $1";
const CHECK: &str = "SELECT 1 FROM audit LIMIT 1";

/// A chain of entries in a database that replicas share.
#[derive(Debug)]
pub struct PostgresLog {
    database: Database,
}

impl PostgresLog {
    /// Returns the log in the database at this address.
    pub fn at(url: &DatabaseUrl) -> Result<Self, AuditFailure> {
        let database = Database::at(url, SCHEMA, 1)?;
        Ok(Self { database })
    }

    /// Checks the chain in the database, as [`verify`](super::verify) checks a file.
    pub async fn verify(&self, head: Option<&str>) -> Result<Result<Chain, Broken>, Unwritable> {
        let mut verification = Verification::begin(head);
        let mut last = 0;
        loop {
            let read = async |connection: &mut Object| lines_after(connection, last).await;
            let lines = self.work(read).await?;
            let Some((latest, _)) = lines.last() else {
                return Ok(verification.end());
            };
            last = *latest;
            for (_, line) in &lines {
                if let Err(broken) = verification.add(line.as_bytes()) {
                    return Ok(Err(broken));
                }
            }
        }
    }

    /// Returns the last lines of the chain, the latest last.
    pub async fn last(&self, most: usize) -> Result<Vec<String>, Unwritable> {
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let read = async |connection: &mut Object| {
            let rows = connection.query(LATEST, &[&most]).await?;
            let lines = rows.iter().rev().map(|row| Ok(row.try_get(0)?));
            lines.collect()
        };
        self.work(read).await
    }

    async fn work<T>(
        &self,
        work: impl AsyncFnOnce(&mut Object) -> Result<T, Failed>,
    ) -> Result<T, Unwritable> {
        let done = self.database.work(work).await;
        done.map_err(|failed| Unwritable {
            place: self.place(),
            reason: failed.to_string(),
        })
    }

    /// Returns the name of the database, without its password.
    pub fn place(&self) -> String {
        self.database.place().to_owned()
    }
}

#[async_trait]
impl AuditLog for PostgresLog {
    async fn check(&mut self) -> Result<(), Unwritable> {
        let check = async |connection: &mut Object| Ok(connection.batch_execute(CHECK).await?);
        self.work(check).await
    }

    async fn append(&mut self, entries: &[AuditEntry]) -> Result<(), Unwritable> {
        let append = async |connection: &mut Object| append(connection, entries).await;
        self.work(append).await
    }

    fn place(&self) -> String {
        self.place()
    }
}

/// Returns the next lines after `last`, in portions, so that a long chain does not have to fit into memory.
async fn lines_after(connection: &Object, last: i64) -> Result<Vec<(i64, String)>, Failed> {
    let rows = connection.query(READ, &[&last]).await?;
    let lines = rows
        .iter()
        .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)));
    lines.collect()
}

async fn append(connection: &mut Object, entries: &[AuditEntry]) -> Result<(), Failed> {
    let transaction = connection.transaction().await?;
    transaction.batch_execute(LOCK).await?;
    let mut last = match transaction.query_opt(LAST, &[]).await? {
        Some(row) => Link::read(row.try_get(0)?)?,
        None => Link::default(),
    };
    let mut numbers = Vec::new();
    let mut lines = Vec::new();
    for entry in entries {
        let (line, next) = last.next(entry)?;
        numbers.push(i64::try_from(next.sequence)?);
        lines.push(line);
        last = next;
    }
    transaction.execute(APPEND, &[&numbers, &lines]).await?;
    Ok(transaction.commit().await?)
}
