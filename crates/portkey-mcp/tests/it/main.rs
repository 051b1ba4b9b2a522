//! The built binary, driven from outside.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::needless_pass_by_value,
    clippy::panic,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking, and `json!` reads best where it is used"
)]

mod accepted;
mod access_policies;
mod airs;
mod answers;
mod argument_habits;
mod audit;
mod balancer;
mod bodies;
mod bounds;
mod browser;
mod canary;
mod changes_command;
mod charts;
mod cleared;
mod collector;
mod command_line;
mod completion;
mod composed_reads;
mod configuration;
mod confirmation;
mod conformance;
mod dashboard;
#[cfg(unix)]
mod doctor;
#[cfg(unix)]
mod documented;
mod drain;
mod dry_run;
mod every_tool;
mod failures;
mod faults;
mod figures;
mod fuzz;
mod habits;
mod help;
mod http;
mod identity_provider;
mod inner_calls;
#[cfg(unix)]
mod install;
mod key_check;
mod known_unknowns;
mod life_cycle;
mod limits;
mod log;
#[cfg(unix)]
mod login;
mod mcp_app;
mod metrics;
mod move_to_airs;
mod names;
mod official_clients;
mod oidc;
mod open_objects;
mod own_organisation;
mod paging;
mod policy;
mod postgres_server;
mod principals;
mod process;
mod profiles;
mod prompts;
mod protocol;
mod query_analytics;
mod raw;
mod redis_server;
mod references;
mod reload;
mod replicas;
mod resources;
mod result_size;
mod sandbox_file;
mod schemas;
mod scripts;
mod secrets;
mod served;
mod sessions;
#[cfg(unix)]
mod shell_completion;
mod shell_words;
mod shown_members;
mod slow;
mod state;
mod status_page;
mod stdio;
mod streams;
mod surfaces;
mod tasks;
#[cfg(target_os = "linux")]
mod terminal;
mod tls;
mod token_command;
mod token_file;
mod tokens;
mod tool_names;
mod tool_sets;
mod traces;
mod undo;
mod untrusted;
mod whoami;
mod wire;
mod workflows;
