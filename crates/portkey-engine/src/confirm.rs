//! Who must agree before something is destroyed, and how it is known that they did.
//!
//! What is agreed to is one call: this tool, with these arguments as they were understood, on behalf of this principal,
//! against this Portkey. It is bound into a token, which is good for that call, once and for a few minutes.

mod refused;
mod seal;

use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::Deserialize;

pub use refused::ConfirmationRefused;
pub use seal::{Seal, VALID_FOR};

/// When somebody must agree to a destructive call. The later, the stricter.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Confirm {
    /// Nobody is asked.
    Never,
    /// Users are asked where their client can do that. Where it cannot: over HTTP the call must be made twice, the second
    /// time with a token; on standard input and output the client's own approval of tools is the guard.
    #[default]
    Auto,
    /// The same, and a client on standard input and output must make the call twice too.
    Always,
}

impl Confirm {
    /// All of them, the laxest first.
    pub const ALL: [Self; 3] = [Self::Never, Self::Auto, Self::Always];

    /// The word that settings use for it.
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

/// A text that is no word of [`Confirm`].
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

/// Whose agreement a token stands for. One that is meant for a client's hands is worth nothing in a model's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// The user's, who answered a question.
    User,
    /// The caller's, who saw what would become of the call and makes it again.
    Caller,
}

impl Way {
    /// The same for what is bound, and for logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Caller => "caller",
        }
    }
}
