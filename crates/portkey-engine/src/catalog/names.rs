//! Finds the tool for a name that is not spelt as in the catalog: hosts put the name of the server in front, and models
//! change case and separators.

use super::Catalog;

/// Separators between the name of a server and that of a tool that occur in no tool name.
const BORDERS: [&str; 4] = ["__", ".", "/", ":"];

/// The words of prefixes that are joined by `_` or `-`. Other words are not removed, since they may be part of the name
/// of a different tool.
const PREFIXES: [&str; 11] = [
    "mcp",
    "portkey",
    "admin",
    "sandbox",
    "server",
    "functions",
    "function",
    "tools",
    "tool",
    "default",
    "api",
];

/// The longest name, in bytes, that other spellings are tried for. It bounds the cost of a name that a client sends.
const LONGEST: usize = 256;

/// Returns the only tool that `name` can be another spelling of. `None` if there is none or more than one.
pub(super) fn meant(catalog: &Catalog, name: &str) -> Option<&'static str> {
    if name.len() > LONGEST {
        return None;
    }
    if let Some(tool) = respelt(catalog, name) {
        return Some(tool);
    }
    let bordered = BORDERS.iter().filter_map(|border| name.rsplit_once(border));
    let bare = bordered.map(|(_, rest)| rest).min_by_key(|rest| rest.len());
    if let Some(bare) = bare {
        return respelt(catalog, bare).or_else(|| without_prefix(catalog, bare));
    }
    without_prefix(catalog, name)
}

/// Returns `name` without a server's name in front, for finding the nearest tool.
pub(super) fn bare(name: &str) -> &str {
    let bordered = BORDERS.iter().filter_map(|border| name.rsplit_once(border));
    bordered
        .map(|(_, rest)| rest)
        .min_by_key(|rest| rest.len())
        .filter(|rest| !rest.is_empty())
        .unwrap_or(name)
}

/// Returns the only tool whose name or alias has the same letters and digits, ignoring case and separators.
fn respelt(catalog: &Catalog, name: &str) -> Option<&'static str> {
    let letters = |name: &str| {
        let letters = name.chars().filter(|c| !matches!(c, '_' | '-' | ' '));
        letters.map(|c| c.to_ascii_lowercase()).collect::<String>()
    };
    let sought = letters(name);
    let known = catalog.tools().map(|tool| tool.name());
    let known = known.map(|tool| (tool, tool)).chain(catalog.aliases());
    let mut meant = known.filter(|(spelt, _)| letters(spelt) == sought);
    let (_, tool) = meant.next()?;
    meant.all(|(_, other)| other == tool).then_some(tool)
}

/// Returns the only tool that results from removing one or more prefix words in front. `None` if different numbers of
/// removed words give different tools.
fn without_prefix(catalog: &Catalog, name: &str) -> Option<&'static str> {
    let mut found = None;
    for (end, _) in name.match_indices(['_', '-']) {
        let (prefix, rest) = name.split_at(end);
        let last = prefix.rsplit(['_', '-']).next().unwrap_or_default();
        if !PREFIXES.iter().any(|word| last.eq_ignore_ascii_case(word)) {
            break;
        }
        if let Some(tool) = rest.get(1..).and_then(|rest| respelt(catalog, rest)) {
            if found.is_some_and(|before| before != tool) {
                return None;
            }
            found = Some(tool);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::operations_alone;

    #[test]
    fn spellings_of_hosts_and_models_lead_to_their_tool() {
        for (name, tool) in [
            ("mcp__portkey__list_workspaces", "list_workspaces"),
            ("mcp__my-server__list_workspaces", "list_workspaces"),
            ("portkey__listWorkspaces", "list_workspaces"),
            ("portkey.list_workspaces", "list_workspaces"),
            ("portkey/list-workspaces", "list_workspaces"),
            ("portkey:list_workspaces", "list_workspaces"),
            ("functions.list_configs", "list_configs"),
            ("default_api.list_configs", "list_configs"),
            ("functions.mcp__portkey__list_configs", "list_configs"),
            ("functions.portkey_list_configs", "list_configs"),
            ("mcp_portkey_list_configs", "list_configs"),
            ("portkey-mcp_list_configs", "list_configs"),
            ("portkey-sandbox-list_configs", "list_configs"),
            ("portkey_listConfigs", "list_configs"),
            ("listWorkspaces", "list_workspaces"),
            ("ListWorkspaces", "list_workspaces"),
            ("LIST_WORKSPACES", "list_workspaces"),
            ("list-workspaces", "list_workspaces"),
            ("list workspaces", "list_workspaces"),
            ("listUsers", "list_all_users"),
        ] {
            assert_eq!(meant(operations_alone(), name), Some(tool), "{name}");
        }
    }

    #[test]
    fn a_word_that_may_be_part_of_a_name_is_not_a_prefix() {
        for name in [
            "",
            "_",
            "portkey_",
            "mcp__",
            "dont_delete_user",
            "mcp_dry_run_delete_user",
            "preview_delete_config",
            "undelete_user",
            "delete_user_soft",
            "portkey_force_delete_user",
            "workspaces.delete",
            "list_workspace_",
        ] {
            assert_eq!(meant(operations_alone(), name), None, "{name}");
        }
    }

    #[test]
    fn no_two_tools_have_the_same_letters() {
        let catalog = operations_alone();
        for tool in catalog.tools() {
            assert_eq!(respelt(catalog, tool.name()), Some(tool.name()));
        }
        for (alias, tool) in catalog.aliases() {
            assert!(catalog.tools().all(|one| one.name() != alias), "{alias}");
            assert_eq!(respelt(catalog, alias), Some(tool));
        }
    }
}
