//! The configuration: flags, environment variables and the file. Only this module reads the environment.

mod connection;
mod declared;
mod edition;
mod effective;
mod environment;
mod file;
mod file_watcher;
mod former_names;
mod key_flaw;
mod key_reference;
mod loosening;
mod reference;
mod schema;
mod settings;
mod tables;
mod user_folders;
mod variables;

use std::path::Path;

pub(crate) use connection::ProfileFailure;
pub(crate) use declared::without_secret;
pub(crate) use file_watcher::FileWatcher;
use portkey_engine::{
    policy::{Origin, Policy, Quotas, Rules},
    private_file,
    secrets::{self, Destination, Own, Secrets, SourceList, Sources},
};

pub(crate) use effective::EffectiveSettings;
pub use environment::known as variables;
pub(crate) use environment::{Environment, KEY, UnknownVariable};
pub(crate) use file::{ConfigurationFile, Problem, Problems};
pub(crate) use former_names::FormerName;
pub(crate) use key_flaw::KeyFlaw;
pub(crate) use key_reference::{KeyReference, NoKey, NoReference};
pub(crate) use loosening::{Loosening, Restrictions};
pub(crate) use reference::row;
pub use reference::{live, reference, reference_of, variable_of};
pub use schema::schema;
pub(crate) use settings::{
    AllowedHost, AllowedOrigin, AuthKind, AuthSettings, CollectorHeaders, DrainSettings,
    FileSetting, HttpSettings, LimitSettings, LogFormat, OtlpProtocol, ProxyHeader, PublicUrl,
    ResourceAttributes, SandboxSetting, ScalingSettings, Settings, Structured, Surface,
    TelemetrySettings, TlsSettings, TracesSampler, TransportKind, is_local, is_protected,
};
pub(crate) use settings::{is_address, is_loopback, is_of_this_machine, origin};
pub(crate) use tables::{AccessTables, DEFAULT_PROFILE, GrantTable, IssuerTable, UnknownProfile};
pub(crate) use user_folders::{System, UserFolders, folder, in_path};
pub(crate) use variables::{proxies, variable};

/// Everything that the operator configured, except how the HTTP server is reached.
#[derive(Debug, Clone)]
pub(crate) struct Configuration {
    /// From flags, the environment and the file.
    pub(crate) settings: Settings,
    /// From the environment alone.
    pub(crate) environment: Environment,
    /// From the file alone.
    pub(crate) tables: AccessTables,
    /// The variables and files of this program, which no secret reference may read.
    pub(crate) own: Own,
}

impl Configuration {
    /// The policy that holds for every principal. Grants and tokens can only restrict it further.
    pub(crate) fn policy(&self) -> Policy {
        Policy::of(self.rules())
    }

    fn rules(&self) -> Rules {
        let settings = self.settings.policy.clone();
        Rules {
            origin: Origin::Server,
            read_only: settings.read_only,
            allow: settings.allow,
            deny: settings.deny,
            effects: settings.effects,
            workspaces: settings.only_workspaces,
            confirm: Some(self.settings.confirm.confirm),
            secret_sources: None,
            quotas: Quotas {
                deletes: Some(settings.quota_deletes),
                keys: Some(settings.quota_keys),
            },
        }
    }

    /// Where new secrets go, to `otherwise` if no setting says so, and where secret references may read.
    pub(crate) fn secrets(&self, otherwise: Option<Destination>) -> Secrets {
        let destination = self.settings.secrets.clone().or(otherwise);
        let sink = secrets::open(destination, &self.own);
        let mut own = self.own.clone();
        // Secrets that were kept in the default file before may still be there.
        let usual = private_file::in_data_directory("secrets.jsonl");
        own.files
            .extend(sink.file().map(Path::to_owned).into_iter().chain(usual));
        let sources = Sources::new(
            SourceList(self.settings.secret_sources.clone()),
            own,
            variable,
        );
        Secrets { sink, sources }
    }
}
