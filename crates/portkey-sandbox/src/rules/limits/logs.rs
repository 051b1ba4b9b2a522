//! Which logs count towards the limits of an object.

use crate::store::SqlCondition;

/// The logs of requests with an API key.
pub(crate) fn logs_of_api_key(id: &str) -> SqlCondition {
    SqlCondition::default().and("api_key_id = ?").with([id])
}

/// The logs of requests in a workspace.
pub(crate) fn logs_of_workspace(id: &str) -> SqlCondition {
    SqlCondition::default().and("workspace_id = ?").with([id])
}

/// The logs of requests to a provider.
pub(crate) fn logs_of_provider(slug: &str) -> SqlCondition {
    SqlCondition::default().and("virtual_key = ?").with([slug])
}

/// The logs of requests from a workspace to an integration, by any of its providers in the workspace.
pub(crate) fn logs_of_grant(integration: &str, workspace: &str) -> SqlCondition {
    let providers = "virtual_key IN
        (SELECT slug FROM providers WHERE integration_id = ? AND workspace_id = ?)";
    let condition = SqlCondition::default().and(providers);
    condition.with([integration, workspace])
}
