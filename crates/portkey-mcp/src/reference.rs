//! What the documentation says of settings and commands, by their declarations.

pub use crate::cli::reference as commands;
pub use crate::config::{
    live as live_settings, reference as settings, reference_of as settings_named,
    schema as configuration_schema, variables,
};
