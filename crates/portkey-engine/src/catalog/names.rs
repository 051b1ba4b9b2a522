//! Which tool a name means that is not written as the catalog writes it: hosts put the server before it, and models
//! spell it as their other tools are spelt.

use super::Catalog;

/// What stands between the name of a server and that of its tool, wherever it is not a part of either.
const BORDERS: [&str; 4] = ["__", ".", "/", ":"];

/// The words of which a prefix consists that hosts join by `_` or `-`. Any other word may change what is meant.
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

/// No host makes a longer name, and what a stranger sends is not to cost more than it is long.
const LONGEST: usize = 256;

/// The name in the catalog that is meant by another, if it is one alone.
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

/// The same of a name without what hosts put before it, for hints.
pub(super) fn bare(name: &str) -> &str {
    let bordered = BORDERS.iter().filter_map(|border| name.rsplit_once(border));
    bordered
        .map(|(_, rest)| rest)
        .min_by_key(|rest| rest.len())
        .filter(|rest| !rest.is_empty())
        .unwrap_or(name)
}

/// The tool whose name has the same letters and digits.
fn respelt(catalog: &Catalog, name: &str) -> Option<&'static str> {
    let letters = |name: &str| {
        let letters = name.chars().filter(|c| !matches!(c, '_' | '-' | ' '));
        letters.map(|c| c.to_ascii_lowercase()).collect::<String>()
    };
    let wanted = letters(name);
    let known = catalog.tools().map(|tool| tool.name());
    let known = known.map(|tool| (tool, tool)).chain(catalog.aliases());
    let mut meant = known.filter(|(spelt, _)| letters(spelt) == wanted);
    let (_, tool) = meant.next()?;
    meant.all(|(_, other)| other == tool).then_some(tool)
}

/// The tool that is left when words of a prefix are taken away, if it is the same however many are.
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
    fn what_hosts_and_models_make_of_a_name_leads_to_its_tool() {
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
    fn a_word_that_may_mean_something_is_no_prefix() {
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
    fn no_two_tools_are_spelt_alike() {
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
