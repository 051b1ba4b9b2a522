//! Connections to a `PostgreSQL` database that replicas share, and its tables. Other modules know what is stored in
//! them.

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

/// The longest wait for a connection. A connection and the work on it may take twice as long.
const PATIENCE: Duration = Duration::from_secs(5);

/// Any error, boxed.
pub type Failed = Box<dyn Error + Send + Sync>;

/// A table that is created if it does not exist.
#[derive(Debug, Clone, Copy)]
pub struct Schema {
    /// The name of the table.
    pub table: &'static str,
    /// The statements that create the table and its indexes.
    pub sql: &'static str,
    /// The number of the advisory lock that keeps replicas which start together from creating the table at the same
    /// time.
    pub lock: i64,
}

/// A database that connects when it is first needed.
pub struct Database {
    pool: Pool,
    place: String,
    schema: Schema,
    is_ready: OnceCell<()>,
}

/// The settings name a database that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum UnusableDatabase {
    /// The file that should contain the address cannot be read.
    #[error("{path} cannot be read")]
    File {
        /// The path of the file.
        path: PathBuf,
        /// The error of the file system.
        source: io::Error,
    },
    /// The text is no address. It is not shown, because it may contain a password.
    #[error("this is no address of PostgreSQL, such as `postgres://USER:PASSWORD@HOST/DATABASE`")]
    Address(#[source] Failed),
}

impl Database {
    /// Returns the database at this address, with at most this many connections.
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

    /// Returns the name of the database, without its password.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// Runs work on a connection. Work that takes too long is cancelled, and its transaction is rolled back.
    pub async fn work<T>(
        &self,
        work: impl AsyncFnOnce(&mut Object) -> Result<T, Failed>,
    ) -> Result<T, Failed> {
        let done = async { work(&mut self.connection().await?).await };
        let done = tokio::time::timeout(PATIENCE * 2, done).await;
        done.unwrap_or_else(|late| Err(late.into()))
            // The client's errors only say `db error`; what happened is in their causes.
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

/// Creates the table if it does not exist. The existence is checked first, because the user may have no right to create
/// tables.
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

/// Returns TLS settings that trust the system's certificate authorities. A system without any can still connect without
/// TLS.
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
