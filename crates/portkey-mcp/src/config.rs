//! Every setting, once: flag, environment variable, meaning. Only this module reads the environment.

mod environment;
mod settings;

pub use environment::{Environment, UnknownVariable};
pub use settings::{Settings, Structured, TransportKind};
