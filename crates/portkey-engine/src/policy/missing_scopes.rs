//! Scopes of an access token that a call needs and the token lacks.

use std::{collections::BTreeSet, fmt};

/// The scopes that an access token must have for a call whose token lacks some.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingScopes {
    /// All scopes that the new token must have. They include the ones of the current token, since the new token
    /// replaces it.
    pub needed: BTreeSet<String>,
}

impl fmt::Display for MissingScopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scopes: Vec<&str> = self.needed.iter().map(String::as_str).collect();
        write!(
            f,
            "the token lacks a scope; it needs `{}`",
            scopes.join(" ")
        )
    }
}
