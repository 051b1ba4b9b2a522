//! Whose key a request came with, and what that key may do.

use portkey_api::{Declaration, Keys, Plan};

use super::refusal::Refusal;

/// Whose key a request came with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Principal {
    /// The key's id.
    pub(crate) key_id: String,
    pub(crate) organisation_id: String,
    /// Where the key belongs; `None` for keys of the organisation.
    pub(crate) workspace_id: Option<String>,
    /// Whose key it is, if a person's.
    pub(crate) user_id: Option<String>,
    pub(crate) scopes: Vec<String>,
    /// Whether the scopes don't matter.
    pub(crate) unrestricted: bool,
    pub(crate) enterprise: bool,
}

impl Principal {
    /// Refuses what this kind of key, its scopes or the plan don't allow.
    pub(crate) fn permit(&self, operation: &Declaration) -> Result<(), Refusal> {
        match (operation.keys, &self.workspace_id) {
            (Keys::Admin, Some(_)) => {
                return Err(Refusal::forbidden(
                    "You do not have permission: this needs an organisation API key",
                ));
            }
            (Keys::Workspace, None) => {
                return Err(Refusal::forbidden(
                    "You do not have permission: this needs a workspace API key",
                ));
            }
            _ => {}
        }
        if operation.plan == Plan::Enterprise && !self.enterprise {
            return Err(Refusal::forbidden(
                "You do not have permission: this needs the Enterprise plan",
            ));
        }
        let names = operation.scopes.names;
        let mut missing = names.iter().filter(|name| !self.has(name));
        if operation.scopes.all {
            missing.next().map_or(Ok(()), |name| Err(lacks(&[name])))
        } else if names.is_empty() || missing.count() < names.len() {
            Ok(())
        } else {
            Err(lacks(names))
        }
    }

    /// Refuses unless the key has one scope that depends on what the call is about.
    pub(crate) fn permit_scope(&self, name: &str) -> Result<(), Refusal> {
        if self.has(name) {
            Ok(())
        } else {
            Err(lacks(&[name]))
        }
    }

    /// Refuses what belongs to another workspace. What belongs to none is the organisation's.
    pub(crate) fn permit_workspace(
        &self,
        workspace_id: Option<&str>,
        what: &str,
    ) -> Result<(), Refusal> {
        match &self.workspace_id {
            Some(own) if workspace_id != Some(own) => Err(Refusal::foreign(what)),
            _ => Ok(()),
        }
    }

    fn has(&self, scope: &str) -> bool {
        self.unrestricted || self.scopes.iter().any(|own| own == scope)
    }
}

fn lacks(scopes: &[&str]) -> Refusal {
    let scopes = scopes.join(" or ");
    Refusal::forbidden(format!(
        "You do not have permission: this API key lacks the scope {scopes}"
    ))
}
