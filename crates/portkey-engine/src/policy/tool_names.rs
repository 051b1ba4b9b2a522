//! The tools that a rule names.

use crate::catalog::{Catalog, Selection, Tool, UnknownName};

/// The tools that a rule names: by domain, by name or by alias.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolNames(Selection);

/// A list of tools that cannot be heeded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidToolNames {
    /// It names none.
    #[error("expected the names of tools or domains, such as `configs,delete_user`")]
    None,
    /// It leaves one out.
    #[error("`{0}` leaves out; write what is allowed to `allow`, and what is not to `deny`")]
    LeavesOut(String),
    /// There is no such tool or domain.
    #[error(transparent)]
    Unknown(#[from] UnknownName),
}

impl ToolNames {
    /// Reads names with commas between them.
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

    /// Whether this tool is among them.
    pub fn contains(&self, tool: Tool) -> bool {
        self.0.contains(tool)
    }
}
