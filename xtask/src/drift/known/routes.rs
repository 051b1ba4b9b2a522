//! Operations that the file does not have.

use super::{ABSENT, Known};

pub(super) const KNOWN: &[Known] = &[
    Known {
        reason: "In the vendor's documentation, not yet in its file.",
        tools: &[
            "get_analytics_group",
            "get_log_export_field_restrictions",
            "get_mcp_server_metadata",
            "get_organisation_defaults",
            "list_input_guardrail_workspace_exclusions",
            "list_mcp_registry_servers",
            "list_output_guardrail_workspace_exclusions",
            "list_scim_groups",
            "test_mcp_integration",
            "update_input_guardrail_workspace_exclusions",
            "update_organisation_defaults",
            "update_output_guardrail_workspace_exclusions",
        ],
        differences: &[("", ABSENT)],
    },
    Known {
        reason: "Called by the vendor's Python client.",
        tools: &[
            "check_mcp_server_user_access",
            "delete_mcp_server_tokens",
            "get_analytics_group_workspaces",
            "get_mcp_server_client_info",
            "get_mcp_server_tokens",
            "sync_mcp_integration",
            "sync_mcp_server_capabilities",
            "sync_mcp_server_metadata",
            "update_mcp_server_tokens",
        ],
        differences: &[("", ABSENT)],
    },
    Known {
        reason: "Called by another client of the API.",
        tools: &[
            "archive_deployment",
            "get_analytics_group_providers",
            "get_deployment",
            "list_deployments",
            "list_guardrail_mcp_servers",
            "register_deployment",
            "replace_guardrail_mcp_servers",
            "update_deployment",
            "upsert_guardrail_mcp_server",
        ],
        differences: &[("", ABSENT)],
    },
];
