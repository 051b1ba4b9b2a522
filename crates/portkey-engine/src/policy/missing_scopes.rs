//! Scopes of an access token that a call needs and the token lacks.

use std::{collections::BTreeSet, fmt};

/// The scopes that a token must have for a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingScopes {
    /// All of them, those that the token has included, since a new token replaces it.
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
