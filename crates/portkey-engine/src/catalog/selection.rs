//! Selections of tools, written as tool sets, domains and names of tools.

use std::collections::BTreeSet;

use portkey_api_core::{Domain, nearest};

use super::{Catalog, CatalogEntry, Tool};

/// A subset of the tools of a catalog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    names: BTreeSet<&'static str>,
    /// Those that are selected by their own name, not only as part of a set or a domain.
    by_name: BTreeSet<&'static str>,
}

/// A tool set with a name of its own.
#[derive(Debug, Clone, Copy)]
pub struct ToolSet {
    /// Its name. No domain has the same, or whoever was given that domain alone would get more.
    pub name: &'static str,
    /// What its tools are for.
    pub purpose: &'static str,
    /// Its tools: domains and tools with commas between them; a `-` in front leaves one out.
    pub words: &'static str,
}

/// The error of a word that is neither a tool set, nor a domain, nor a tool.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{word}` is neither a tool set, a domain nor a tool{}", nearest.as_ref().map(|n| format!("; did you mean `{n}`?")).unwrap_or_default())]
pub struct UnknownName {
    word: String,
    nearest: Option<String>,
}

/// Whether a domain includes its unlisted tools.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unlisted {
    Included,
    LeftOut,
}

impl Selection {
    /// Whether the selection contains this tool.
    pub fn contains(&self, tool: Tool) -> bool {
        self.names.contains(tool.name())
    }

    /// Whether the selection names this tool itself.
    pub fn names(&self, tool: Tool) -> bool {
        self.by_name.contains(tool.name())
    }

    /// The tools that are in both.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        let names: BTreeSet<_> = self.names.intersection(&other.names).copied().collect();
        let by_name = self.by_name.union(&other.by_name);
        Self {
            by_name: by_name
                .filter(|name| names.contains(*name))
                .copied()
                .collect(),
            names,
        }
    }

    fn nothing() -> Self {
        Self {
            names: BTreeSet::new(),
            by_name: BTreeSet::new(),
        }
    }

    fn of(catalog: &Catalog, matches: impl Fn(&CatalogEntry) -> bool) -> Self {
        let names = catalog
            .entries()
            .filter(matches)
            .map(|entry| entry.tool.name());
        Self {
            names: names.collect(),
            by_name: BTreeSet::new(),
        }
    }
}

impl Catalog {
    /// The selection of tools that are offered by default.
    pub fn default_selection(&self) -> Selection {
        Selection::of(self, |entry| entry.tool.is_default())
    }

    /// The selection of all tools.
    pub fn all(&self) -> Selection {
        Selection::of(self, |_| true)
    }

    /// Parses words with commas between them: tool sets, domains and tools. A word with a `-` in front is removed from
    /// the words before it; if all words have one, they are removed from the default selection.
    pub fn selection(&self, text: &str) -> Result<Selection, UnknownName> {
        self.parsed(
            text,
            &|word| match self.sets.iter().find(|set| set.name == word) {
                Some(set) => self.parsed(set.words, &|word| self.named(word, Unlisted::LeftOut)),
                None => self.named(word, Unlisted::LeftOut),
            },
        )
    }

    /// Parses a list of words, each of which `named` reads.
    fn parsed(
        &self,
        text: &str,
        named: &dyn Fn(&str) -> Result<Selection, UnknownName>,
    ) -> Result<Selection, UnknownName> {
        let words: Vec<&str> = text
            .split(',')
            .map(str::trim)
            .filter(|word| !word.is_empty())
            .collect();
        let mut selection = if words.iter().all(|word| word.starts_with('-')) {
            self.default_selection()
        } else {
            Selection::nothing()
        };
        for word in words {
            if let Some(word) = word.strip_prefix('-') {
                let left_out = named(word)?;
                selection
                    .names
                    .retain(|name| !left_out.names.contains(name));
            } else {
                let named = named(word)?;
                selection.names.extend(named.names);
                selection.by_name.extend(named.by_name);
            }
        }
        Ok(selection)
    }

    /// Returns the tools that these words name. Unlike in [`selection`](Self::selection), domains include their
    /// unlisted tools.
    pub(crate) fn naming(&self, words: &[&str]) -> Result<Selection, UnknownName> {
        let mut selection = Selection::nothing();
        for word in words {
            selection
                .names
                .extend(self.named(word, Unlisted::Included)?.names);
        }
        Ok(selection)
    }

    fn named(&self, word: &str, unlisted: Unlisted) -> Result<Selection, UnknownName> {
        let of = |matches: &dyn Fn(&CatalogEntry) -> bool| Selection::of(self, matches);
        match word {
            "default" => return Ok(self.default_selection()),
            "all" => return Ok(self.all()),
            "essentials" => return Ok(of(&|entry| entry.tool.declaration().essential)),
            _ => {}
        }
        let name = word.replace('-', "_");
        let is_meant =
            |domain: &&Domain| domain.name() == name || domain.aliases.contains(&name.as_str());
        let meant = self.domains.iter().filter(is_meant);
        let domains: Vec<&str> = meant.map(Domain::name).collect();
        let listed =
            |e: &CatalogEntry| unlisted == Unlisted::Included || !e.tool.declaration().unlisted;
        let in_domain = of(&|e| domains.contains(&e.domain) && listed(e));
        if !in_domain.names.is_empty() {
            return Ok(in_domain);
        }
        let tool = of(&|entry| {
            let declaration = entry.tool.declaration();
            declaration.name == name || declaration.aliases.contains(&name.as_str())
        });
        if !tool.names.is_empty() {
            return Ok(Selection {
                by_name: tool.names.clone(),
                ..tool
            });
        }
        let known = ["default", "essentials", "all"].into_iter();
        let known = known.chain(self.sets.iter().map(|set| set.name));
        let known = known.chain(self.domains.iter().map(Domain::name));
        let known = known.chain(self.tools().map(|tool| tool.name()));
        Err(UnknownName {
            word: word.to_owned(),
            nearest: nearest(&name, known).map(str::to_owned),
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::operations_alone;

    fn holds(text: &str, name: &str) -> bool {
        let selection = operations_alone().selection(text).unwrap();
        selection.names.contains(name)
    }

    #[test]
    fn sets_domains_and_tools_can_be_named() {
        assert!(holds("default", "get_user") && !holds("default", "rotate_api_key"));
        assert!(holds("all", "rotate_api_key"));
        assert!(holds("users", "get_user") && !holds("users", "get_workspace"));
        assert!(holds("users, rotate_api_key", "rotate_api_key"));
        assert!(holds("logging", "get_log_export") && holds("tracing", "create_feedback"));
        assert!(holds("keys", "list_virtual_keys") && holds("virtual-keys", "list_virtual_keys"));
    }

    #[test]
    fn a_dash_removes_tools_from_the_selection() {
        assert!(!holds("default,-users", "get_user") && holds("default,-users", "get_workspace"));
        assert!(!holds("-delete_user", "delete_user") && holds("-delete_user", "get_user"));
    }

    #[test]
    fn an_unknown_word_is_reported_with_the_nearest_known_one() {
        let error = operations_alone().selection("workspacs").unwrap_err();
        assert!(
            error.to_string().contains("did you mean `workspaces`?"),
            "{error}"
        );
        assert!(operations_alone().selection("users,-nonsense").is_err());
    }
}
