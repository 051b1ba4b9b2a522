//! The caller of a request, and what their key may do.

use portkey_api::{Declaration, Keys, Plan};

use super::refusal::Refusal;

/// The caller, identified by their key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Principal {
    /// The key's id.
    pub(crate) key_id: String,
    pub(crate) organisation_id: String,
    /// The workspace that the key belongs to; `None` for organisation keys.
    pub(crate) workspace_id: Option<String>,
    /// The person that the key belongs to; `None` for service keys.
    pub(crate) user_id: Option<String>,
    pub(crate) scopes: Vec<String>,
    /// Whether the key has every scope.
    pub(crate) unrestricted: bool,
    pub(crate) enterprise: bool,
}

impl Principal {
    /// Who is named as the author of a change: the person of the key, or else the key itself.
    pub(crate) fn author(&self) -> String {
        self.user_id.as_ref().unwrap_or(&self.key_id).clone()
    }

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

    /// Refuses unless the key has a scope that is not in the declaration, because it depends on the object.
    pub(crate) fn permit_scope(&self, name: &str) -> Result<(), Refusal> {
        if self.has(name) {
            Ok(())
        } else {
            Err(lacks(&[name]))
        }
    }

    /// Refuses an object of another workspace. `None` means an object of the organisation.
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
