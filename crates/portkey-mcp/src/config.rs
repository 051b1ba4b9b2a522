//! Every setting, once: flag, environment variable, meaning. Only this module reads the environment.

mod environment;
mod settings;
mod tables;

pub use environment::{Environment, UnknownVariable};
pub use settings::{
    AllowedHost, AllowedOrigin, HttpSettings, InvalidName, PublicUrl, Sessions, Settings,
    Structured, TransportKind,
};
pub(crate) use settings::{is_local, is_loopback, origin};
pub use tables::{AccessTables, GrantTable, IssuerTable, KeyReference, NoReference, ProfileTable};
