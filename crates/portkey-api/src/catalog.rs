//! Every operation that Portkey has.

use portkey_api_core::{Domain, Operation};

use crate::{
    access_policies, analytics, api_keys, audit_logs, collections, configs, deployments,
    egress_allowlist, feedback, guardrails, integrations, logging, mcp_integrations, mcp_servers,
    model_pricing, organisation, policies, prompt_labels, prompt_partials, prompts, providers,
    scim, secret_references, users, virtual_keys, workspaces,
};

/// Every domain, in the order documentation and `tools/list` show them.
pub const DOMAINS: &[Domain] = &[
    users::DOMAIN,
    workspaces::DOMAIN,
    configs::DOMAIN,
    api_keys::DOMAIN,
    virtual_keys::DOMAIN,
    collections::DOMAIN,
    prompts::DOMAIN,
    prompt_partials::DOMAIN,
    prompt_labels::DOMAIN,
    providers::DOMAIN,
    integrations::DOMAIN,
    guardrails::DOMAIN,
    policies::usage_limits::DOMAIN,
    policies::rate_limits::DOMAIN,
    analytics::DOMAIN,
    logging::DOMAIN,
    feedback::DOMAIN,
    audit_logs::DOMAIN,
    model_pricing::DOMAIN,
    mcp_integrations::DOMAIN,
    mcp_servers::DOMAIN,
    access_policies::DOMAIN,
    organisation::DOMAIN,
    scim::DOMAIN,
    secret_references::DOMAIN,
    deployments::DOMAIN,
    egress_allowlist::DOMAIN,
];

/// Every operation of every domain.
pub fn operations() -> impl Iterator<Item = &'static Operation> {
    DOMAINS.iter().flat_map(|domain| domain.operations)
}

/// The operation with this name.
pub fn operation(name: &str) -> Option<&'static Operation> {
    operations().find(|operation| operation.declaration.name == name)
}
