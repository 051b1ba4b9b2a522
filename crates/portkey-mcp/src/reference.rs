//! What the documentation says of settings, commands and lists of tools, by their declarations.

pub use crate::cli::reference as commands;
pub use crate::config::{
    live as live_settings, reference as settings, reference_of as settings_named,
    schema as configuration_schema, variables,
};
pub use crate::server::surface_texts;
