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

mod catalog;
mod config_object;
mod ids;
mod kinds;
mod known_names;
mod limits;
mod paging;
mod readers;
mod recorded;
mod scopes;
pub mod under;
mod vendor;

pub mod access_policies;
pub mod analytics;
pub mod api_keys;
pub mod audit_logs;
pub mod collections;
pub mod configs;
pub mod deployments;
pub mod egress_allowlist;
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

pub use catalog::{DOMAINS, operation, operations};
pub use config_object::{ConfigObject, ConfigTarget};
pub use kinds::ObjectKind;
pub use known_names::{AI_PROVIDERS, AiProvider, KeyScope};
pub use limits::{
    BudgetUnit, RateLimit, RatePeriod, RateUnit, RequestsPerMinute, ResetPeriod, UsageLimits,
};
pub use paging::{CamelCasePaging, Paging, PagingFromOne, ScimPaging, Unpaged};
pub use portkey_api_core::{
    AirsPlace, Amount, Argument, Base, CLEAR, Cents, Check, CommaSeparated, Declaration, Declared,
    Domain, Done, Due, Edition, Effect, Email, Endpoint, EveryPage, Expiry, Flag, Flaw,
    InvalidArguments, JsonObject, Keys, Lists, Location, Mark, MayReferTo, Mention, Method,
    Milliseconds, Minted, Nullable, Open, Operation, Page, PageFromOne, PageNumber, PageSize,
    ParsedArguments, PartOf, Percent, PeriodEnd, PeriodStart, Plan, Presence, Problem, Reason,
    Reference, Refers, RefersTo, RefersToVersion, Request, Scopes, Sealed, Secret, Since, Sort,
    Undo, Until, Wide, answer, arguments, check_bounds, endpoint, identity, is_open, is_reference,
    last_four, mark, masked, nearest, parse_arguments, parse_arguments_exactly, required,
    schema_of, shortened, values, workflow,
};
pub use readers::{Referent, referent};
pub use scopes::scopes;
pub use vendor::VENDOR;
