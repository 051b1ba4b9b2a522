//! The operator's policy: what calls may do. It follows from configuration alone, so that nothing in a call can widen
//! it.
//!
//! A policy is a stack of rules: the server's, then those of the token or of the `[[grants]]` table. A call must pass
//! all of them, so that added rules can only narrow the policy.

mod effects;
mod forbidden;
mod missing_scopes;
mod quotas;
mod resource_scope;
mod rules;
mod tool_names;
mod workspace_cache;
mod workspace_names;

use std::sync::Arc;

use crate::{catalog::Tool, confirm::Confirm};

pub use effects::Effects;
pub use forbidden::{Forbidden, Reason, Rule};
pub use missing_scopes::MissingScopes;
pub(crate) use quotas::QuotaKind;
pub use quotas::{QuotaTable, Quotas};
pub(crate) use resource_scope::{
    Reference, ResourceScope, Subject, WorkspaceArgument, collection_of, container, entries_tell,
    is_workspace, listing, lists_workspaces, names_of, object_of, placeholder, placeholders,
    references, resource_scope, stated, wide_of,
};
pub use rules::{Origin, Rules};
pub use tool_names::{InvalidToolNames, ToolNames};
pub(crate) use workspace_cache::{AllowedWorkspaces, WorkspaceCache};
pub use workspace_names::WorkspaceNames;

/// The restrictions on the calls of a principal. The default policy restricts nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policy {
    rules: Vec<Arc<Rules>>,
}

impl Policy {
    /// Returns the policy of these rules alone.
    pub fn of(rules: Rules) -> Self {
        Self {
            rules: vec![Arc::new(rules)],
        }
    }

    /// Returns this policy with further rules, which can only narrow it.
    #[must_use]
    pub fn and(&self, rules: impl IntoIterator<Item = Arc<Rules>>) -> Self {
        let all = self.rules.iter().cloned().chain(rules);
        Self {
            rules: all.collect(),
        }
    }

    /// Checks that this tool may be called, whatever its arguments. Returns the first rule that forbids it.
    pub fn permits(&self, tool: Tool) -> Result<(), Forbidden> {
        self.rules.iter().try_for_each(|rules| rules.permit(tool))
    }

    /// When destructive calls must be confirmed, by the strictest rule.
    pub fn confirm(&self) -> Confirm {
        let levels = self.rules().filter_map(|rules| rules.confirm);
        levels.max().unwrap_or_default()
    }

    /// The rules of the policy, the server's first.
    pub fn rules(&self) -> impl Iterator<Item = &Rules> {
        self.rules.iter().map(Arc::as_ref)
    }

    /// Returns all restrictions as one line for the instructions that a client gets, or `None` if there are none.
    pub fn summary(&self) -> Option<String> {
        let mut restrictions: Vec<String> = Vec::new();
        for part in self.rules().flat_map(Rules::restrictions) {
            if !restrictions.contains(&part) {
                restrictions.push(part);
            }
        }
        let restrictions = restrictions.join("; ");
        (!restrictions.is_empty()).then(|| {
            format!("RESTRICTED by the operator, who alone can change it: {restrictions}. Do not try to work around it.")
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::{option, prelude::*, sample::subsequence};

    use super::*;
    use crate::catalog;

    fn names() -> impl Strategy<Value = String> {
        let words = vec![
            "users",
            "configs",
            "prompts",
            "analytics",
            "logging",
            "delete_config",
            "list_users",
            "run_prompt_completion",
            "default",
        ];
        subsequence(words, 1..5).prop_map(|words| words.join(","))
    }

    fn effects() -> impl Strategy<Value = String> {
        let words = vec!["read", "create", "update", "delete", "execute"];
        subsequence(words, 1..=5).prop_map(|words| words.join(","))
    }

    fn rules() -> impl Strategy<Value = Rules> {
        let workspaces = option::of(Just("research".to_owned()));
        let parts = (
            any::<bool>(),
            option::of(names()),
            option::of(names()),
            option::of(effects()),
            workspaces,
        );
        parts.prop_map(|(read_only, allow, deny, effects, workspaces)| Rules {
            read_only,
            allow: allow.map(|names| tool_names(&names)),
            deny: deny.map(|names| tool_names(&names)),
            effects: effects.map(|words| words.parse().unwrap()),
            workspaces: workspaces.map(|names| names.parse().unwrap()),
            ..Rules::default()
        })
    }

    fn tool_names(text: &str) -> ToolNames {
        ToolNames::parse(catalog::operations_alone(), text).unwrap()
    }

    fn permitted(policy: &Policy) -> Vec<&'static str> {
        let catalog = catalog::operations_alone();
        let tools = catalog.tools().filter(|tool| policy.permits(*tool).is_ok());
        tools.map(|tool| tool.name()).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn further_rules_permit_what_both_permit_and_no_more(server in rules(), own in rules()) {
            let (server, own) = (Policy::of(server), Policy::of(own));
            let both = server.and(own.rules.iter().cloned());
            let (of_server, of_own) = (permitted(&server), permitted(&own));
            let expected: Vec<_> = of_server.into_iter().filter(|name| of_own.contains(name)).collect();
            prop_assert_eq!(permitted(&both), expected);
        }

        #[test]
        fn what_is_denied_is_denied_whatever_allows_it(rules in rules(), denied in names()) {
            let denied = tool_names(&denied);
            let rules = Rules { deny: Some(denied.clone()), ..rules };
            let policy = Policy::of(rules);
            let catalog = catalog::operations_alone();
            for tool in catalog.tools().filter(|tool| denied.contains(*tool)) {
                prop_assert!(policy.permits(tool).is_err(), "{}", tool.name());
            }
        }
    }

    #[test]
    fn empty_rules_permit_everything_and_have_no_summary() {
        let policy = Policy::of(Rules::default());
        assert_eq!(
            permitted(&policy).len(),
            catalog::operations_alone().tools().count()
        );
        assert_eq!(policy.summary(), None);
    }
}
