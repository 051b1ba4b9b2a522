//! Every tool: the operations of the API, and the workflows made of several.

mod aliases;
mod fields;
mod names;
mod needs;
mod selection;
mod siblings;
mod universal;

use portkey_api::{DOMAINS, Declaration, JsonObject, Operation, nearest, shortened};

use crate::{
    untrusted::brief,
    workflows::{WORKFLOWS, Workflow},
};

pub use fields::{WHERE, field, is_instruction, is_same};
pub use needs::needs;
pub use selection::{Selection, UnknownName};
pub use siblings::{Listing, collection, counterpart, listing_of, listings, reader, same_shape};
pub use universal::{CONFIRMATION, DRY_RUN, INCLUDE_BODIES, RETURN_OBJECT, Universal, universals};

/// Something that can be called by name.
#[derive(Debug, Clone, Copy)]
pub enum Tool {
    /// One request to the API.
    Operation(&'static Operation),
    /// Several, or none.
    Workflow(&'static Workflow),
}

/// A tool and the domain it belongs to.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// The tool.
    pub tool: Tool,
    /// Such as `workspaces`.
    pub domain: &'static str,
}

impl Tool {
    /// What it declares about itself.
    pub fn declaration(&self) -> &'static Declaration {
        match self {
            Self::Operation(operation) => &operation.declaration,
            Self::Workflow(workflow) => &workflow.declaration,
        }
    }

    /// The tool's name.
    pub fn name(&self) -> &'static str {
        self.declaration().name
    }

    /// What a model reads: the description, and what the key must be allowed to do.
    pub fn description(&self) -> String {
        let declaration = self.declaration();
        match needs(declaration) {
            Some(needs) => format!("{} {needs}", declaration.description),
            None => declaration.description.to_owned(),
        }
    }

    /// The schema of what it takes, as a client sees it.
    pub fn input_schema(&self) -> JsonObject {
        let mut schema = self.declaration().input_schema();
        universal::list(*self, &mut schema);
        schema
    }

    /// Whether it is offered unless the operator says otherwise.
    pub fn is_default(&self) -> bool {
        !self.declaration().extended && !self.declaration().unlisted
    }

    /// Whether programs may rely on the form of its answer.
    pub fn declares_output(&self) -> bool {
        matches!(self, Self::Workflow(_))
    }
}

/// Every tool, domain by domain, workflows after the operations of theirs.
pub fn entries() -> impl Iterator<Item = Entry> {
    DOMAINS.iter().flat_map(|domain| {
        let operations = domain.operations.iter().map(Tool::Operation);
        let workflows = WORKFLOWS.iter().filter(|w| w.domain == domain.name());
        operations
            .chain(workflows.map(Tool::Workflow))
            .map(|tool| Entry {
                tool,
                domain: domain.name(),
            })
    })
}

/// Every tool, in the order they are listed.
pub fn tools() -> impl Iterator<Item = Tool> {
    entries().map(|entry| entry.tool)
}

/// The tool of this name, or the one that another spelling of it means. Whoever takes the name of a tool asks here, so
/// that all agree which one it is.
pub fn find(name: &str) -> Result<Tool, UnknownTool> {
    entry(name).map(|entry| entry.tool)
}

/// The same with its domain.
pub fn entry(name: &str) -> Result<Entry, UnknownTool> {
    let called = |name: &str| entries().find(|entry| entry.tool.name() == name);
    called(name)
        .or_else(|| names::meant(name).and_then(called))
        .ok_or_else(|| UnknownTool {
            name: shortened(name),
            nearest: nearest(names::bare(name), tools().map(|tool| tool.name())),
        })
}

/// There is no tool of this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown tool `{}`{}", brief(name), nearest.map(|n| format!("; did you mean `{n}`?")).unwrap_or_default())]
pub struct UnknownTool {
    name: String,
    nearest: Option<&'static str>,
}
