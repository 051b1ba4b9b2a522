//! The sources of the workspace: its crates, their modules, and what those import.

mod imports;
mod modules;
mod workspace;

use std::path::Path;

use crate::root;

pub(crate) use modules::{Crate, is_test, is_test_item, line, parse};
pub(crate) use workspace::{Member, members};

/// A path as people at the workspace's root write it.
pub(crate) fn shown(path: &Path) -> &Path {
    path.strip_prefix(root()).unwrap_or(path)
}
