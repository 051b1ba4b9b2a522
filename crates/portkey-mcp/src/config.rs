//! Every setting, once: flag, environment variable, name in the file, meaning. Only this module reads the environment.

mod changes;
mod connection;
mod declared;
mod environment;
mod file;
mod in_force;
mod schema;
mod settings;
mod tables;

pub use changes::Changes;
pub use connection::ProfileFailure;
pub use environment::{Environment, UnknownVariable};
pub use file::{ConfigurationFile, Problem, Problems};
pub use in_force::InForce;
pub use schema::schema;
pub use settings::{
    AllowedHost, AllowedOrigin, AuthKind, AuthSettings, DrainSettings, FileSetting, HttpSettings,
    InvalidName, InvalidPublicUrl, JournalSettings, LimitSettings, LogFormat, NoAddress,
    ProxyHeader, PublicUrl, ScalingSettings, Sessions, Settings, SharedStateAddress, Structured,
    TlsSettings, TransportKind, UpstreamSettings, is_local, is_protected,
};
pub(crate) use settings::{is_loopback, is_of_this_machine, origin};
pub use tables::{
    AccessTables, GrantTable, IssuerTable, KeyReference, NoKey, NoReference, ProfileTable,
    UnknownProfile,
};

use crate::policy::Policy;

/// Everything an operator decided, but how the server is reached.
#[derive(Debug, Clone)]
pub struct Configuration {
    /// From flags, the environment and the file.
    pub settings: Settings,
    /// From the environment alone.
    pub environment: Environment,
    /// From the file alone.
    pub tables: AccessTables,
}

impl Configuration {
    /// What everybody may do, and nobody more.
    pub fn policy(&self) -> Policy {
        Policy {
            read_only: self.settings.read_only,
        }
    }
}
