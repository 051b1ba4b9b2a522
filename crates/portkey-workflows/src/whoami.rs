//! `whoami`: whose the key is, and what this server lets callers do with it.

use std::collections::BTreeMap;

use futures_util::future::join;
use portkey_api::{Edition, Paging, workflow, workspaces::ListWorkspaces};
use portkey_engine::{
    call::{CallContext, Failure, Steps},
    keys::KeyIdentity,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Tell whose the key is
///
/// Tells who you are: kind of key, organisation, workspaces, scopes, policy in force.
#[workflow(-> Identity, effect(read), scopes(), extended, essential)]
pub(crate) struct Whoami {
    /// `false` leaves them out.
    pub scopes: Option<bool>,
}

/// Whose the key is, and what may be done with it here.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Identity {
    profile: String,
    /// Of Portkey's API.
    edition: String,
    base_url: String,
    /// Its beginning, not the key.
    #[serde(skip_serializing_if = "Option::is_none")]
    fingerprint: Option<String>,
    #[serde(flatten)]
    key: KeyIdentity,
    /// Those that the key sees, and the policy allows.
    #[serde(skip_serializing_if = "Option::is_none")]
    workspaces: Option<Vec<VisibleWorkspace>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    workspaces_total: Option<u64>,
    policy: PolicyInForce,
}

/// A workspace.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
struct VisibleWorkspace {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
}

/// What the operator restricts.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
struct PolicyInForce {
    read_only: bool,
    /// When destructive calls must be confirmed.
    confirm: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    restrictions: Option<String>,
}

/// Where the workspaces of Prisma AIRS are.
const IN_SCM: &str = "Strata Cloud Manager has them";
/// How many workspaces are listed.
const MOST: u32 = 50;

impl Steps for Whoami {
    async fn run(self, context: CallContext<'_>) -> Result<Identity, Failure> {
        let list = ListWorkspaces {
            paging: Paging::first(MOST),
            name: None,
            exact_name: None,
            status: None,
        };
        let asked = async {
            match context.edition() {
                Edition::Classic => Some(context.ask(&list).await),
                // They belong to another product there.
                Edition::PrismaAirs => None,
            }
        };
        let (asked, owner) = join(asked, context.owner()).await;
        let (page, refused) = match asked.transpose() {
            Ok(Some(page)) => (Some(page), None),
            Ok(None) => (None, Some(IN_SCM.to_owned())),
            // A key that is not accepted is nobody's, and what is out of reach cannot tell.
            Err(failure) if !failure.is_forbidden() => return Err(failure),
            Err(failure) => (None, Some(context.describe(&failure))),
        };
        let mut key = KeyIdentity::of(&owner, page.as_ref().map(|page| page.data.len()));
        let wanted = key.scopes.filter(|_| self.scopes != Some(false));
        key.scopes = wanted.map(|scopes| grouped(&scopes));
        key.unknown
            .extend(refused.map(|reason| format!("workspaces: {reason}")));
        let account = context.account();
        let policy = context.policy();
        Ok(Identity {
            profile: context.profile().to_owned(),
            edition: context.edition().to_string(),
            base_url: account.portkey,
            fingerprint: account.key.map(|print| print.to_string()),
            key,
            workspaces_total: page.as_ref().and_then(|page| page.total),
            workspaces: page.map(|page| {
                let workspaces = page.data.into_iter();
                let visible = workspaces.map(|workspace| VisibleWorkspace {
                    id: workspace.id.map(|id| id.0),
                    name: workspace.name,
                });
                visible.collect()
            }),
            policy: PolicyInForce {
                read_only: policy.rules().any(|rules| rules.read_only),
                confirm: policy.confirm().to_string(),
                restrictions: policy.summary(),
            },
        })
    }
}

/// The scopes with those of one resource in one text, which costs a model a third: `configs.create|read`.
fn grouped(scopes: &[String]) -> Vec<String> {
    let mut groups: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for scope in scopes {
        let (resource, action) = scope.split_once('.').unwrap_or((scope, ""));
        groups.entry(resource).or_default().push(action);
    }
    let groups = groups.into_iter();
    groups
        .map(|(resource, actions)| format!("{resource}.{}", actions.join("|")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_of_a_resource_stand_together() {
        let scopes = ["logs.view", "configs.read", "logs.export"].map(str::to_owned);
        assert_eq!(grouped(&scopes), ["configs.read", "logs.view|export"]);
    }
}
