//! What travels in the body.

use super::{HERE, Known, OPTIONAL, THERE};

const LIST: &str = "refused: value is not of type \"object\"";

pub(super) const KNOWN: &[Known] = &[
    Known {
        reason: "Days beside the named periods, by the documentation.",
        tools: &["create_api_key", "update_api_key"],
        differences: &[("body.rotation_policy.rotation_period_days", HERE)],
    },
    Known {
        reason: "Portkey ignores it.",
        tools: &["create_config"],
        differences: &[("body.isDefault", THERE)],
    },
    Known {
        reason: "In a newer file of the vendor.",
        tools: &["create_guardrail"],
        differences: &[
            ("body.target", HERE),
            ("body.actions", OPTIONAL),
            ("body.checks", OPTIONAL),
        ],
    },
    Known {
        reason: "Sent as 0 or 1.",
        tools: &["update_prompt"],
        differences: &[
            ("body.is_raw_template", "boolean here, number in the file"),
            ("body.is_raw_template", "values listed by the file alone"),
        ],
    },
    Known {
        reason: "As for `update_prompt`.",
        tools: &["create_prompt"],
        differences: &[("body.is_raw_template", HERE)],
    },
    Known {
        reason: "Either `string` or `messages` makes it; the tool checks that one is there.",
        tools: &["create_prompt"],
        differences: &[("body.string", OPTIONAL)],
    },
    Known {
        reason: "A list gives feedback on several traces at once; the tool checks that one form is complete.",
        tools: &["create_feedback"],
        differences: &[
            ("body", "array here, object in the file"),
            ("body", LIST),
            ("body.trace_id", OPTIONAL),
            ("body.value", OPTIONAL),
        ],
    },
    Known {
        reason: "A list inserts several logs at once; the tool checks that one form is complete.",
        tools: &["insert_log"],
        differences: &[
            ("body.request.body", OPTIONAL),
            ("body.request.url", OPTIONAL),
            ("body.response.body", OPTIONAL),
        ],
    },
    Known {
        reason: "Names that the documentation of traces uses.",
        tools: &["insert_log"],
        differences: &[
            ("body.metadata.organization", HERE),
            ("body.metadata.parentSpanId", HERE),
            ("body.metadata.spanId", HERE),
            ("body.metadata.spanName", HERE),
            ("body.metadata.traceId", HERE),
            ("body.metadata.user", HERE),
            ("body.request.provider", HERE),
            ("body.response.streamingMode", HERE),
        ],
    },
    Known {
        reason: "By the documentation and other clients of the API.",
        tools: &["create_guardrail", "update_guardrail"],
        differences: &[
            ("body.actions.message", HERE),
            ("body.actions.onFail", HERE),
            ("body.actions.onSuccess", HERE),
            ("body.actions.on_fail.deny", HERE),
            ("body.actions.on_fail_action", HERE),
            ("body.actions.on_success.deny", HERE),
            ("body.actions.sequential", HERE),
        ],
    },
    Known {
        reason: "Actions have defaults.",
        tools: &["create_guardrail", "update_guardrail"],
        differences: &[
            ("body.actions.async", OPTIONAL),
            ("body.actions.deny", OPTIONAL),
            ("body.actions.on_fail", OPTIONAL),
            ("body.actions.on_fail.feedback.metadata", OPTIONAL),
            ("body.actions.on_fail.feedback.weight", OPTIONAL),
            ("body.actions.on_success", OPTIONAL),
            ("body.actions.on_success.feedback.metadata", OPTIONAL),
            ("body.actions.on_success.feedback.weight", OPTIONAL),
        ],
    },
    Known {
        reason: "The plain arguments make one deployment; the tool checks that they are complete. `configurations` takes everything.",
        tools: &["create_integration", "update_integration"],
        differences: &[
            ("body.configurations.azure_deployment_config[].alias", THERE),
            (
                "body.configurations.azure_deployment_config[].is_default",
                THERE,
            ),
            (
                "body.configurations.azure_deployment_config[].azure_api_version",
                OPTIONAL,
            ),
            (
                "body.configurations.azure_deployment_config[].azure_deployment_name",
                OPTIONAL,
            ),
            (
                "body.configurations.azure_deployment_config[].azure_model_slug",
                OPTIONAL,
            ),
        ],
    },
    Known {
        reason: "Tags, by the vendor's changelog.",
        tools: &[
            "create_integration",
            "create_provider",
            "update_integration",
        ],
        differences: &[("body.tags", HERE)],
    },
    Known {
        reason: "A period that is left out is filled in here.",
        tools: &["create_log_export"],
        differences: &[("body.filters", OPTIONAL)],
    },
    Known {
        reason: "Sent by clients of the API.",
        tools: &["create_log_export"],
        differences: &[("body.description", HERE)],
    },
    Known {
        reason: "Offered by the vendor's Python client.",
        tools: &["create_mcp_integration", "update_mcp_integration"],
        differences: &[(
            "body.auth_type",
            "value oauth_client_credentials only in the catalog",
        )],
    },
    Known {
        reason: "Sent by the vendor's Terraform provider.",
        tools: &["create_provider"],
        differences: &[("body.model_config", HERE)],
    },
    Known {
        reason: "Answers and the vendor's Terraform provider have a list.",
        tools: &["create_provider", "update_provider"],
        differences: &[
            ("body.rate_limits", "array here, object in the file"),
            ("body.rate_limits", LIST),
        ],
    },
    Known {
        reason: "Answers have a list.",
        tools: &["create_virtual_key"],
        differences: &[
            ("body.rate_limits", "array, number here, object in the file"),
            ("body.rate_limits", LIST),
        ],
    },
    Known {
        reason: "Sent by the vendor's Python client.",
        tools: &["update_virtual_key"],
        differences: &[("body.rate_limits", HERE)],
    },
    Known {
        reason: "Misspelt in the file.",
        tools: &["create_virtual_key"],
        differences: &[
            ("body.provider", "value hugging-face only in the file"),
            ("body.provider", "value open-ai only in the file"),
        ],
    },
    Known {
        reason: "Newer fields of policies, by the documentation.",
        tools: &["create_rate_limit", "create_usage_limit"],
        differences: &[
            ("body.conditions[].excludes", HERE),
            ("body.conditions[].operator", HERE),
        ],
    },
    Known {
        reason: "Newer fields of policies, by the documentation.",
        tools: &[
            "create_rate_limit",
            "create_usage_limit",
            "update_rate_limit",
            "update_usage_limit",
        ],
        differences: &[("body.description", HERE)],
    },
    Known {
        reason: "Newer fields of policies, by the documentation.",
        tools: &["update_rate_limit", "update_usage_limit"],
        differences: &[("body.conditions", HERE), ("body.status", HERE)],
    },
    Known {
        reason: "Newer fields of policies, by the documentation.",
        tools: &["create_usage_limit", "update_usage_limit"],
        differences: &[
            ("body.next_usage_reset_at", HERE),
            ("body.periodic_reset_days", HERE),
        ],
    },
    Known {
        reason: "Newer fields of policies, by the documentation.",
        tools: &["create_rate_limit"],
        differences: &[("body.target", HERE)],
    },
    Known {
        reason: "Limits a week, by the documentation.",
        tools: &["create_rate_limit", "update_rate_limit"],
        differences: &[("body.unit", "value rpw only in the catalog")],
    },
    Known {
        reason: "Limits a second and a week, by the documentation.",
        tools: &["create_workspace", "update_workspace"],
        differences: &[
            ("body.rate_limits[].unit", "value rps only in the catalog"),
            ("body.rate_limits[].unit", "value rpw only in the catalog"),
        ],
    },
    Known {
        reason: "Limits a second and a week, by the documentation.",
        tools: &["update_integration_workspaces"],
        differences: &[
            (
                "body.workspaces[].rate_limits[].unit",
                "value rps only in the catalog",
            ),
            (
                "body.workspaces[].rate_limits[].unit",
                "value rpw only in the catalog",
            ),
        ],
    },
    Known {
        reason: "Limits that count requests, by the documentation.",
        tools: &["create_usage_limit"],
        differences: &[("body.type", "value requests only in the catalog")],
    },
    Known {
        reason: "The vendor's Terraform provider sends them, and answers have them.",
        tools: &["create_workspace", "update_workspace"],
        differences: &[("body.icon", HERE), ("body.security_settings", HERE)],
    },
    Known {
        reason: "The vendor's Terraform provider leaves them out.",
        tools: &["invite_user"],
        differences: &[("body.workspaces", OPTIONAL)],
    },
    Known {
        reason: "Arguments of older clients; passed on.",
        tools: &["create_workspace", "update_workspace"],
        differences: &[("body.defaults.is_default", HERE), ("body.slug", HERE)],
    },
    Known {
        reason: "Arguments of older clients; passed on.",
        tools: &["invite_user"],
        differences: &[
            ("body.first_name", HERE),
            ("body.last_name", HERE),
            ("body.workspace_api_key_details.expiry", HERE),
            ("body.workspace_api_key_details.metadata", HERE),
            ("body.workspace_api_key_details.name", HERE),
        ],
    },
    Known {
        reason: "The server wants the workspace's name as a confirmation.",
        tools: &["delete_workspace"],
        differences: &[("body", HERE)],
    },
    Known {
        reason: "The plain spellings of the config's commonest parts; the file only shows an example.",
        tools: &["update_config"],
        differences: &[
            ("body.config.cache", HERE),
            ("body.config.retry", HERE),
            ("body.config.strategy", HERE),
            ("body.config.targets", HERE),
        ],
    },
    Known {
        reason: "A synonym of `slug` that older clients use.",
        tools: &["update_integration_models"],
        differences: &[("body.models[].model_name", HERE)],
    },
    Known {
        reason: "Plain arguments grant access to all workspaces; whether they do is implied, and periods are set per workspace.",
        tools: &["update_integration_workspaces"],
        differences: &[
            ("body.global_workspace_access.enabled", OPTIONAL),
            (
                "body.global_workspace_access.rate_limits",
                "number here, array in the file",
            ),
            (
                "body.global_workspace_access.usage_limits[].next_usage_reset_at",
                THERE,
            ),
            (
                "body.global_workspace_access.usage_limits[].periodic_reset",
                THERE,
            ),
            (
                "body.global_workspace_access.usage_limits[].periodic_reset_days",
                THERE,
            ),
            ("body.global_workspace_access.usage_limits[].type", THERE),
        ],
    },
    Known {
        reason: "Plain spellings of the limits.",
        tools: &["update_integration_workspaces"],
        differences: &[
            ("body.workspaces[].alert_threshold", HERE),
            ("body.workspaces[].credit_limit", HERE),
            ("body.workspaces[].rate_limit_rpm", HERE),
        ],
    },
    Known {
        reason: "The server drops `description` silently and takes this.",
        tools: &["update_prompt_partial"],
        differences: &[
            ("body.description", THERE),
            ("body.version_description", HERE),
        ],
    },
];
