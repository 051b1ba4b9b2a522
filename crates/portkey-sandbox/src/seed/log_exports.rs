//! Export restrictions of the seed: the workspace Research exports no requests and responses.

use serde_json::json;

use super::{seeding::Seeding, workspaces};
use crate::domains::log_exports;

pub(super) fn fill(seed: &Seeding<'_>) -> rusqlite::Result<()> {
    let content = json!(["request", "response"]);
    log_exports::deny(seed.db, &workspaces::id("Research"), &content)
}
