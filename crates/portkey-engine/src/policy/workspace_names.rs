//! The workspaces that a rule limits calls to, as the operator names them.

use std::{collections::BTreeSet, fmt, str::FromStr};

use serde::Deserialize;

/// The slugs or UUIDs of workspaces, as the operator writes them; never empty. Parsed from names with commas between
/// them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct WorkspaceNames(BTreeSet<String>);

/// The error of an empty list of workspaces.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected the slugs or UUIDs of workspaces")]
pub struct NoWorkspace;

impl WorkspaceNames {
    /// The names, sorted.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

impl FromStr for WorkspaceNames {
    type Err = NoWorkspace;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let names = text.split(',').map(str::trim);
        let names: BTreeSet<String> = names
            .filter(|name| !name.is_empty())
            .map(str::to_owned)
            .collect();
        if names.is_empty() {
            return Err(NoWorkspace);
        }
        Ok(Self(names))
    }
}

impl TryFrom<String> for WorkspaceNames {
    type Error = NoWorkspace;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl fmt::Display for WorkspaceNames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.iter().collect();
        f.write_str(&names.join(", "))
    }
}
