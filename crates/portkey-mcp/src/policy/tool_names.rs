use std::str::FromStr;

use serde::Deserialize;

use crate::catalog::{Selection, Tool, UnknownName};

/// The tools that a rule names: by domain, by name or by alias.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
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
    /// Whether this tool is among them.
    pub fn hold(&self, tool: Tool) -> bool {
        self.0.holds(tool)
    }
}

impl FromStr for ToolNames {
    type Err = InvalidToolNames;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let words = text.split(',').map(str::trim);
        let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
        if let Some(word) = words.iter().find(|word| word.starts_with('-')) {
            return Err(InvalidToolNames::LeavesOut((*word).to_owned()));
        }
        if words.is_empty() {
            return Err(InvalidToolNames::None);
        }
        Ok(Self(Selection::naming(&words)?))
    }
}

impl TryFrom<String> for ToolNames {
    type Error = InvalidToolNames;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}
