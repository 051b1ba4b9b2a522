//! The catalog: every tool that can be called by name. A tool is an operation of the API or a workflow.

mod common_arguments;
mod fields;
mod names;
mod needs;
mod selection;
mod siblings;

use std::collections::HashMap;

use portkey_api_core::{Declaration, Domain, JsonObject, Method, Operation, nearest, shortened};

use crate::untrusted::brief;

pub use common_arguments::{
    CHART, CONFIRMATION, CommonArgument, FIELDS, FORMAT, RESULT_TOKENS, common_arguments,
};
pub(crate) use common_arguments::{DRY_RUN, INCLUDE_BODIES, RETURN_OBJECT, VERBOSE};
pub use fields::{WHERE, field};
pub(crate) use fields::{is_instruction, is_same};
pub use needs::needs;
use needs::needs_before_a_call;
pub use selection::{Selection, ToolSet, UnknownName};
pub(crate) use siblings::Listing;

/// A tool that can be called by name.
#[derive(Debug, Clone, Copy)]
pub enum Tool {
    /// An operation of the API.
    Operation(&'static Operation),
    /// A workflow, which makes several API calls or none.
    Workflow(&'static Workflow),
}

/// A tool and the domain it belongs to.
#[derive(Debug, Clone, Copy)]
pub struct CatalogEntry {
    /// The tool.
    pub tool: Tool,
    /// The name of the domain, such as `workspaces`.
    pub domain: &'static str,
}

impl Tool {
    /// The declaration of the tool.
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

    /// The description for a model: that of the declaration, followed by what sort of API key and which plan it needs.
    pub fn description(&self) -> String {
        let declaration = self.declaration();
        match needs_before_a_call(declaration) {
            Some(needs) => format!("{} {needs}", declaration.description),
            None => declaration.description.to_owned(),
        }
    }

    /// The JSON schema of the arguments, including the common ones, as a client sees it.
    pub fn input_schema(&self) -> JsonObject {
        let mut schema = self.declaration().input_schema();
        common_arguments::list(*self, &mut schema);
        schema
    }

    /// Whether the tool is in the default selection.
    pub fn is_default(&self) -> bool {
        !self.declaration().extended && !self.declaration().unlisted
    }

    /// Whether the tool publishes an output schema that programs may rely on. Only workflows do.
    pub fn declares_output(&self) -> bool {
        matches!(self, Self::Workflow(_))
    }
}

/// The entry of a workflow in a catalog. Its implementation is a `ComposedTool` of the module `call`.
#[derive(Debug, Clone, Copy)]
pub struct Workflow {
    /// The declaration of the workflow.
    pub declaration: Declaration,
    /// The name of the domain, such as `workspaces`.
    pub domain: &'static str,
}

/// The tools of a program, by name, by domain and by path.
#[derive(Debug)]
pub struct Catalog {
    entries: Vec<CatalogEntry>,
    by_name: HashMap<&'static str, CatalogEntry>,
    /// The operations by method and shape of the path, in catalog order.
    by_path: HashMap<(Method, String), Vec<&'static Operation>>,
    domains: &'static [Domain],
    sets: &'static [ToolSet],
}

impl Catalog {
    /// Returns a catalog of the operations of these domains. Each domain's operations are followed by its workflows.
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
                let key = (operation.method, siblings::shape(operation.path));
                by_path.entry(key).or_default().push(operation);
            }
        }
        Self {
            by_name: entries.iter().map(|e| (e.tool.name(), *e)).collect(),
            by_path,
            entries,
            domains,
            sets: &[],
        }
    }

    /// The same catalog with these tool sets, besides `default`, `essentials` and `all`.
    #[must_use]
    pub fn with_sets(self, sets: &'static [ToolSet]) -> Self {
        Self { sets, ..self }
    }

    /// Every tool with its domain, domain by domain, workflows after the operations of their domain.
    pub fn entries(&self) -> impl Iterator<Item = CatalogEntry> {
        self.entries.iter().copied()
    }

    /// Every tool, in catalog order.
    pub fn tools(&self) -> impl Iterator<Item = Tool> {
        self.entries().map(|entry| entry.tool)
    }

    /// The names of the domains that have tools, in catalog order.
    pub fn domains(&self) -> impl Iterator<Item = &'static str> {
        self.domains.iter().map(Domain::name)
    }

    /// The alias of each tool that has one, with the tool's name.
    fn aliases(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.tools().flat_map(|tool| {
            let aliases = tool.declaration().aliases.iter();
            aliases.map(move |alias| (*alias, tool.name()))
        })
    }

    /// Every operation, in catalog order.
    pub fn operations(&self) -> impl Iterator<Item = &'static Operation> {
        self.tools().filter_map(|tool| match tool {
            Tool::Operation(operation) => Some(operation),
            Tool::Workflow(_) => None,
        })
    }

    /// The operation of exactly this name, if there is one.
    pub fn operation(&self, name: &str) -> Option<&'static Operation> {
        match self.by_name.get(name)?.tool {
            Tool::Operation(operation) => Some(operation),
            Tool::Workflow(_) => None,
        }
    }

    /// Returns the tool of this name, alias or other spelling. Every surface uses this function for names of tools, so
    /// that all agree.
    pub fn find(&self, name: &str) -> Result<Tool, UnknownTool> {
        self.entry(name).map(|entry| entry.tool)
    }

    /// Like [`find`](Self::find), with the domain of the tool.
    pub fn entry(&self, name: &str) -> Result<CatalogEntry, UnknownTool> {
        let exact = |name: &str| self.by_name.get(name).copied();
        exact(name)
            .or_else(|| names::meant(self, name).and_then(exact))
            .ok_or_else(|| UnknownTool {
                name: shortened(name),
                nearest: nearest(names::bare(name), self.tools().map(|tool| tool.name())),
            })
    }
}

#[cfg(test)]
/// The catalog of Portkey's operations without workflows, for unit tests.
pub(crate) fn operations_alone() -> &'static Catalog {
    static CATALOG: std::sync::LazyLock<Catalog> =
        std::sync::LazyLock::new(|| Catalog::new(portkey_api::DOMAINS, []));
    &CATALOG
}

/// The error of a name that no tool has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown tool `{}`{}", brief(name), nearest.map(|n| format!("; did you mean `{n}`?")).unwrap_or_default())]
pub struct UnknownTool {
    name: String,
    nearest: Option<&'static str>,
}
