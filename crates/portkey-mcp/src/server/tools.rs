use std::{
    collections::BTreeMap,
    sync::{Arc, OnceLock},
};

use portkey_api::{Base, Effect};
use rmcp::model::{Tool as McpTool, ToolAnnotations};

use crate::{
    catalog::{self, Tool},
    config::Structured,
};

/// What clients are told of each tool, made when it is first asked for.
#[derive(Debug)]
pub(super) struct Descriptions {
    structured: Structured,
    by_name: BTreeMap<&'static str, OnceLock<McpTool>>,
}

impl Descriptions {
    pub(super) fn new(structured: Structured) -> Self {
        let names = catalog::tools().map(|tool| (tool.name(), OnceLock::new()));
        Self {
            structured,
            by_name: names.collect(),
        }
    }

    pub(super) fn of(&self, tool: Tool) -> McpTool {
        let Some(made) = self.by_name.get(tool.name()) else {
            return describe(tool, self.structured);
        };
        made.get_or_init(|| describe(tool, self.structured)).clone()
    }
}

/// One tool as clients see it.
fn describe(tool: Tool, structured: Structured) -> McpTool {
    let declaration = tool.declaration();
    let annotations = ToolAnnotations::from_raw(
        None,
        Some(declaration.effect == Effect::Read),
        Some(declaration.destructive),
        Some(declaration.repeatable),
        Some(leaves_portkey(tool)),
    );
    let described = McpTool::new(
        declaration.name,
        tool.description(),
        Arc::new(tool.input_schema()),
    )
    .with_title(declaration.title)
    .with_annotations(annotations);
    if declares_output(tool, structured) {
        described.with_raw_output_schema(Arc::new(declaration.output_schema()))
    } else {
        described
    }
}

/// Whether the answer of `tool` is promised in a schema.
pub(super) fn declares_output(tool: Tool, structured: Structured) -> bool {
    tool.declares_output() && structured != Structured::Never
}

/// Whether the call reaches beyond Portkey: the gateway asks a model.
fn leaves_portkey(tool: Tool) -> bool {
    match tool {
        Tool::Operation(operation) => {
            operation.base == Base::Gateway && operation.declaration.effect == Effect::Execute
        }
        Tool::Workflow(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    // What operations take is reviewed beside their declarations, in `portkey-api`.
    #[test]
    fn workflows_are_listed_as_they_were_reviewed() {
        for tool in catalog::tools().filter(|tool| matches!(tool, Tool::Workflow(_))) {
            insta::assert_json_snapshot!(tool.name(), describe(tool, Structured::Declared));
        }
    }

    #[test]
    fn hints_and_needs_are_as_they_were_reviewed() {
        let mut table = String::new();
        for tool in catalog::tools() {
            let hints = describe(tool, Structured::Declared).annotations.unwrap();
            let hints = [
                (hints.read_only_hint, "read-only"),
                (hints.destructive_hint, "destructive"),
                (hints.idempotent_hint, "idempotent"),
                (hints.open_world_hint, "open-world"),
            ];
            let hints = hints.into_iter().filter(|(hint, _)| *hint == Some(true));
            let hints: Vec<_> = hints.map(|(_, word)| word).collect();
            let needs = catalog::needs(tool.declaration()).unwrap_or_default();
            writeln!(table, "{}: {} {needs}", tool.name(), hints.join(", ")).unwrap();
        }
        insta::assert_snapshot!("hints_and_needs", table);
    }

    #[test]
    fn names_are_unique_across_operations_and_workflows() {
        let mut names: Vec<_> = catalog::tools().map(|tool| tool.name()).collect();
        names.sort_unstable();
        let all = names.len();
        names.dedup();
        assert_eq!(names.len(), all);
    }
}
