//! Every setting, once: flag, environment variable, meaning. Only this module reads the environment.

mod environment;
mod settings;
mod tables;

pub use environment::{Environment, UnknownVariable};
pub use settings::{
    AuthKind, AuthSettings, HttpSettings, InvalidPublicUrl, LimitSettings, NoAddress, ProxyHeader,
    PublicUrl, ScalingSettings, Sessions, Settings, SharedStateAddress, Structured, TransportKind,
    UpstreamSettings, is_local, is_protected,
};
pub use tables::{AccessTables, GrantTable, IssuerTable, KeyReference, NoReference, ProfileTable};
