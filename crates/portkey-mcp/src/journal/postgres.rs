use std::{error::Error, fmt, io, path::PathBuf, time::Duration};

use async_trait::async_trait;
use deadpool_postgres::{Manager, Object, Pool, Runtime};
use rustls::{ClientConfig, RootCertStore, crypto::ring};
use secrecy::ExposeSecret as _;
use tokio::sync::OnceCell;
use tokio_postgres::{Config, NoTls, Row, config::SslMode};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::{
    Change, DatabaseUrl, Entry, Journal, JournalFailure, UnusableJournal, Wanted, sqlite::oldest,
};

const SCHEMA: &str = include_str!("schema.sql");
const PUT: &str = include_str!("put.sql");
const LIST: &str = "
SELECT record, (SELECT u.id FROM changes u WHERE u.undoes = c.id AND u.outcome = 'done' LIMIT 1)
FROM changes c
WHERE place = $1 AND ($2::text IS NULL OR id = $2) AND ($3::text IS NULL OR principal = $3)
    AND ($4::text IS NULL OR tool = $4) AND ($5::text IS NULL OR strpos(target, $5) > 0)
    AND ($6::bigint IS NULL OR at >= $6)
ORDER BY at DESC, id LIMIT $7";

/// Replicas that start together make the table one after the other.
const ALONE: &str = "SELECT pg_advisory_xact_lock(1886087794)";
/// What a change needs is little, so a few connections serve many.
const CONNECTIONS: usize = 4;
/// Longer than this no change waits for its journal.
const PATIENCE: Duration = Duration::from_secs(5);

type Failed = Box<dyn Error + Send + Sync>;

/// A journal in a database that replicas share. Connected when it is first needed.
pub struct Postgres {
    pool: Pool,
    place: String,
    keep: Duration,
    is_ready: OnceCell<()>,
}

impl Postgres {
    /// In the database at this address.
    pub fn at(url: &DatabaseUrl, keep: Duration) -> Result<Self, UnusableJournal> {
        let unreadable =
            |(path, source): (PathBuf, io::Error)| UnusableJournal::File { path, source };
        let url = url.read().map_err(unreadable)?;
        let unusable = |error: Failed| UnusableJournal::Address(error);
        let config: Config = url
            .expose_secret()
            .parse()
            .map_err(|error: tokio_postgres::Error| unusable(error.into()))?;
        let place = place(&config);
        let manager = if config.get_ssl_mode() == SslMode::Disable {
            Manager::new(config, NoTls)
        } else {
            Manager::new(config, tls().map_err(|error| unusable(error.into()))?)
        };
        let pool = Pool::builder(manager)
            .max_size(CONNECTIONS)
            .runtime(Runtime::Tokio1)
            .wait_timeout(Some(PATIENCE))
            .create_timeout(Some(PATIENCE))
            .recycle_timeout(Some(PATIENCE))
            .build()
            .map_err(|error| unusable(error.into()))?;
        Ok(Self {
            pool,
            place,
            keep,
            is_ready: OnceCell::new(),
        })
    }

    /// A connection to a database that has the table.
    async fn connection(&self) -> Result<Object, Failed> {
        let mut connection = self.pool.get().await?;
        let prepared = self.is_ready.get_or_try_init(async || {
            let transaction = connection.transaction().await?;
            transaction.batch_execute(ALONE).await?;
            transaction.batch_execute(SCHEMA).await?;
            transaction.commit().await
        });
        prepared.await?;
        Ok(connection)
    }

    async fn write(&self, change: &Change) -> Result<(), Failed> {
        let connection = self.connection().await?;
        let forget = connection
            .prepare_cached("DELETE FROM changes WHERE at < $1")
            .await?;
        connection.execute(&forget, &[&oldest(self.keep)]).await?;
        let put = connection.prepare_cached(PUT).await?;
        let record = serde_json::to_string(change)?;
        let outcome = change.outcome.as_str();
        connection
            .execute(
                &put,
                &[
                    &change.id,
                    &change.at,
                    &change.place,
                    &change.principal,
                    &change.tool,
                    &change.target,
                    &outcome,
                    &change.undoes,
                    &record,
                ],
            )
            .await?;
        Ok(())
    }

    async fn read(&self, wanted: &Wanted) -> Result<Vec<Entry>, Failed> {
        let connection = self.connection().await?;
        let list = connection.prepare_cached(LIST).await?;
        let rows = connection
            .query(
                &list,
                &[
                    &wanted.place,
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

    /// Waits no longer than a change may wait.
    async fn in_time<T>(
        &self,
        used: &'static str,
        work: impl Future<Output = Result<T, Failed>>,
    ) -> Result<T, JournalFailure> {
        let done = tokio::time::timeout(PATIENCE * 2, work).await;
        let done = done.unwrap_or_else(|late| Err(late.into()));
        done.map_err(|source| JournalFailure {
            place: self.place.clone(),
            used,
            source: told(&source),
        })
    }
}

/// The client's errors say no more than `db error`; what happened is behind them.
fn told(error: &Failed) -> Failed {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text.into()
}

fn entry(row: &Row) -> Result<Entry, Failed> {
    let record: String = row.try_get(0)?;
    Ok(Entry {
        change: serde_json::from_str(&record)?,
        undone_by: row.try_get(1)?,
    })
}

/// TLS that trusts whom the system trusts. A system that trusts nobody can still do without TLS.
fn tls() -> Result<MakeRustlsConnect, rustls::Error> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let config = ClientConfig::builder_with_provider(ring::default_provider().into())
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

/// How the database is called, without its password.
fn place(config: &Config) -> String {
    let host = config.get_hosts().iter().find_map(|host| match host {
        tokio_postgres::config::Host::Tcp(name) => Some(name.as_str()),
        #[cfg(unix)]
        tokio_postgres::config::Host::Unix(path) => path.to_str(),
    });
    let database = config.get_dbname().unwrap_or_default();
    format!("postgres://{}/{database}", host.unwrap_or_default())
}

#[async_trait]
impl Journal for Postgres {
    async fn put(&self, change: &Change) -> Result<(), JournalFailure> {
        self.in_time("written", self.write(change)).await
    }

    async fn list(&self, wanted: &Wanted) -> Result<Vec<Entry>, JournalFailure> {
        self.in_time("read", self.read(wanted)).await
    }

    async fn check(&self) -> Result<(), JournalFailure> {
        let connected = async { self.connection().await.map(drop) };
        self.in_time("opened", connected).await
    }
}

impl fmt::Debug for Postgres {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Postgres({})", self.place)
    }
}
