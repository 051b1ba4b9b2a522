//! The sandbox over real HTTP.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test that finds something else than it looks for fails"
)]

mod access_policies;
mod airs;
mod analytics;
mod api_keys;
mod audit_logs;
mod authority;
mod client;
mod collections;
mod configs;
mod controls;
mod coverage;
mod deployments;
mod egress_allowlist;
mod faults;
mod figures;
mod guardrails;
mod in_use;
mod integrations;
mod limits;
mod log_exports;
mod logging;
mod mcp;
mod mcp_registry;
mod organisation;
mod paging;
mod people;
mod persistence;
mod policies;
mod pricing;
mod prompt_labels;
mod prompt_partials;
mod prompts;
mod providers;
mod seeds;
mod shapes;
mod virtual_keys;
mod workspaces;
