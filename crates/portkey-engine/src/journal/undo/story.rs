//! How the effect of each operation is taken back, or why it cannot be.

use portkey_api::{
    Effect,
    Method::{Delete, Post},
    Operation,
};

use crate::catalog::Catalog;

/// How what an operation does is taken back.
#[derive(Debug, Clone, Copy)]
pub enum Story {
    /// The values there were before are written again.
    Restore {
        /// By this operation.
        by: &'static Operation,
    },
    /// The version that was published is published again.
    Republish,
    /// The like is made again.
    Recreate {
        /// By this operation.
        by: &'static Operation,
        /// What does not come back with it.
        lost: Option<&'static str>,
    },
    /// What was made is removed.
    Remove {
        /// By this operation.
        by: &'static Operation,
    },
    /// Not at all, for this reason.
    Never(&'static str),
}

/// What cannot come back, and why.
const NEVER: &[(&str, &str)] = &[
    (
        "cancel_log_export",
        "a cancelled export is not resumed: `create_log_export` makes another",
    ),
    (
        "delete_api_key",
        "its key material cannot come back: `create_api_key` makes another key, and whoever used this one needs that",
    ),
    (
        "delete_integration",
        "the provider's credentials in it cannot be read, so they cannot be put back: `create_integration` takes them anew",
    ),
    (
        "delete_mcp_server_tokens",
        "tokens cannot be read, so they cannot be put back: people sign in again",
    ),
    (
        "delete_secret_reference",
        "the credentials of the secret manager cannot be read, so they cannot be put back: `create_secret_reference` \
         takes them anew",
    ),
    (
        "delete_user",
        "people join an organisation only by accepting an invitation: `invite_user` sends one",
    ),
    (
        "delete_user_invite",
        "its link is void and stays so: `invite_user` sends another",
    ),
    (
        "delete_virtual_key",
        "the provider's key in it cannot be read, so it cannot be put back: `create_virtual_key` takes it anew",
    ),
    (
        "disconnect_mcp_server_connection",
        "a sign-in cannot be made for somebody else: they sign in again",
    ),
    (
        "reset_usage_limit_entity",
        "what was used up is forgotten and cannot be counted again",
    ),
    (
        "rotate_api_key",
        "the old key material cannot come back: rotate again, or wait until the transition ends",
    ),
    (
        "sync_mcp_integration",
        "the inventory is what the server itself told: the next synchronisation tells it again",
    ),
    (
        "sync_mcp_server_capabilities",
        "the inventory is what the server itself told: the next synchronisation tells it again",
    ),
    (
        "sync_mcp_server_metadata",
        "the metadata is what the server itself told: the next synchronisation tells it again",
    ),
    (
        "update_feedback",
        "feedback cannot be read, so what it was is not known",
    ),
    (
        "update_log_export",
        "an export is a job, not a setting: `update_log_export` can be called with other filters until it is started",
    ),
    (
        "update_mcp_server_tokens",
        "tokens cannot be read, so the earlier ones cannot be put back: people sign in again",
    ),
];

/// What a delete takes along that creating the like does not bring back.
const LOST: &[(&str, &str)] = &[
    ("delete_collection", "what was in it"),
    ("delete_prompt", "its versions but one, and their labels"),
    ("delete_prompt_label", "the versions it was on"),
    ("delete_prompt_partial", "its versions but one"),
    (
        "delete_config",
        "its versions but one, and the keys that named it",
    ),
    ("delete_usage_limit", "what was counted"),
    ("delete_rate_limit", "what was counted"),
    ("delete_provider", "what was used up of its budget"),
    (
        "delete_mcp_server",
        "who was signed in, and rules of access",
    ),
    (
        "delete_mcp_integration",
        "which workspaces had it, and its secrets",
    ),
    (
        "delete_workspace",
        "its members, and all that was in it when it was forced",
    ),
];

/// What is taken back by another operation than follows from the declarations.
const OTHERWISE: &[(&str, &str)] = &[
    ("archive_deployment", "update_deployment"),
    ("create_api_key", "delete_api_key"),
    ("delete_integration_model", "update_integration_models"),
    ("remove_workspace_member", "add_workspace_member"),
    (
        "upsert_guardrail_mcp_server",
        "replace_guardrail_mcp_servers",
    ),
];

const NO_OPPOSITE: &str = "the API has no operation that takes it back";

/// How what `operation` does is taken back.
pub fn story(catalog: &Catalog, operation: &'static Operation) -> Story {
    let name = operation.declaration.name;
    if let Some(reason) = told(NEVER, name) {
        return Story::Never(reason);
    }
    if operation.path.ends_with("/makeDefault") {
        return Story::Republish;
    }
    let other = told(OTHERWISE, name).and_then(|name| catalog.operation(name));
    match operation.declaration.effect {
        Effect::Update => Story::Restore {
            by: other.unwrap_or(operation),
        },
        Effect::Delete => match other.or_else(|| catalog.counterpart(Post, operation)) {
            Some(by) if by.declaration.effect == Effect::Update => Story::Restore { by },
            Some(by) => Story::Recreate {
                by,
                lost: told(LOST, name),
            },
            None => Story::Never(NO_OPPOSITE),
        },
        Effect::Create => match remover(catalog, operation) {
            Some(by) => Story::Remove { by },
            None => Story::Never(NO_OPPOSITE),
        },
        Effect::Read | Effect::Execute => {
            Story::Never("it leaves nothing that could be taken back")
        }
    }
}

/// The operation that removes what `operation` makes.
pub fn remover(catalog: &Catalog, operation: &Operation) -> Option<&'static Operation> {
    let other = told(OTHERWISE, operation.declaration.name);
    let other = other.and_then(|name| catalog.operation(name));
    other.or_else(|| catalog.counterpart(Delete, operation))
}

fn told(table: &[(&str, &'static str)], name: &str) -> Option<&'static str> {
    let row = table.iter().find(|(tool, _)| *tool == name);
    row.map(|(_, told)| *told)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::{catalog::operations_alone, journal::is_kept};

    #[test]
    fn exceptions_are_operations_whose_changes_are_kept() {
        let catalog = operations_alone();
        let tables = [NEVER, LOST, OTHERWISE];
        for (name, _) in tables.into_iter().flatten() {
            let operation = catalog.operation(name).unwrap_or_else(|| panic!("{name}"));
            assert!(is_kept(catalog, operation), "{name}");
        }
        let never: BTreeSet<_> = NEVER.iter().map(|(name, _)| name).collect();
        assert!(
            LOST.iter()
                .chain(OTHERWISE)
                .all(|(name, _)| !never.contains(name))
        );
    }

    #[test]
    fn every_change_that_is_kept_has_a_story() {
        let catalog = operations_alone();
        for operation in catalog.operations().filter(|one| is_kept(catalog, one)) {
            let name = operation.declaration.name;
            if let Story::Never(reason) = story(catalog, operation) {
                assert!(told(NEVER, name).is_some(), "{name} has no story: {reason}");
            }
        }
    }

    #[test]
    fn stories_follow_from_the_declarations() {
        let catalog = operations_alone();
        let by = |name| match story(catalog, catalog.operation(name).unwrap()) {
            Story::Restore { by } | Story::Recreate { by, .. } | Story::Remove { by } => {
                by.declaration.name
            }
            Story::Republish => "republish",
            Story::Never(_) => "never",
        };
        assert_eq!(by("update_config"), "update_config");
        assert_eq!(by("delete_config"), "create_config");
        assert_eq!(by("create_config"), "delete_config");
        assert_eq!(by("create_api_key"), "delete_api_key");
        assert_eq!(by("remove_workspace_member"), "add_workspace_member");
        assert_eq!(by("add_workspace_member"), "remove_workspace_member");
        assert_eq!(by("publish_prompt"), "republish");
        assert_eq!(by("rotate_api_key"), "never");
    }
}
