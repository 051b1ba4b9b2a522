//! Other names by which callers may know a tool.

/// Names that callers may know a tool by, and the name it has here. They are understood and never listed.
const ALIASES: &[(&str, &str)] = &[
    ("get_users_analytics", "get_user_analytics"),
    ("get_error_stacks_analytics", "get_status_code_analytics"),
    ("get_user_requests_analytics", "get_requests_per_user"),
    ("get_rescued_requests_analytics", "get_rescued_requests"),
    ("get_feedback_models_analytics", "get_feedback_per_model"),
    (
        "get_feedback_scores_analytics",
        "get_feedback_score_distribution",
    ),
    ("get_feedback_weighted_analytics", "get_weighted_feedback"),
    ("get_analytics_group_users", "get_user_stats"),
    ("get_analytics_group_models", "get_analytics_by_models"),
    ("get_analytics_group_metadata", "get_analytics_by_metadata"),
    ("list_prompt_partial_versions", "list_partial_versions"),
    ("publish_prompt_partial", "publish_partial"),
    (
        "delete_mcp_server_connection",
        "disconnect_mcp_server_connection",
    ),
    ("list_users", "list_all_users"),
    ("create_user_invite", "invite_user"),
    ("add_workspace_members", "add_workspace_member"),
    ("delete_integration_models", "delete_integration_model"),
];

/// The name under which the catalog holds the tool.
pub(super) fn current_name(name: &str) -> &str {
    let alias = ALIASES.iter().find(|(alias, _)| *alias == name);
    alias.map_or(name, |(_, current)| current)
}

/// All of them.
pub(super) fn all() -> impl Iterator<Item = (&'static str, &'static str)> {
    ALIASES.iter().copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::operations_alone;

    #[test]
    fn every_alias_leads_to_a_tool_and_hides_none() {
        let catalog = operations_alone();
        for (alias, name) in ALIASES {
            assert!(
                catalog.tools().any(|tool| tool.name() == *name),
                "{alias} leads to no tool {name}"
            );
            assert!(
                !catalog.tools().any(|tool| tool.name() == *alias),
                "{alias} is a tool itself"
            );
        }
    }
}
