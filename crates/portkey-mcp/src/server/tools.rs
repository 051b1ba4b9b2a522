//! The tools as clients see them: descriptions, schemas and hints.

use std::{
    collections::BTreeMap,
    sync::{Arc, OnceLock},
    thread,
};

use portkey_api::{Base, Effect};
use portkey_engine::catalog::Tool;
use rmcp::model::{Tool as McpTool, ToolAnnotations};

use crate::{catalog::catalog, config::Structured};

/// The description of each tool for clients, made when it is first needed.
#[derive(Debug)]
pub(super) struct Descriptions {
    structured: Structured,
    by_name: BTreeMap<&'static str, OnceLock<McpTool>>,
}

impl Descriptions {
    pub(super) fn new(structured: Structured) -> Self {
        let names = catalog().tools().map(|tool| (tool.name(), OnceLock::new()));
        Self {
            structured,
            by_name: names.collect(),
        }
    }

    /// Describes several tools. A client waits for its first list, so another thread begins at the end of it.
    pub(super) fn all(&self, tools: impl Iterator<Item = Tool>) -> Vec<McpTool> {
        let tools: Vec<_> = tools.collect();
        thread::scope(|scope| {
            if tools.last().is_some_and(|last| !self.is_described(*last)) {
                let from_the_end = || tools.iter().rev().for_each(|tool| drop(self.of(*tool)));
                // Where no thread can be started, all are described here.
                _ = thread::Builder::new().spawn_scoped(scope, from_the_end);
            }
            tools.iter().map(|tool| self.of(*tool)).collect()
        })
    }

    fn is_described(&self, tool: Tool) -> bool {
        let made = self.by_name.get(tool.name());
        made.is_some_and(|made| made.get().is_some())
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
    let described = McpTool::new(
        declaration.name,
        tool.description(),
        Arc::new(tool.input_schema()),
    )
    .with_title(declaration.title)
    .with_annotations(annotations(tool));
    if declares_output(tool, structured) {
        described.with_raw_output_schema(Arc::new(declaration.output_schema()))
    } else {
        described
    }
}

/// What a client may conclude of a call.
pub(super) fn annotations(tool: Tool) -> ToolAnnotations {
    let declaration = tool.declaration();
    ToolAnnotations::from_raw(
        None,
        Some(declaration.effect == Effect::Read),
        Some(declaration.destructive),
        Some(declaration.repeatable),
        Some(leaves_portkey(tool)),
    )
}

/// Whether `tool` declares an output schema to clients.
pub(super) fn declares_output(tool: Tool, structured: Structured) -> bool {
    tool.declares_output() && structured != Structured::Never
}

/// Whether a call reaches beyond Portkey, as when the gateway asks a model.
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
        for tool in catalog()
            .tools()
            .filter(|tool| matches!(tool, Tool::Workflow(_)))
        {
            insta::assert_json_snapshot!(tool.name(), describe(tool, Structured::Declared));
        }
    }

    #[test]
    fn hints_and_needs_are_as_they_were_reviewed() {
        let mut table = String::new();
        for tool in catalog().tools() {
            let hints = describe(tool, Structured::Declared).annotations.unwrap();
            let hints = [
                (hints.read_only_hint, "read-only"),
                (hints.destructive_hint, "destructive"),
                (hints.idempotent_hint, "idempotent"),
                (hints.open_world_hint, "open-world"),
            ];
            let hints = hints.into_iter().filter(|(hint, _)| *hint == Some(true));
            let hints: Vec<_> = hints.map(|(_, word)| word).collect();
            let needs = portkey_engine::catalog::needs(tool.declaration()).unwrap_or_default();
            writeln!(table, "{}: {} {needs}", tool.name(), hints.join(", ")).unwrap();
        }
        insta::assert_snapshot!("hints_and_needs", table);
    }

    fn hints(tool: Tool) -> [bool; 4] {
        let hints = describe(tool, Structured::Declared).annotations.unwrap();
        [
            hints.read_only_hint,
            hints.destructive_hint,
            hints.idempotent_hint,
            hints.open_world_hint,
        ]
        .map(Option::unwrap)
    }

    #[test]
    fn hints_are_what_method_and_effect_say() {
        use portkey_api::Method;
        for operation in portkey_api::operations() {
            let (name, effect) = (operation.declaration.name, operation.declaration.effect);
            let [read_only, destructive, idempotent, open_world] =
                hints(Tool::Operation(operation));
            let method = operation.method;
            assert_eq!(read_only, effect == Effect::Read, "{name}");
            assert!(read_only || method != Method::Get, "{name}");
            let deletes = method == Method::Delete || effect == Effect::Delete;
            assert!(destructive || !deletes, "{name}");
            assert!(!(read_only && destructive), "{name}");
            let repeats = read_only || deletes;
            assert!(idempotent || !repeats, "{name}");
            assert_eq!(open_world, name == "run_prompt_completion", "{name}");
        }
    }

    #[test]
    fn composed_tools_hint_what_they_declare() {
        let workflows = catalog()
            .tools()
            .filter(|tool| matches!(tool, Tool::Workflow(_)));
        for tool in workflows {
            let effect = tool.declaration().effect;
            let [read_only, destructive, ..] = hints(tool);
            assert_eq!(read_only, effect == Effect::Read, "{}", tool.name());
            assert!(!(read_only && destructive), "{}", tool.name());
        }
    }

    #[test]
    fn names_are_unique_across_operations_and_workflows() {
        let mut names: Vec<_> = catalog().tools().map(|tool| tool.name()).collect();
        names.sort_unstable();
        let all = names.len();
        names.dedup();
        assert_eq!(names.len(), all);
    }
}
