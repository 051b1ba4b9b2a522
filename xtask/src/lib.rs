//! Chores that need the workspace.

mod broken;

pub mod bless;
pub mod ci;
pub mod docs;
pub mod drift;
pub mod layers;
pub mod openapi;
pub mod size;
mod sources;
pub mod table;
pub mod tidy;
pub mod tokens;

use std::path::Path;

pub use broken::Broken;

/// The folder of the workspace.
pub(crate) fn root() -> &'static Path {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask)
}
