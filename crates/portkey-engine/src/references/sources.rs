//! Where references can stand: each listing, and what has to be asked beside it because the listing leaves it out.

/// A listing of things that can refer to others.
#[derive(Debug, Clone, Copy)]
pub(super) struct Source {
    /// What they are.
    pub(super) kind: &'static str,
    /// The tool that lists them.
    pub(super) list: &'static str,
    /// What else is asked of each.
    pub(super) more: More,
}

/// What a listing leaves out.
#[derive(Debug, Clone, Copy)]
pub(super) enum More {
    /// Nothing that matters.
    Nothing,
    /// The thing itself, by this tool.
    Whole(&'static str),
    /// A list of its own, by this tool; it is kept under this name.
    List(&'static str, &'static str),
}

const fn source(kind: &'static str, list: &'static str, more: More) -> Source {
    Source { kind, list, more }
}

pub(super) const SOURCES: &[Source] = &[
    source("workspace", "list_workspaces", More::Whole("get_workspace")),
    source("config", "list_configs", More::Whole("get_config")),
    source("api_key", "list_api_keys", More::Whole("get_api_key")),
    source("provider", "list_providers", More::Nothing),
    source(
        "integration",
        "list_integrations",
        More::List("list_integration_workspaces", "workspaces"),
    ),
    source(
        "guardrail",
        "list_guardrails",
        More::List("list_guardrail_mcp_servers", SERVERS),
    ),
    source("prompt", "list_prompts", More::Whole("get_prompt")),
    source(
        "partial",
        "list_prompt_partials",
        More::Whole("get_prompt_partial"),
    ),
    source("collection", "list_collections", More::Nothing),
    source("usage_limit", "list_usage_limits", More::Nothing),
    source("rate_limit", "list_rate_limits", More::Nothing),
    source("mcp_server", "list_mcp_servers", More::Nothing),
    source(
        "mcp_integration",
        "list_mcp_integrations",
        More::List("list_mcp_integration_workspaces", "workspaces"),
    ),
    source("secret_reference", "list_secret_references", More::Nothing),
    source(
        "deployment",
        "list_deployments",
        More::Whole("get_deployment"),
    ),
];

/// What holds for the whole organisation.
pub(super) const DEFAULTS: (&str, &str) = ("organisation_defaults", "get_organisation_defaults");

/// Under which name a guardrail has the MCP servers that it guards: there the reference is told by what is referred to.
pub(super) const SERVERS: &str = "mcp_servers";

/// The versions of a prompt besides the published one that callers can get, because they have a label.
pub(super) const VERSIONS: (&str, &str) = ("list_prompt_versions", "get_prompt_version");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tool_that_is_asked_is_there_and_only_reads() {
        let more = SOURCES.iter().filter_map(|source| match source.more {
            More::Nothing => None,
            More::Whole(name) | More::List(name, _) => Some(name),
        });
        let names = SOURCES.iter().map(|source| source.list).chain(more);
        for name in names.chain([DEFAULTS.1, VERSIONS.0, VERSIONS.1]) {
            let operation = portkey_api::operation(name).unwrap_or_else(|| panic!("{name}"));
            assert_eq!(operation.method, portkey_api::Method::Get, "{name}");
        }
    }
}
