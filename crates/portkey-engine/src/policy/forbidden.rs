//! The refusal of a call by a rule.

use std::fmt;

use super::Origin;
use crate::wording::{Plain, Wording};

/// The sorts of rules, as metrics and the audit name them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rule {
    /// Nothing may be changed.
    ReadOnly,
    /// The tool is ruled out.
    Deny,
    /// The tool is not among those that are allowed.
    Allow,
    /// The tool is not in the tool sets of whoever calls.
    ToolSet,
    /// The tool has an effect that is not allowed.
    Effect,
    /// The call is about another workspace, or nobody can tell which.
    Workspace,
    /// There were too many of the kind.
    Quota,
}

/// A call that the policy does not allow; what it would have done was not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forbidden {
    /// What was called.
    pub tool: &'static str,
    /// By which sort of rule.
    pub kind: Rule,
    /// By which rule, and why.
    pub reason: Reason,
}

/// Why a rule forbids a call. It becomes text only where somebody reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// None of the tool sets of whoever calls holds the tool.
    NotOffered,
    /// A rule says so.
    Rule {
        /// Where the rule stands.
        origin: Origin,
        /// Its name in [`Rules`](super::Rules).
        name: &'static str,
        /// Its value, where that explains the refusal.
        value: Option<String>,
        /// What it does, after its name; empty where the name says it.
        does: String,
    },
    /// Calls are limited to workspaces.
    Workspaces {
        /// Where the limits stand.
        origins: Vec<Origin>,
        /// The allowed workspaces, as the operator names them.
        allowed: String,
        /// Why the call is not within them.
        why: String,
    },
}

impl Forbidden {
    /// What it says to the readers of these words.
    pub fn describe(&self, wording: &dyn Wording) -> String {
        format!(
            "`{}` is not allowed here: {}. Only the operator of this server can change that",
            self.tool,
            self.reason.describe(wording)
        )
    }
}

impl Reason {
    /// The rule and what it does.
    pub fn describe(&self, wording: &dyn Wording) -> String {
        match self {
            Self::NotOffered => "the tool sets that you are given do not hold it".to_owned(),
            Self::Rule {
                origin,
                name,
                value,
                does,
            } => {
                let rule = origin.describe(name, value.as_deref(), wording);
                let space = if does.is_empty() { "" } else { " " };
                format!("{rule}{space}{does}")
            }
            Self::Workspaces {
                origins,
                allowed,
                why,
            } => {
                let rules = origins
                    .iter()
                    .map(|origin| origin.describe("workspaces", None, wording));
                let rules: Vec<_> = rules.collect();
                format!(
                    "{} limits calls to {allowed}, and {why}",
                    rules.join(" and ")
                )
            }
        }
    }
}

impl fmt::Display for Forbidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.describe(&Plain))
    }
}

impl std::error::Error for Forbidden {}

impl Rule {
    /// In one word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ReadOnly => "read-only",
            Self::Deny => "deny",
            Self::Allow => "allow",
            Self::ToolSet => "tool-set",
            Self::Effect => "effect",
            Self::Workspace => "workspace",
            Self::Quota => "quota",
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
