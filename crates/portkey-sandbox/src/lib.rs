//! A Portkey that fits in a process: the Admin API as one believable organisation, kept in embedded SQLite.
//!
//! [`Sandbox::start`] listens on loopback. What a request needs (its route, its scopes, its kind of key) comes
//! from the declarations of `portkey-api`; what it does is a function in the file of its domain; what it answers
//! has the vendor's own shapes, oddities included, or the sandbox would prove nothing about its clients.

mod analytics;
mod answer;
mod api_keys;
mod audit;
mod audit_logs;
mod authority;
mod call;
mod collections;
mod configs;
mod controls;
mod deployments;
mod faults;
mod feedback;
mod fields;
mod gate;
mod guardrails;
mod identity;
mod in_use;
mod integrations;
mod invites;
mod limits;
mod log_exports;
mod logs;
mod mcp_integrations;
mod mcp_servers;
mod members;
mod naming;
mod organisation;
mod page;
mod past;
mod periods;
mod plan;
mod policies;
mod pricing;
mod prompt_labels;
mod prompt_partials;
mod prompts;
mod providers;
mod reach;
mod refusal;
mod routes;
mod sandbox;
mod scim;
mod secret_references;
mod seed;
mod snapshots;
mod store;
mod tags;
mod template;
mod users;
mod virtual_keys;
mod wire;
mod workspaces;
mod world;

pub use faults::{BadRule, Rule};
pub use plan::{Plan, UnknownPlan};
use routes::Routes;
pub use sandbox::{Keys, Options, Sandbox};
pub use seed::Seed;
pub use store::StartFailure;

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
    pricing::routes,
    organisation::routes,
    secret_references::routes,
    scim::routes,
    mcp_integrations::routes,
    mcp_servers::routes,
    deployments::routes,
];

/// The names of the operations that the sandbox answers.
pub fn answers() -> Vec<&'static str> {
    let routes = Routes::all();
    portkey_api::operations()
        .filter(|operation| routes.answer(operation))
        .map(|operation| operation.declaration.name)
        .collect()
}
