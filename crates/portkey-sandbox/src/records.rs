//! The records that more than one domain works with: their rows, and how these are read and written.

pub(crate) mod api_key;
mod grant;
mod integration;
pub(crate) mod log;
pub(crate) mod membership;
mod provider;
mod workspace;

pub(crate) use api_key::ApiKey;
pub(crate) use grant::Grant;
pub(crate) use integration::Integration;
pub(crate) use log::Log;
pub(crate) use provider::Provider;
pub(crate) use workspace::Workspace;
