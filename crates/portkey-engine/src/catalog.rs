//! The catalog: every tool that can be called by name, an operation of the API or a workflow made of several.

mod common_arguments;
mod fields;
mod names;
mod needs;
mod selection;
mod siblings;

use std::collections::HashMap;

use portkey_api_core::{Declaration, Domain, JsonObject, Method, Operation, nearest, shortened};

use crate::untrusted::brief;

pub use common_arguments::{CONFIRMATION, CommonArgument, common_arguments};
pub(crate) use common_arguments::{DRY_RUN, INCLUDE_BODIES, RETURN_OBJECT};
pub use fields::{WHERE, field};
pub(crate) use fields::{is_instruction, is_same};
pub use needs::needs;
pub use selection::{Selection, UnknownName};
pub(crate) use siblings::Listing;

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
pub struct CatalogEntry {
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
        common_arguments::list(*self, &mut schema);
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

/// A tool made of several calls, as a catalog lists it. What it does is a `ComposedTool` of the module `call`.
#[derive(Debug, Clone, Copy)]
pub struct Workflow {
    /// What it is and needs.
    pub declaration: Declaration,
    /// The domain it belongs to.
    pub domain: &'static str,
}

/// The tools of a program, by name, by domain and by path.
#[derive(Debug)]
pub struct Catalog {
    entries: Vec<CatalogEntry>,
    by_name: HashMap<&'static str, CatalogEntry>,
    /// By the method and the shape of the path, in the order in which they are listed.
    by_path: HashMap<(Method, String), Vec<&'static Operation>>,
    domains: &'static [Domain],
}

impl Catalog {
    /// The operations of these domains, each followed by the workflows that belong to it.
    pub fn new(
        domains: &'static [Domain],
        workflows: impl IntoIterator<Item = &'static Workflow>,
    ) -> Self {
        let workflows: Vec<&'static Workflow> = workflows.into_iter().collect();
        let mut entries: Vec<CatalogEntry> = Vec::new();
        for domain in domains {
            let operations = domain.operations.iter().map(Tool::Operation);
            let of_domain = workflows.iter().filter(|w| w.domain == domain.name());
            let tools = operations.chain(of_domain.map(|workflow| Tool::Workflow(workflow)));
            entries.extend(tools.map(|tool| CatalogEntry {
                tool,
                domain: domain.name(),
            }));
        }
        let mut by_path: HashMap<_, Vec<_>> = HashMap::new();
        for entry in &entries {
            if let Tool::Operation(operation) = entry.tool {
                let place = (operation.method, siblings::shape(operation.path));
                by_path.entry(place).or_default().push(operation);
            }
        }
        Self {
            by_name: entries.iter().map(|e| (e.tool.name(), *e)).collect(),
            by_path,
            entries,
            domains,
        }
    }

    /// Every tool with its domain, domain by domain, workflows after the operations of theirs.
    pub fn entries(&self) -> impl Iterator<Item = CatalogEntry> {
        self.entries.iter().copied()
    }

    /// Every tool, in the order they are listed.
    pub fn tools(&self) -> impl Iterator<Item = Tool> {
        self.entries().map(|entry| entry.tool)
    }

    /// Other names by which callers may know a tool, with the one it has here.
    fn aliases(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.tools().flat_map(|tool| {
            let aliases = tool.declaration().aliases.iter();
            aliases.map(move |alias| (*alias, tool.name()))
        })
    }

    /// Every operation, in the order they are listed.
    pub fn operations(&self) -> impl Iterator<Item = &'static Operation> {
        self.tools().filter_map(|tool| match tool {
            Tool::Operation(operation) => Some(operation),
            Tool::Workflow(_) => None,
        })
    }

    /// The operation of exactly this name.
    pub fn operation(&self, name: &str) -> Option<&'static Operation> {
        match self.by_name.get(name)?.tool {
            Tool::Operation(operation) => Some(operation),
            Tool::Workflow(_) => None,
        }
    }

    /// The tool of this name, or the one that another spelling of it means. Every surface that takes the name of a tool
    /// asks here, so that all agree which one it is.
    pub fn find(&self, name: &str) -> Result<Tool, UnknownTool> {
        self.entry(name).map(|entry| entry.tool)
    }

    /// The same with its domain.
    pub fn entry(&self, name: &str) -> Result<CatalogEntry, UnknownTool> {
        let called = |name: &str| self.by_name.get(name).copied();
        called(name)
            .or_else(|| names::meant(self, name).and_then(called))
            .ok_or_else(|| UnknownTool {
                name: shortened(name),
                nearest: nearest(names::bare(name), self.tools().map(|tool| tool.name())),
            })
    }
}

#[cfg(test)]
/// The operations of Portkey, for unit tests.
pub(crate) fn operations_alone() -> &'static Catalog {
    static CATALOG: std::sync::LazyLock<Catalog> =
        std::sync::LazyLock::new(|| Catalog::new(portkey_api::DOMAINS, []));
    &CATALOG
}

/// There is no tool of this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown tool `{}`{}", brief(name), nearest.map(|n| format!("; did you mean `{n}`?")).unwrap_or_default())]
pub struct UnknownTool {
    name: String,
    nearest: Option<&'static str>,
}
