//! What travels in the query.

use super::{HERE, Known, OPTIONAL};

const ANALYTICS: &[&str] = &[
    "get_analytics_by_metadata",
    "get_analytics_by_models",
    "get_cache_analytics",
    "get_cache_hit_latency",
    "get_cache_hit_rate",
    "get_cost_analytics",
    "get_error_analytics",
    "get_error_rate_analytics",
    "get_error_status_codes_analytics",
    "get_feedback_analytics",
    "get_feedback_per_model",
    "get_feedback_score_distribution",
    "get_latency_analytics",
    "get_request_analytics",
    "get_requests_per_user",
    "get_rescued_requests",
    "get_status_code_analytics",
    "get_token_analytics",
    "get_user_analytics",
    "get_user_stats",
    "get_weighted_feedback",
];

pub(super) const KNOWN: &[Known] = &[
    Known {
        reason: "A period that is left out is filled in here.",
        tools: ANALYTICS,
        differences: &[
            ("query.time_of_generation_max", OPTIONAL),
            ("query.time_of_generation_min", OPTIONAL),
        ],
    },
    Known {
        reason: "The period and the organisation of the key are filled in here.",
        tools: &["list_audit_logs"],
        differences: &[
            ("query.end_time", OPTIONAL),
            ("query.organisation_id", OPTIONAL),
            ("query.start_time", OPTIONAL),
        ],
    },
    Known {
        reason: "Filters of every analytics operation; keys that belong to a workspace need not name it.",
        tools: ANALYTICS,
        differences: &[
            ("query.cache_status", HERE),
            ("query.workspace_slug", OPTIONAL),
        ],
    },
    Known {
        reason: "Sent by another client of the API to every analytics operation.",
        tools: ANALYTICS,
        differences: &[("query.deployment_id", HERE)],
    },
    Known {
        reason: "In a newer file of the vendor.",
        tools: &["list_rate_limits"],
        differences: &[("query.target", HERE)],
    },
    Known {
        reason: "Sorting and columns that the documentation gives the groupings.",
        tools: &[
            "get_analytics_by_metadata",
            "get_analytics_by_models",
            "get_user_stats",
        ],
        differences: &[("query.order_by", HERE), ("query.order_by_type", HERE)],
    },
    Known {
        reason: "As for the other groupings.",
        tools: &["get_analytics_by_models"],
        differences: &[("query.columns", HERE)],
    },
    Known {
        reason: "Tags, by the vendor's changelog.",
        tools: &["list_integrations", "list_providers"],
        differences: &[("query.tags", HERE)],
    },
    Known {
        reason: "Limits a week, by the documentation.",
        tools: &["list_rate_limits"],
        differences: &[("query.unit", "value rpw only in the catalog")],
    },
    Known {
        reason: "Limits that count requests, by the documentation.",
        tools: &["list_usage_limits"],
        differences: &[("query.type", "value requests only in the catalog")],
    },
    Known {
        reason: "By the vendor's changelog and another client of the API.",
        tools: &["get_log"],
        differences: &[
            ("query.created_at", HERE),
            ("query.path_format", HERE),
            ("query.type", HERE),
        ],
    },
    Known {
        reason: "Used by the vendor's Terraform provider.",
        tools: &["get_prompt", "get_prompt_partial"],
        differences: &[("query.version", HERE)],
    },
    Known {
        reason: "By the vendor's changelog.",
        tools: &["get_provider"],
        differences: &[("query.include_configurations", HERE)],
    },
    Known {
        reason: "By the vendor's changelog.",
        tools: &["get_workspace"],
        differences: &[("query.name_format", HERE)],
    },
    Known {
        reason: "By the vendor's changelog.",
        tools: &["list_api_keys", "list_guardrails"],
        differences: &[("query.ids", HERE)],
    },
    Known {
        reason: "Keys that belong to a workspace need not name it.",
        tools: &["list_collections"],
        differences: &[("query.workspace_id", OPTIONAL)],
    },
    Known {
        reason: "Organisation keys name the workspace, as the vendor's own clients do.",
        tools: &["list_configs", "list_prompt_partials", "list_virtual_keys"],
        differences: &[("query.workspace_id", HERE)],
    },
    Known {
        reason: "Pages, as everywhere.",
        tools: &["list_configs"],
        differences: &[("query.current_page", HERE), ("query.page_size", HERE)],
    },
    Known {
        reason: "Pages, by the documentation.",
        tools: &["list_scim_workspace_mappings"],
        differences: &[("query.page", HERE), ("query.page_size", HERE)],
    },
    Known {
        reason: "The server does without, live.",
        tools: &["list_virtual_keys"],
        differences: &[
            ("query.current_page", OPTIONAL),
            ("query.page_size", OPTIONAL),
        ],
    },
];
