//! Who calls, and whether their key may do what they ask. All of it comes from the operation's declaration.

use jiff::Timestamp;
use portkey_api::{Declaration, Keys, Plan};
use rusqlite::{Connection, params};
use serde_json::Value;

use crate::{identity::iso, refusal::Refusal, store::Queries as _};

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
    scopes: Vec<String>,
    /// Whether the scopes don't matter.
    unrestricted: bool,
    enterprise: bool,
}

impl Principal {
    /// The caller who sent this secret.
    pub(crate) fn of(
        db: &Connection,
        secret: Option<&str>,
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        let sql = "SELECT key.*, organisation.id AS organisation_id, organisation.plan
            FROM api_key_secrets AS secret
            JOIN api_keys AS key ON key.id = secret.api_key_id
            JOIN organisations AS organisation
            WHERE secret.secret = ?1
              AND (secret.expires_at IS NULL OR secret.expires_at > ?2)
              AND (key.expires_at IS NULL OR key.expires_at > ?2)";
        let secret = secret.ok_or_else(Refusal::unauthenticated)?;
        db.maybe(sql, params![secret, iso(now)], |row| {
            Ok(Self {
                key_id: row.get("id")?,
                organisation_id: row.get("organisation_id")?,
                workspace_id: row.get("workspace_id")?,
                user_id: row.get("user_id")?,
                scopes: texts(&row.get("scopes")?),
                unrestricted: row.get("unrestricted")?,
                enterprise: row.get::<_, String>("plan")? == "enterprise",
            })
        })?
        .ok_or_else(Refusal::unauthenticated)
    }

    /// The sandbox itself, for its own controls and for what is public.
    pub(crate) fn nobody(db: &Connection) -> Result<Self, Refusal> {
        let sql = "SELECT id, plan FROM organisations";
        let organisation = db.maybe(sql, [], |row| {
            Ok((row.get("id")?, row.get::<_, String>("plan")?))
        })?;
        let (organisation_id, plan) = organisation.unwrap_or_default();
        Ok(Self {
            key_id: String::new(),
            organisation_id,
            workspace_id: None,
            user_id: None,
            scopes: Vec::new(),
            unrestricted: true,
            enterprise: plan == "enterprise",
        })
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

fn texts(list: &Value) -> Vec<String> {
    let items = list.as_array().into_iter().flatten();
    items.filter_map(Value::as_str).map(str::to_owned).collect()
}
