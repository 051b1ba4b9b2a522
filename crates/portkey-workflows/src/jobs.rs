//! Tool sets by job, for clients that take few tools: what somebody who does this job needs in a week.

use portkey_engine::catalog::ToolSet;

/// Every such set. None has more than 40 tools, which is what the strictest client takes.
pub const JOBS: &[ToolSet] = &[
    ToolSet {
        name: "onboarding",
        purpose: "Bring in people and teams: invitations, workspaces, members, keys, budgets",
        words: "users,workspaces,list_api_keys,create_api_key,get_api_key,update_api_key,delete_api_key,\
                list_key_scopes,list_providers,create_provider,list_integrations,list_integration_workspaces,\
                update_integration_workspaces,list_usage_limits,create_usage_limit,list_rate_limits,create_rate_limit",
    },
    ToolSet {
        name: "cost",
        purpose: "Follow and limit what is spent: usage, budgets, rates, prices",
        words: "list_workspaces,list_api_keys,get_api_key,update_api_key,get_cost_analytics,get_token_analytics,\
                get_request_analytics,get_cache_analytics,get_cache_hit_rate,get_user_stats,get_analytics_by_models,\
                get_analytics_by_metadata,get_analytics_group,get_analytics_group_providers,get_analytics_summary,\
                query_analytics,                usage_limits,rate_limits,get_model_pricing,update_workspace,update_provider",
    },
    ToolSet {
        name: "prompting",
        purpose: "Write, test and release prompts: versions, partials, labels, collections",
        words: "prompts,prompt_partials,prompt_labels,list_collections,create_collection,list_workspaces,\
                list_providers",
    },
    ToolSet {
        name: "access",
        purpose: "Review and change who may do what: people, roles, keys, audit",
        words: "users,workspaces,-create_workspace,-update_workspace,-delete_workspace,api_keys,audit_logs,scim,\
                list_changes,undo_change",
    },
    ToolSet {
        name: "gateway",
        purpose: "Route and guard traffic: configs, providers, integrations, guardrails, traces",
        words: "configs,providers,integrations,guardrails,list_workspaces,list_traces,get_trace,get_log,\
                get_error_analytics,get_latency_analytics,list_api_keys,list_changes,undo_change",
    },
];
