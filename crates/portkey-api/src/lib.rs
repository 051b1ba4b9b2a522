//! The Portkey Admin API as data.
//!
//! Each operation is one struct. Its doc comment is the title and description
//! a model reads, its fields are the arguments, and [`macro@endpoint`] says where the
//! call goes, what the key must be allowed to do and what comes back:
//!
//! ```
//! use portkey_api::{Declared as _, Request, workspaces::GetWorkspace};
//!
//! let request = Request::to(&GetWorkspace { workspace_id: "ws-1".into(), name_format: None })?;
//! assert_eq!(request.to_string(), "GET /admin/workspaces/ws-1");
//! assert_eq!(GetWorkspace::NAME, "get_workspace");
//! # Ok::<(), portkey_api::InvalidArguments>(())
//! ```
//!
//! This crate performs no I/O. `portkey-client` sends these requests,
//! `portkey-sandbox` answers them and `portkey-mcp` offers them as tools.

// Lets `#[endpoint]` name this crate the same way inside and outside of it.
extern crate self as portkey_api;

mod absent;
mod access;
mod advice;
mod argument;
mod bounds;
mod catalog;
mod comma_separated;
mod conceal;
mod config_object;
mod declared;
mod effect;
mod email;
mod flag;
mod id;
mod known_names;
mod limits;
mod method;
mod more;
mod normalise;
mod nullable;
mod open;
mod operation;
mod page;
mod problem;
mod published;
mod recorded;
mod reference;
mod request;
mod schema;
mod schema_check;
mod secret;
mod time;
mod understand;
mod units;
mod untrusted;
mod walk;

pub mod analytics;
pub mod api_keys;
pub mod audit_logs;
pub mod collections;
pub mod configs;
pub mod deployments;
pub mod feedback;
pub mod guardrails;
pub mod integrations;
pub mod logging;
pub mod mcp_integrations;
pub mod mcp_servers;
pub mod model_pricing;
pub mod organisation;
pub mod policies;
pub mod prompt_labels;
pub mod prompt_partials;
pub mod prompts;
pub mod providers;
pub mod scim;
pub mod secret_references;
pub mod users;
pub mod virtual_keys;
pub mod workspaces;

pub use absent::CLEAR;
pub use access::{Base, Keys, Plan, Scopes};
pub use argument::{Argument, Place};
pub use bounds::{bounded, values};
pub use catalog::{Domain, operation, operations};
pub use comma_separated::CommaSeparated;
pub use conceal::{Sort, conceal, each_secret, last_four, mask, masked};
pub use config_object::{ConfigObject, ConfigTarget};
pub use declared::{Check, Declaration, Declared, Endpoint};
pub use effect::Effect;
pub use email::Email;
pub use flag::Flag;
pub use id::Flaw;
pub use known_names::{AI_PROVIDERS, AiProvider, KeyScope, scopes};
pub use limits::{
    BudgetUnit, RateLimit, RatePeriod, RateUnit, RequestsPerMinute, ResetPeriod, UsageLimits,
};
pub use method::Method;
pub use nullable::Nullable;
pub use open::{Open, is_open};
pub use operation::Operation;
pub use page::{Done, EveryPage, Page, PageFromOne, PageNumber, PageSize, under};
pub use portkey_api_macros::{answer, arguments, endpoint, workflow};
pub use problem::{InvalidArguments, Problem, Reason, nearest, shortened};
pub use reference::{Reference, is_reference};
pub use request::Request;
pub use schema::{required, schema_of};
pub use secret::{Minted, Sealed, Secret};
pub use time::{Due, Expiry, PeriodEnd, PeriodStart, Since, Until};
pub use understand::{JsonObject, Understood, understand, understand_exactly};
pub use units::{Amount, Cents, Milliseconds, Percent};

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
    organisation::DOMAIN,
    scim::DOMAIN,
    secret_references::DOMAIN,
    deployments::DOMAIN,
];
