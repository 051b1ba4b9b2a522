//! Pages of the documentation that follow from the declarations of settings and commands.

pub use crate::cli::reference as commands;
pub use crate::config::{reference as settings, schema as configuration_schema};
