//! What may be done, from static configuration alone: nothing in a call can widen it.
//!
//! A policy is a stack of rules: the server's, then those of the token or of the `[[grants]]` rule. A call must pass
//! all of them, so what is put on top can only narrow.

mod directory;
mod effects;
mod forbidden;
mod quotas;
mod reach;
mod rules;
mod tool_names;
mod workspace_names;

use std::sync::Arc;

use crate::catalog::Tool;

pub(crate) use directory::{Allowed, Directory};
pub use effects::Effects;
pub use forbidden::{Forbidden, Rule};
pub use quotas::{QuotaKind, QuotaTable, Quotas};
pub(crate) use reach::{
    NAMES, Reach, Subject, container, entries_tell, lists_workspaces, members, names_of, object_of,
    reach, references, referent, scopes_of, stated,
};
pub use rules::{Origin, Rules};
pub use tool_names::ToolNames;
pub use workspace_names::WorkspaceNames;

/// What somebody may do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policy {
    rules: Vec<Arc<Rules>>,
}

impl Policy {
    /// What these rules leave.
    pub fn of(rules: Rules) -> Self {
        Self {
            rules: vec![Arc::new(rules)],
        }
    }

    /// The same with further rules: never wider.
    #[must_use]
    pub fn and(&self, rules: impl IntoIterator<Item = Arc<Rules>>) -> Self {
        let all = self.rules.iter().cloned().chain(rules);
        Self {
            rules: all.collect(),
        }
    }

    /// Whether this tool may be called at all.
    pub fn permits(&self, tool: Tool) -> Result<(), Forbidden> {
        self.rules.iter().try_for_each(|rules| rules.permit(tool))
    }

    /// All its rules, the server's first.
    pub fn rules(&self) -> impl Iterator<Item = &Rules> {
        self.rules.iter().map(Arc::as_ref)
    }

    /// What a client is told of it, in one line; nothing where it forbids nothing.
    pub fn told(&self) -> Option<String> {
        let mut told: Vec<String> = Vec::new();
        for part in self.rules().flat_map(Rules::told) {
            if !told.contains(&part) {
                told.push(part);
            }
        }
        let told = told.join("; ");
        (!told.is_empty()).then(|| {
            format!("RESTRICTED by the operator, who alone can change it: {told}. Do not try to work around it.")
        })
    }
}
