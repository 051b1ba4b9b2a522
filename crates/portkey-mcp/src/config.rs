//! Every setting, once: flag, environment variable, meaning. Only this module reads the environment.

mod environment;
mod settings;
mod tables;

pub use environment::{Environment, UnknownVariable};
pub use settings::{
    HttpSettings, LimitSettings, NoAddress, ProxyHeader, ScalingSettings, Sessions, Settings,
    SharedStateAddress, Structured, TransportKind, UpstreamSettings,
};
pub use tables::{AccessTables, GrantTable, IssuerTable, KeyReference, NoReference, ProfileTable};
