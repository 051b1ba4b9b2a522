//! Research keeps what is said to itself.

use serde_json::json;

use super::{Seed, workspaces};
use crate::log_exports;

pub(super) fn fill(seed: &Seed<'_>) -> rusqlite::Result<()> {
    let content = json!(["request", "response"]);
    log_exports::deny(seed.db, &workspaces::id("Research"), &content)
}
