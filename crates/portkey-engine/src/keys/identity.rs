//! What Portkey shows of an API key, and what it does not. There is no operation that tells a key about itself.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Owner;

/// What Portkey shows of an API key.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct KeyIdentity {
    /// Whether the key is of the organisation or of a workspace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<KeyType>,
    /// The name of the key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Such as `active`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// When it expires, if it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
    /// What it may do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scopes: Option<Vec<String>>,
    /// The id of the organisation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organisation_id: Option<String>,
    /// The id of the workspace that the key is bound to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workspace_id: Option<String>,
    /// What cannot be known, and why.
    pub unknown: Vec<String>,
}

/// Whose a key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum KeyType {
    /// A key of the organisation, called admin key.
    Organisation,
    /// A key of one workspace.
    Workspace,
}

impl KeyIdentity {
    /// Returns what is known of a key by its owner and by the number of workspaces that it sees.
    pub fn of(owner: &Owner, workspaces: Option<usize>) -> Self {
        let listed = owner.listed.as_deref().cloned().unwrap_or_default();
        let by_type = listed.r#type.as_deref().and_then(KeyType::named);
        // A key of a workspace sees no other one.
        let sees_many = workspaces.is_some_and(|number| number > 1);
        let kind = by_type.or_else(|| sees_many.then_some(KeyType::Organisation));
        let reason = match (owner.lists_keys, &owner.listed) {
            (false, _) => "this key may not list API keys, which is where Portkey shows it",
            (true, None) => "the list of API keys does not name this key",
            (true, Some(_)) => "the list of API keys does not say it",
        };
        let unknown = [
            ("kind", kind.is_none()),
            ("scopes", listed.scopes.is_none()),
            ("organisation_id", owner.organisation.is_none()),
        ];
        let unknown = unknown.into_iter().filter(|(_, is_unknown)| *is_unknown);
        let unknown = unknown.map(|(what, _)| format!("{what}: {reason}"));
        Self {
            kind,
            name: listed.name,
            status: listed.status,
            expires_at: listed.expires_at,
            scopes: listed.scopes,
            organisation_id: owner.organisation.clone(),
            workspace_id: owner.workspace.clone(),
            unknown: unknown.chain([PLAN.to_owned()]).collect(),
        }
    }
}

/// Why the plan is unknown.
const PLAN: &str = "plan: Portkey has no request for it";

impl KeyType {
    /// Reads a type as the list of keys has it, such as `workspace-service`.
    fn named(text: &str) -> Option<Self> {
        match text.split('-').next() {
            Some("organisation" | "organization") => Some(Self::Organisation),
            Some("workspace") => Some(Self::Workspace),
            _ => None,
        }
    }

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Organisation => "organisation",
            Self::Workspace => "workspace",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::keys::ListedKey;

    #[test]
    fn a_listed_key_is_known_but_for_its_plan() {
        let owner = Owner {
            organisation: Some("org".to_owned()),
            workspace: Some("ws".to_owned()),
            lists_keys: true,
            listed: Some(Arc::new(ListedKey {
                r#type: Some("workspace-user".to_owned()),
                scopes: Some(vec!["logs.view".to_owned()]),
                ..ListedKey::default()
            })),
        };
        let identity = KeyIdentity::of(&owner, Some(1));
        assert_eq!(identity.kind, Some(KeyType::Workspace));
        assert_eq!(identity.unknown, [PLAN]);
    }

    #[test]
    fn a_key_that_is_not_listed_is_told_by_what_it_sees_and_the_rest_is_said_to_be_unknown() {
        let unlisted = Owner::default();
        let many = KeyIdentity::of(&unlisted, Some(3));
        assert_eq!(many.kind, Some(KeyType::Organisation));
        let one = KeyIdentity::of(&unlisted, Some(1));
        assert_eq!(one.kind, None);
        let unknown = one.unknown.join("\n");
        for part in [
            "kind: this key may not list",
            "scopes: ",
            "organisation_id: ",
            PLAN,
        ] {
            assert!(unknown.contains(part), "{unknown}");
        }
    }
}
