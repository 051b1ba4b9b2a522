//! Every setting, once: flag, environment variable, meaning. Only this module reads the environment.

mod changes;
mod environment;
mod settings;
mod tables;

pub use changes::Changes;
pub use environment::{Environment, UnknownVariable};
pub use settings::{
    AuthKind, AuthSettings, DrainSettings, HttpSettings, InvalidPublicUrl, LimitSettings,
    NoAddress, ProxyHeader, PublicUrl, ScalingSettings, Sessions, Settings, SharedStateAddress,
    Structured, TlsSettings, TransportKind, UpstreamSettings, is_local, is_protected,
};
pub use tables::{AccessTables, GrantTable, IssuerTable, KeyReference, NoReference, ProfileTable};
