//! Chores that need the workspace.

mod broken;

pub mod bench;
pub mod bless;
pub mod ci;
mod command;
pub mod dist;
pub mod docs;
pub mod drift;
pub mod layers;
pub mod openapi;
pub mod rehearse;
pub mod size;
mod sources;
pub mod table;
pub mod tidy;
pub mod tokens;

use std::{
    env,
    path::{Path, PathBuf},
};

pub use broken::Broken;

/// The folder of the workspace.
pub(crate) fn root() -> &'static Path {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask)
}

/// The folder in which cargo builds the workspace.
pub(crate) fn target() -> PathBuf {
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| "target".into(), PathBuf::from);
    root().join(target)
}
