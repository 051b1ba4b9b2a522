//! The refusal of a call by a rule.

use std::fmt;

use super::Origin;
use crate::wording::{Plain, Wording};

/// The kinds of rules, as metrics and the audit name them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rule {
    /// The rule forbids all changes.
    ReadOnly,
    /// The rule excludes the tool.
    Deny,
    /// The tool is not on the list of allowed tools.
    Allow,
    /// The tool is not in the tool sets of the requester.
    ToolSet,
    /// The tool has an effect that is not allowed.
    Effect,
    /// The call is about another workspace, or its workspace cannot be determined.
    Workspace,
    /// The quota for calls of this kind is used up.
    Quota,
}

/// A call that the policy forbids. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forbidden {
    /// The tool that was called.
    pub tool: &'static str,
    /// The kind of rule that forbids it.
    pub kind: Rule,
    /// The rule and the reason.
    pub reason: Reason,
}

/// The reason why a rule forbids a call. It is formatted only when it is shown, in the wording of the reader's surface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// The tool sets of the requester do not contain the tool.
    NotOffered,
    /// A rule forbids the call.
    Rule {
        /// The place of the rule in the configuration.
        origin: Origin,
        /// The name of the rule, as [`Rules`](super::Rules) has it.
        name: &'static str,
        /// The value of the rule, if it explains the refusal.
        value: Option<String>,
        /// The effect of the rule, to follow its name in a sentence; empty if the name explains it.
        does: String,
    },
    /// Rules limit calls to workspaces.
    Workspaces {
        /// The places of the limits in the configuration.
        origins: Vec<Origin>,
        /// The allowed workspaces, as the operator names them.
        allowed: String,
        /// The reason why the call is not within them, to follow "and" in a sentence.
        why: String,
    },
}

impl Forbidden {
    /// Returns the message about this refusal in this wording, without a final full stop.
    pub fn describe(&self, wording: &dyn Wording) -> String {
        format!(
            "`{}` is not allowed here: {}. Only the operator of this server can change that",
            self.tool,
            self.reason.describe(wording)
        )
    }
}

impl Reason {
    /// Returns the rule and its effect in this wording.
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
    /// The name of the kind in metrics and the audit, such as `read-only`.
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
