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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_are_read_whatever_blanks_and_commas_stand_between() {
        let names: WorkspaceNames = " research,,ops , research".parse().unwrap();
        assert_eq!(names.iter().collect::<Vec<_>>(), ["ops", "research"]);
    }

    #[test]
    fn a_list_that_names_none_is_no_limit_to_nothing() {
        for text in ["", " ", ",", " , "] {
            assert_eq!(text.parse::<WorkspaceNames>(), Err(NoWorkspace), "{text}");
        }
        let error = serde_json::from_str::<WorkspaceNames>("\" \"").unwrap_err();
        assert!(error.to_string().contains("slugs or UUIDs"), "{error}");
    }

    proptest! {
        #[test]
        fn what_is_shown_reads_the_same_and_no_text_makes_it_panic(text in "\\PC{0,30}|[a-c, ]{0,12}") {
            if let Ok(names) = text.parse::<WorkspaceNames>() {
                prop_assert_eq!(names.to_string().parse(), Ok(names));
            }
        }
    }
}
