//! Who must confirm a destructive call, and how the confirmation is verified.
//!
//! A confirmation covers one call: this tool, with these parsed arguments, for this principal, in this account of
//! Portkey. All of them are bound into a token, which is valid once and for a few minutes.

mod refused;
mod seal;

use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::Deserialize;

pub use refused::ConfirmationRefused;
pub use seal::{Seal, VALID_FOR};

/// When a destructive call needs a confirmation. The last value is the strictest.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Confirm {
    /// No confirmation is needed.
    Never,
    /// Users are asked if their client can do that. If it cannot, over HTTP the call must be made twice, the second time
    /// with a token; on standard input and output the client's own approval of tools is the guard.
    #[default]
    Auto,
    /// Like `auto`, and a client on standard input and output must make the call twice too.
    Always,
}

impl Confirm {
    /// All levels, the least strict first.
    pub const ALL: [Self; 3] = [Self::Never, Self::Auto, Self::Always];

    /// Returns the word that settings use for the level.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::Auto => "auto",
            Self::Always => "always",
        }
    }
}

impl fmt::Display for Confirm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text names no level of confirmation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected `never`, `auto` or `always`")]
pub struct UnknownConfirm;

impl FromStr for Confirm {
    type Err = UnknownConfirm;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut all = Self::ALL.into_iter();
        all.find(|one| one.as_str() == text).ok_or(UnknownConfirm)
    }
}

/// Who confirms by presenting a token. A token for the user's client is not accepted from a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// The user, who answered a question in their client.
    User,
    /// The caller, who saw a preview of the call and repeats it with the token.
    Caller,
}

impl Way {
    /// Returns the word that is bound into tokens and logged.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Caller => "caller",
        }
    }
}
