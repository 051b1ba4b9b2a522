//! What a model reads of a list of tools, counted when the documentation was written.
//!
//! `token_costs.tsv` is written by `cargo xtask docs` with the tokenizer o200k, whose vocabulary would add megabytes to
//! the program. A tool counts with its name, its description and its input schema.

use std::{collections::BTreeMap, fmt::Write as _, sync::LazyLock};

use portkey_engine::catalog::CatalogEntry;

/// What a surface is called in the file, before its name.
const SURFACE: &str = "surface ";

/// Tokens of each tool, and of each surface that does not list tools with their arguments.
static COSTS: LazyLock<BTreeMap<&str, usize>> = LazyLock::new(|| {
    let lines = include_str!("token_costs.tsv").lines();
    let costs = lines.filter_map(|line| line.split_once('\t'));
    costs
        .filter_map(|(name, cost)| Some((name, cost.parse().ok()?)))
        .collect()
});

/// What the listed tools cost: each, by domain, together, and in the shorter surfaces.
pub(super) fn table(entries: impl Iterator<Item = CatalogEntry>) -> String {
    let mut tools: Vec<(usize, &str)> = Vec::new();
    let mut domains: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for entry in entries {
        let cost = cost(entry.tool.name());
        tools.push((cost, entry.tool.name()));
        let domain = domains.entry(entry.domain).or_default();
        *domain = (domain.0 + cost, domain.1 + 1);
    }
    tools.sort_unstable_by(|one, other| other.cmp(one));
    let mut domains: Vec<_> = domains.into_iter().collect();
    domains.sort_unstable_by_key(|(_, (cost, _))| std::cmp::Reverse(*cost));

    let mut text =
        "Tokens (o200k) of what a client lists: name, description, input schema\n\n".to_owned();
    for (cost, name) in &tools {
        _ = writeln!(text, "{cost:>7}  {name}");
    }
    text.push_str("\nBy domain\n\n");
    for (domain, (cost, count)) in domains {
        _ = writeln!(text, "{cost:>7}  {domain} ({count})");
    }
    let together: usize = tools.iter().map(|(cost, _)| cost).sum();
    _ = write!(
        text,
        "\nBy surface\n\n{together:>7}  flat, these {} tools\n",
        tools.len()
    );
    for (name, cost) in COSTS.iter() {
        if let Some(surface) = name.strip_prefix(SURFACE) {
            _ = writeln!(text, "{cost:>7}  {surface}, every tool");
        }
    }
    text
}

fn cost(tool: &str) -> usize {
    COSTS.get(tool).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::catalog;

    #[test]
    fn every_tool_was_counted() {
        let uncounted = catalog().tools().filter(|tool| cost(tool.name()) == 0);
        let uncounted: Vec<_> = uncounted.map(|tool| tool.name()).collect();
        assert!(
            uncounted.is_empty(),
            "run `cargo xtask docs`: {uncounted:?}"
        );
    }

    #[test]
    fn the_costliest_tool_comes_first_and_domains_add_up() {
        let text = table(
            catalog()
                .entries()
                .filter(|entry| entry.domain == "configs"),
        );
        let costs = text
            .lines()
            .skip(2)
            .map_while(|line| line.split_whitespace().next());
        let costs: Vec<usize> = costs.map_while(|cost| cost.parse().ok()).collect();
        assert!(costs.is_sorted_by(|one, other| one >= other), "{text}");
        let sum: usize = costs.iter().sum();
        assert!(
            text.contains(&format!("{sum}  configs ({})", costs.len())),
            "{text}"
        );
    }
}
