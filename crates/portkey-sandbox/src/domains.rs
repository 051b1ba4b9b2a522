//! The domains of the API, one module each: what its operations do and what they answer.

pub(crate) mod access_policies;
mod admission;
mod analytics;
mod api_keys;
mod audit_logs;
pub(crate) mod collections;
pub(crate) mod configs;
pub(crate) mod deployments;
pub(crate) mod egress_allowlist;
mod feedback;
pub(crate) mod guardrails;
mod integrations;
pub(crate) mod invites;
pub(crate) mod log_exports;
mod logs;
pub(crate) mod mcp_integrations;
pub(crate) mod mcp_servers;
mod members;
mod model_pricing;
mod organisation;
pub(crate) mod policies;
pub(crate) mod prompt_labels;
pub(crate) mod prompt_partials;
pub(crate) mod prompts;
mod providers;
mod scim;
pub(crate) mod secret_references;
mod users;
mod virtual_keys;
pub(crate) mod workspaces;

use crate::routes::Routes;

/// The domains, each of which adds its operations to the table.
const DOMAINS: &[fn(Routes) -> Routes] = &[
    workspaces::routes,
    members::routes,
    users::routes,
    invites::routes,
    api_keys::routes,
    integrations::routes,
    providers::routes,
    virtual_keys::routes,
    configs::routes,
    collections::routes,
    prompts::routes,
    prompt_labels::routes,
    prompt_partials::routes,
    guardrails::routes,
    policies::routes,
    logs::routes,
    log_exports::routes,
    feedback::routes,
    audit_logs::routes,
    analytics::routes,
    model_pricing::routes,
    organisation::routes,
    secret_references::routes,
    scim::routes,
    mcp_integrations::routes,
    mcp_servers::routes,
    access_policies::routes,
    deployments::routes,
    egress_allowlist::routes,
];

/// The operations that the sandbox answers, with their handlers.
pub(crate) fn routes() -> Routes {
    let domains = DOMAINS.iter();
    domains.fold(Routes::default(), |routes, domain| domain(routes))
}
