//! Settings of the policy that holds for every principal.

use clap::{Args, builder::BoolishValueParser};
use portkey_client::Rate;
use portkey_engine::policy::{Effects, ToolNames, WorkspaceNames};

use crate::catalog;

use super::heading;

/// The policy for every principal.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = heading::SAFETY)]
pub(crate) struct PolicySettings {
    /// Offer only tools that read and change nothing.
    #[arg(long, env = "PORTKEY_MCP_READ_ONLY", global = true, value_parser = BoolishValueParser::new(), num_args = 0..=1,
          require_equals = true, default_value = "false", default_missing_value = "true", hide_default_value = true)]
    pub(crate) read_only: bool,

    /// Allow only these domains and tools.
    #[arg(long, env = "PORTKEY_MCP_ALLOW", global = true, value_name = "NAME,…", value_parser = catalog::tool_names)]
    pub(crate) allow: Option<ToolNames>,

    /// Forbid these domains and tools, even if `--allow` names them.
    #[arg(long, env = "PORTKEY_MCP_DENY", global = true, value_name = "NAME,…", value_parser = catalog::tool_names)]
    pub(crate) deny: Option<ToolNames>,

    /// Allow only tools with these effects: `read`, `create`, `update`, `delete`, `execute`.
    #[arg(
        long,
        env = "PORTKEY_MCP_EFFECTS",
        global = true,
        value_name = "EFFECT,…"
    )]
    pub(crate) effects: Option<Effects>,

    /// Allow only what concerns these workspaces, by slug or UUID.
    // Tools have an argument of the shorter name.
    #[arg(
        long = "only-workspaces",
        env = "PORTKEY_MCP_ONLY_WORKSPACES",
        global = true,
        value_name = "WORKSPACE,…"
    )]
    pub(crate) only_workspaces: Option<WorkspaceNames>,

    /// Deletes and other destructive calls that one principal may make in a period.
    #[arg(
        long,
        env = "PORTKEY_MCP_QUOTA_DELETES",
        global = true,
        value_name = "N/PERIOD",
        default_value = "100/h"
    )]
    pub(crate) quota_deletes: Rate,

    /// Calls that create a key or another secret that one principal may make in a period.
    #[arg(
        long,
        env = "PORTKEY_MCP_QUOTA_KEYS",
        global = true,
        value_name = "N/PERIOD",
        default_value = "50/h"
    )]
    pub(crate) quota_keys: Rate,
}
