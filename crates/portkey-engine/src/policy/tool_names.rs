//! The tools that a rule names.

use crate::catalog::{Catalog, Selection, Tool, UnknownName};

/// The tools that a rule names: by domain, by name or by alias.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolNames(Selection);

/// The error of a list of tools.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidToolNames {
    /// The list is empty.
    #[error("expected the names of tools or domains, such as `configs,delete_user`")]
    None,
    /// This word has a `-` in front, which only tool sets accept.
    #[error("`{0}` leaves out; write what is allowed to `allow`, and what is not to `deny`")]
    LeavesOut(String),
    /// No tool or domain has this name.
    #[error(transparent)]
    Unknown(#[from] UnknownName),
}

impl ToolNames {
    /// Parses names with commas between them.
    pub fn parse(catalog: &Catalog, text: &str) -> Result<Self, InvalidToolNames> {
        let words = text.split(',').map(str::trim);
        let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
        if let Some(word) = words.iter().find(|word| word.starts_with('-')) {
            return Err(InvalidToolNames::LeavesOut((*word).to_owned()));
        }
        if words.is_empty() {
            return Err(InvalidToolNames::None);
        }
        Ok(Self(catalog.naming(&words)?))
    }

    /// Whether this tool is named.
    pub fn contains(&self, tool: Tool) -> bool {
        self.0.contains(tool)
    }
}
