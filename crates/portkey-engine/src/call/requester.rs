//! On whose behalf a call is made, and what they may use.

use std::sync::Arc;

use portkey_api_core::Effect;

use super::Failure;
use crate::{
    catalog::{Catalog, Selection, Tool},
    policy::{Forbidden, MissingScopes, Policy, Reason, Rule},
    references::Rights,
    wording::Wording,
};

/// On whose behalf a call is made, and what they may do.
#[derive(Debug, Clone)]
pub struct Requester {
    /// The principal's name, unique within the server.
    pub principal: Arc<str>,
    /// The program they use, as it calls itself.
    pub client: Option<Arc<str>>,
    /// What they may do.
    pub authority: Authority,
    /// The words of the program for whoever reads what comes of it.
    pub wording: &'static dyn Wording,
    /// The trace that the call belongs to, where it is part of one.
    pub trace_id: Option<Arc<str>>,
}

/// What a principal may use. A direct call and a call that a composed tool makes for them are held to the same.
#[derive(Debug, Clone)]
pub struct Authority {
    /// The tools that they are offered.
    pub offered: Offered,
    /// What the operator forbids, whatever is offered.
    pub policy: Arc<Policy>,
    /// Scopes that their token lacks, and the tools that need them.
    pub lacking: Arc<[(MissingScopes, Arc<Selection>)]>,
}

/// The tools that a principal is offered, and to whom else.
#[derive(Debug, Clone)]
pub enum Offered {
    /// The tool sets of the server, which keep the list short. Composed tools may read by other tools too, but change
    /// something only by these.
    ToEverybody(Arc<Selection>),
    /// The tool sets of a token or of a `[[grants]]` rule, which say what its holder may use, in composed tools too.
    ToThem(Arc<Selection>),
}

impl Offered {
    /// The tools themselves.
    pub fn selection(&self) -> &Selection {
        match self {
            Self::ToEverybody(selection) | Self::ToThem(selection) => selection,
        }
    }

    /// Whether a composed tool may make this call.
    fn covers(&self, tool: Tool) -> bool {
        let reads = tool.declaration().effect == Effect::Read;
        self.selection().contains(tool) || (reads && matches!(self, Self::ToEverybody(_)))
    }
}

impl Authority {
    /// Why a tool needs a better token than this request brought.
    pub fn lacks(&self, tool: Tool) -> Option<&MissingScopes> {
        let mut lacking = self.lacking.iter();
        let (missing, _) = lacking.find(|(_, tools)| tools.contains(tool))?;
        Some(missing)
    }

    /// Whether this tool may be called, whoever calls it: the principal or a composed tool on their behalf.
    pub(super) fn permits(&self, tool: Tool) -> Result<(), Failure> {
        self.policy.permits(tool)?;
        if !self.offered.covers(tool) {
            return Err(Failure::Forbidden(Forbidden {
                tool: tool.name(),
                kind: Rule::ToolSet,
                reason: Reason::NotOffered,
            }));
        }
        match self.lacks(tool) {
            None => Ok(()),
            Some(missing) => Err(Failure::Lacking {
                tool: tool.name(),
                missing: missing.clone(),
            }),
        }
    }

    /// What this lets its holder see.
    pub(crate) fn rights(&self, catalog: &Catalog) -> Rights {
        let operations = catalog.operations();
        let permitted = operations.filter(|one| self.permits(Tool::Operation(one)).is_ok());
        let limits = self
            .policy
            .rules()
            .filter_map(|rules| rules.workspaces.as_ref());
        Rights {
            operations: permitted.map(|one| one.declaration.name).collect(),
            workspaces: limits.map(ToString::to_string).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::toys;

    fn authority(offered: Offered) -> Authority {
        Authority {
            offered,
            policy: Arc::default(),
            lacking: Arc::default(),
        }
    }

    #[test]
    fn the_tool_sets_of_the_server_let_composed_tools_read_and_those_of_a_token_do_not() {
        let catalog = toys::catalog();
        let lists = || Arc::new(catalog.selection("list_toys").unwrap());
        let permits = |offered: Offered, tool: &str| {
            let tool = catalog.find(tool).unwrap();
            authority(offered).permits(tool).is_ok()
        };
        assert!(permits(Offered::ToEverybody(lists()), "get_toy"));
        assert!(!permits(Offered::ToThem(lists()), "get_toy"));
        assert!(permits(Offered::ToThem(lists()), "list_toys"));
        assert!(!permits(Offered::ToEverybody(lists()), "delete_toy"));
    }

    #[test]
    fn rights_name_what_may_be_called() {
        let catalog = toys::catalog();
        let lists = Offered::ToThem(Arc::new(catalog.selection("list_toys").unwrap()));
        let rights = authority(lists).rights(catalog);
        assert_eq!(rights.operations, ["list_toys"].into());
        let all = authority(Offered::ToThem(Arc::new(catalog.all()))).rights(catalog);
        assert_eq!(all.operations.len(), catalog.operations().count());
    }
}
