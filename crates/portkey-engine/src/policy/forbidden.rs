//! The refusal of a call by a rule.

use std::fmt;

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
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{tool}` is not allowed here: {rule}. Only the operator of this server can change that")]
pub struct Forbidden {
    /// What was called.
    pub tool: &'static str,
    /// By which sort of rule.
    pub kind: Rule,
    /// By which rule, in words.
    pub rule: String,
}

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
