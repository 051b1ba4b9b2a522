//! Looks up the workspaces that a policy names, with their ids and slugs, and caches them.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use moka::future::Cache;
use portkey_api::workspaces::GetWorkspace;
use portkey_api_core::Declared as _;
use portkey_client::ReadClient;
use serde_json::Value;

use super::{Origin, Policy, WorkspaceArgument, WorkspaceNames};
use crate::keys::Account;

/// A cache of workspaces by account and name. Clones share it.
#[derive(Debug, Clone)]
pub(crate) struct WorkspaceCache {
    known: Cache<CacheKey, Arc<Workspace>>,
}

/// The cache key: names are unique only within an account.
type CacheKey = (Account, String);

/// How long a looked-up workspace is cached.
const FRESH_FOR: Duration = Duration::from_mins(1);
/// The capacity of the cache, in workspaces. Policies name far fewer.
const MOST: u64 = 10_000;

/// A workspace with its id and slug.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Workspace {
    names: BTreeSet<String>,
    id: String,
    slug: String,
}

/// The workspaces that a policy limits calls to.
#[derive(Debug, Clone)]
pub(crate) struct AllowedWorkspaces {
    workspaces: Vec<Arc<Workspace>>,
    /// The places of the limits in the configuration.
    pub(crate) origins: Vec<Origin>,
    /// The workspaces as the operator names them, for messages.
    pub(crate) names: String,
}

impl Default for WorkspaceCache {
    fn default() -> Self {
        let known = Cache::builder().max_capacity(MOST).time_to_live(FRESH_FOR);
        Self {
            known: known.build(),
        }
    }
}

impl WorkspaceCache {
    /// Returns the workspaces that `policy` limits calls to, or `None` if it sets no such limit.
    pub(crate) async fn allowed(
        &self,
        client: &ReadClient,
        policy: &Policy,
    ) -> Option<AllowedWorkspaces> {
        let mut allowed: Option<AllowedWorkspaces> = None;
        for rules in policy.rules() {
            let Some(names) = &rules.workspaces else {
                continue;
            };
            let workspaces = self.workspaces(client, names).await;
            match &mut allowed {
                None => {
                    allowed = Some(AllowedWorkspaces {
                        workspaces,
                        origins: vec![rules.origin.clone()],
                        names: names.to_string(),
                    });
                }
                Some(allowed) => {
                    allowed.keep(&workspaces);
                    allowed.origins.push(rules.origin.clone());
                    allowed.names = format!("{} and {names}", allowed.names);
                }
            }
        }
        allowed
    }

    async fn workspaces(&self, client: &ReadClient, names: &WorkspaceNames) -> Vec<Arc<Workspace>> {
        let mut workspaces = Vec::new();
        for name in names.iter() {
            workspaces.push(self.workspace(client, name).await);
        }
        workspaces
    }

    async fn workspace(&self, client: &ReadClient, name: &str) -> Arc<Workspace> {
        let account = Account::of(client.settings(), GetWorkspace::DECLARATION.keys);
        let key = (account, name.to_owned());
        // Boxed, because this large future would be part of the future of every call.
        let workspace = Box::pin(self.known.optionally_get_with(key, ask(client, name)));
        // A workspace that cannot be read matches only the name that the operator wrote; failures are not cached.
        let workspace = workspace.await;
        workspace.unwrap_or_else(|| Arc::new(Workspace::called(name)))
    }
}

async fn ask(client: &ReadClient, name: &str) -> Option<Arc<Workspace>> {
    let workspace = GetWorkspace {
        workspace_id: name.into(),
        name_format: None,
    };
    // The client refuses a name that is not a valid path segment without sending it.
    let answer = client.call(&workspace).await.ok()?;
    let answer = GetWorkspace::DECLARATION.normalise(answer.value);
    Workspace::read(name, &answer).map(Arc::new)
}

impl Workspace {
    fn called(name: &str) -> Self {
        Self {
            names: [name.to_owned()].into(),
            id: name.to_owned(),
            slug: name.to_owned(),
        }
    }

    /// Reads a workspace from Portkey's answer. `None` if the answer is about a workspace of another name.
    fn read(name: &str, answer: &Value) -> Option<Self> {
        let text = |member| answer.get(member).and_then(Value::as_str);
        let (id, slug) = (text("id")?, text("slug")?);
        (id == name || slug == name).then(|| Self {
            names: [id, slug].map(str::to_owned).into(),
            id: id.to_owned(),
            slug: slug.to_owned(),
        })
    }
}

impl AllowedWorkspaces {
    /// Whether this is the id or slug of one of the workspaces.
    pub(crate) fn contains(&self, name: &str) -> bool {
        self.workspaces
            .iter()
            .any(|workspace| workspace.names.contains(name))
    }

    /// The ids of the workspaces.
    pub(crate) fn ids(&self) -> impl Iterator<Item = &str> {
        self.workspaces
            .iter()
            .map(|workspace| workspace.id.as_str())
    }

    /// Returns the value for an argument that names the workspace, if exactly one is allowed.
    pub(crate) fn only(&self, argument: WorkspaceArgument) -> Option<&str> {
        match self.workspaces.as_slice() {
            [workspace] if argument.is_slug => Some(&workspace.slug),
            [workspace] => Some(&workspace.id),
            _ => None,
        }
    }

    /// Removes the workspaces that are not among `others`.
    fn keep(&mut self, others: &[Arc<Workspace>]) {
        let is_shared = |workspace: &Arc<Workspace>| {
            let mut others = others.iter();
            others.any(|other| !other.names.is_disjoint(&workspace.names))
        };
        self.workspaces.retain(is_shared);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_answer_about_another_workspace_is_ignored() {
        let answer = json!({ "id": "1-2", "slug": "research" });
        let workspace = Workspace::read("research", &answer).unwrap();
        assert_eq!(Workspace::read("1-2", &answer), Some(workspace));
        assert_eq!(Workspace::read("staging", &answer), None);
        assert_eq!(Workspace::read("", &json!({})), None);
    }

    fn workspace(names: [&str; 2]) -> Arc<Workspace> {
        let [id, slug] = names.map(str::to_owned);
        let names = [id.clone(), slug.clone()].into();
        Arc::new(Workspace { names, id, slug })
    }

    #[test]
    fn two_limits_leave_the_workspaces_that_both_name_by_id_or_slug() {
        let all = [["1", "a"], ["2", "b"], ["3", "c"]].map(workspace);
        let [a, b, c] = &all;
        let mut allowed = AllowedWorkspaces {
            workspaces: vec![Arc::clone(a), Arc::clone(b)],
            origins: Vec::new(),
            names: String::new(),
        };
        let [by_id, by_slug] = [("workspace_id", false), ("workspace_slug", true)]
            .map(|(name, is_slug)| WorkspaceArgument { name, is_slug });
        assert_eq!(allowed.only(by_id), None);
        allowed.keep(&[Arc::clone(b), Arc::clone(c)]);
        assert!(allowed.contains("2") && allowed.contains("b"));
        assert!(
            ["1", "a", "3", "c"]
                .iter()
                .all(|name| !allowed.contains(name))
        );
        assert_eq!(allowed.only(by_id), Some("2"));
        assert_eq!(allowed.only(by_slug), Some("b"));
        // An unknown workspace has only the name that the operator wrote.
        allowed.keep(&[Arc::new(Workspace::called("b"))]);
        assert!(allowed.contains("b"));
        allowed.keep(&[]);
        assert!(!allowed.contains("b"));
    }
}
