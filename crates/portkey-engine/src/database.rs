//! A `PostgreSQL` that replicas share: how it is addressed, reached and prepared. What is kept there is others' concern.

mod url;

use std::{error::Error, fmt, io, path::PathBuf, time::Duration};

use crate::causes::with_causes;
use deadpool_postgres::{Manager, Object, Pool, Runtime};
use rustls::{ClientConfig, RootCertStore, crypto::ring};
use secrecy::ExposeSecret as _;
use tokio::sync::OnceCell;
use tokio_postgres::{Config, NoTls, config::Host, config::SslMode};
use tokio_postgres_rustls::MakeRustlsConnect;

pub use url::DatabaseUrl;

/// Longer than this nobody waits for a connection; for one and the work on it, twice as long.
const PATIENCE: Duration = Duration::from_secs(5);

/// Why something failed, for whoever tells of it.
pub type Failed = Box<dyn Error + Send + Sync>;

/// A table that is made where it is missing.
#[derive(Debug, Clone, Copy)]
pub struct Schema {
    /// How it is called.
    pub table: &'static str,
    /// What makes it, and what belongs to it.
    pub sql: &'static str,
    /// The number of the advisory lock under which replicas that start together make them one after the other.
    pub lock: i64,
}

/// A database, connected when it is first needed.
pub struct Database {
    pool: Pool,
    place: String,
    schema: Schema,
    is_ready: OnceCell<()>,
}

/// A database that cannot be addressed.
#[derive(Debug, thiserror::Error)]
pub enum UnusableDatabase {
    /// The file that should hold the address cannot be read.
    #[error("{path} cannot be read")]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// What should be an address. It is not shown, because it may hold a password.
    #[error("this is no address of PostgreSQL, such as `postgres://USER:PASSWORD@HOST/DATABASE`")]
    Address(#[source] Failed),
}

impl Database {
    /// At this address, with so many connections at most.
    pub fn at(
        url: &DatabaseUrl,
        schema: Schema,
        connections: usize,
    ) -> Result<Self, UnusableDatabase> {
        let url = url.read()?;
        let config: Config = url.expose_secret().parse().map_err(unusable)?;
        let place = place(&config);
        let manager = if config.get_ssl_mode() == SslMode::Disable {
            Manager::new(config, NoTls)
        } else {
            Manager::new(config, tls().map_err(unusable)?)
        };
        let pool = Pool::builder(manager)
            .max_size(connections)
            .runtime(Runtime::Tokio1)
            .wait_timeout(Some(PATIENCE))
            .create_timeout(Some(PATIENCE))
            .recycle_timeout(Some(PATIENCE))
            .build()
            .map_err(unusable)?;
        Ok(Self {
            pool,
            place,
            schema,
            is_ready: OnceCell::new(),
        })
    }

    /// How it is called, without its password.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// Works on a connection to it. Work that takes too long is left, and a transaction that it was in is rolled back.
    pub async fn work<T>(
        &self,
        work: impl AsyncFnOnce(&mut Object) -> Result<T, Failed>,
    ) -> Result<T, Failed> {
        let done = async { work(&mut self.connection().await?).await };
        let done = tokio::time::timeout(PATIENCE * 2, done).await;
        done.unwrap_or_else(|late| Err(late.into()))
            // The client's errors say no more than `db error`; what happened is behind them.
            .map_err(|failed| with_causes(failed.as_ref()).to_string().into())
    }

    async fn connection(&self) -> Result<Object, Failed> {
        let mut connection = self.pool.get().await?;
        let prepared = self
            .is_ready
            .get_or_try_init(async || prepare(&mut connection, self.schema).await);
        prepared.await?;
        Ok(connection)
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Database({})", self.place)
    }
}

/// Whoever may only use the table, and not make one, is not made to try.
async fn prepare(connection: &mut Object, schema: Schema) -> Result<(), tokio_postgres::Error> {
    let transaction = connection.transaction().await?;
    let alone = "SELECT pg_advisory_xact_lock($1)";
    transaction.execute(alone, &[&schema.lock]).await?;
    let exists = "SELECT to_regclass($1) IS NOT NULL";
    let exists = transaction.query_one(exists, &[&schema.table]).await?;
    if !exists.try_get(0)? {
        transaction.batch_execute(schema.sql).await?;
    }
    transaction.commit().await
}

fn unusable(error: impl Into<Failed>) -> UnusableDatabase {
    UnusableDatabase::Address(error.into())
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

fn place(config: &Config) -> String {
    let host = config.get_hosts().iter().find_map(|host| match host {
        Host::Tcp(name) => Some(name.as_str()),
        #[cfg(unix)]
        Host::Unix(path) => path.to_str(),
    });
    let database = config.get_dbname().unwrap_or_default();
    format!("postgres://{}/{database}", host.unwrap_or_default())
}
