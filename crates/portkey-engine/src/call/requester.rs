//! The principal that a call is made for, and the tools that they may use.

use std::sync::Arc;

use portkey_api_core::Effect;

use super::Failure;
use crate::{
    catalog::{Catalog, Selection, Tool},
    policy::{Forbidden, MissingScopes, Policy, Reason, Rule},
    references::Rights,
    wording::Wording,
};

/// The principal that a call is made for, their rights, and how to word messages to them.
#[derive(Debug, Clone)]
pub struct Requester {
    /// The principal's name, unique within the server.
    pub principal: Arc<str>,
    /// The name of the client program, as it reports itself.
    pub client: Option<Arc<str>>,
    /// The tools that the principal may use.
    pub authority: Authority,
    /// The surface's wording for messages to the principal, such as the names of settings.
    pub wording: &'static dyn Wording,
    /// The id of the distributed trace that the call belongs to, if any.
    pub trace_id: Option<Arc<str>>,
}

/// The tools that a principal may use. Direct calls and the inner calls of composed tools are checked against it alike.
#[derive(Debug, Clone)]
pub struct Authority {
    /// The tools that the principal is offered.
    pub offered: Offered,
    /// The operator's restrictions, which apply to offered tools too.
    pub policy: Arc<Policy>,
    /// The scopes that the access token lacks, each with the tools that need it.
    pub lacking: Arc<[(MissingScopes, Arc<Selection>)]>,
}

/// The tools that a principal is offered, by where the selection is configured.
#[derive(Debug, Clone)]
pub enum Offered {
    /// The tool sets of the server, which only shorten the list of tools. Composed tools may also read with tools
    /// outside the selection, but change something only with tools inside it.
    ToEverybody(Arc<Selection>),
    /// The tool sets of a token or of a `[[grants]]` rule, which limit rights: inner calls of composed tools must be
    /// inside the selection too.
    ToThem(Arc<Selection>),
}

impl Offered {
    /// The selected tools.
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
    /// Returns the scopes that `tool` needs and the access token lacks, or `None` if the token suffices.
    pub fn lacks(&self, tool: Tool) -> Option<&MissingScopes> {
        let mut lacking = self.lacking.iter();
        let (missing, _) = lacking.find(|(_, tools)| tools.contains(tool))?;
        Some(missing)
    }

    /// Checks that this tool may be called, by the principal or by a composed tool on their behalf.
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

    /// The operations and workspaces that the principal can see, as the cache key of reference searches.
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
    fn composed_tools_may_read_outside_the_tool_sets_of_the_server_but_not_of_a_token() {
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
    fn rights_list_the_operations_that_may_be_called() {
        let catalog = toys::catalog();
        let lists = Offered::ToThem(Arc::new(catalog.selection("list_toys").unwrap()));
        let rights = authority(lists).rights(catalog);
        assert_eq!(rights.operations, ["list_toys"].into());
        let all = authority(Offered::ToThem(Arc::new(catalog.all()))).rights(catalog);
        assert_eq!(all.operations.len(), catalog.operations().count());
    }
}
