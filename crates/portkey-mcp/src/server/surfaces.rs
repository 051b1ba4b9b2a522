//! The lists of tools of the surfaces that do not show each tool with its arguments.

use std::sync::Arc;

use clap::ValueEnum as _;
use portkey_api::JsonObject;
use portkey_engine::catalog::Tool;
use rmcp::model::{Tool as McpTool, ToolAnnotations};
use serde_json::{Value, json};

use super::{
    dashboard,
    tools::{Descriptions, annotations},
};
use crate::{
    catalog::catalog,
    config::{Structured, Surface},
    surface::{Dashboard, Executor, Guide, Script, first_sentence, is_pinned},
};

/// Every tool by its name and a sentence, and the tool that tells their arguments.
pub(super) fn names(tools: impl Iterator<Item = Tool>) -> Vec<McpTool> {
    let schema = Arc::new(object(json!({
        "type": "object",
        "properties": { "arguments": { "type": "string" } },
    })));
    let named = tools.map(|tool| {
        let does = first_sentence(tool.declaration().description);
        McpTool::new(tool.name(), does, Arc::clone(&schema)).with_annotations(annotations(tool))
    });
    Guide::ALL.into_iter().map(guide).chain(named).collect()
}

/// The tools that find, describe and call all others, and those that everyday work begins with.
pub(super) fn compact(
    tools: impl Iterator<Item = Tool>,
    descriptions: &Descriptions,
) -> Vec<McpTool> {
    let tools: Vec<Tool> = tools.collect();
    let is_needed = |executor: &Executor| tools.iter().any(|tool| Executor::of(*tool) == *executor);
    let executors = Executor::ALL.into_iter().filter(is_needed);
    let pinned = tools.iter().filter(|tool| is_pinned(**tool));
    let guides = Guide::ALL.into_iter().map(guide);
    guides
        .chain(executors.map(executor))
        .chain(pinned.map(|tool| descriptions.of(*tool)))
        .collect()
}

/// The tools that find functions, run programs that call them, and call what needs consent.
pub(super) fn code(tools: impl Iterator<Item = Tool>) -> Vec<McpTool> {
    let tools: Vec<Tool> = tools.collect();
    let has = |executor: Executor| tools.iter().any(|tool| Executor::of(*tool) == executor);
    let destroys = has(Executor::Delete);
    let reads = !destroys && !has(Executor::Write);
    let guides = Guide::ALL.into_iter().map(guide);
    let consenting = destroys.then(|| executor(Executor::Delete));
    guides.chain([script(reads)]).chain(consenting).collect()
}

/// What a model reads of each tool that a surface lists where every tool is offered: name, description, schema.
pub fn surface_texts(surface: &str) -> Option<Vec<[String; 3]>> {
    let surface = Surface::from_str(surface, false).ok()?;
    let tools = of_everything(surface).into_iter();
    let texts = tools.map(|tool| {
        let description = tool.description.unwrap_or_default().into_owned();
        let schema = Value::Object(tool.input_schema.as_ref().clone());
        [tool.name.into_owned(), description, schema.to_string()]
    });
    Some(texts.collect())
}

/// What a surface lists where every tool is offered.
fn of_everything(surface: Surface) -> Vec<McpTool> {
    let descriptions = Descriptions::new(Structured::Never);
    let tools = catalog()
        .tools()
        .filter(|tool| !tool.declaration().unlisted);
    match surface {
        Surface::Flat => tools.map(|tool| descriptions.of(tool)).collect(),
        Surface::Names => names(tools),
        Surface::Compact => compact(tools, &descriptions),
        Surface::Code => code(tools),
    }
}

/// A tool that is in no catalog, because only a surface or a kind of client has it.
pub(super) fn own(name: &str) -> Option<McpTool> {
    let mut guides = Guide::ALL.into_iter();
    let mut executors = Executor::ALL.into_iter();
    if let Some(found) = guides.find(|one| one.name() == name) {
        return Some(guide(found));
    }
    if name == Dashboard::NAME {
        return Some(dashboard::tool());
    }
    if name == Script::NAME {
        return Some(script(false));
    }
    executors.find(|one| one.name() == name).map(executor)
}

fn guide(guide: Guide) -> McpTool {
    let (description, properties, needed) = match guide {
        Guide::Search => (
            "Finds tools by what you want to do, in the user's words. Answers their names, a sentence each, and what they \
             take (`*` is required). Costs no request to Portkey.",
            json!({
                "query": { "type": "string", "description": "One wish, such as `limit a team's spending`" },
                "domain": { "type": "string", "description": "Only this domain, such as `configs`" },
                "effect": { "type": "string", "enum": ["read", "create", "update", "delete", "execute"] },
                "limit": { "type": "integer", "description": "Tools to answer, 6 by default, at most 20" },
            }),
            ["query"],
        ),
        Guide::Describe => (
            "Describes up to 10 tools with the JSON schema of their arguments. Read it before you call a tool that takes \
             more than ids and names. Costs no request to Portkey.",
            json!({ "names": { "type": "array", "items": { "type": "string" } } }),
            ["names"],
        ),
    };
    let schema = json!({ "type": "object", "properties": properties, "required": needed });
    McpTool::new(guide.name(), description, Arc::new(object(schema)))
        .with_annotations(hints(true, false))
}

/// `reads` says that no tool that it could call changes anything.
fn script(reads: bool) -> McpTool {
    let description = "Runs a JavaScript program (the body of an async function) that calls tools: `const { data } = \
        await portkey.list_configs({}); return data.length`. You read only what it returns, so filter, join and sum up \
        in it. `Promise.all` runs 8 calls at a time, 200 at most. A failed call throws. No clock, network or files. \
        `dry_run` shows what its calls would change and changes nothing.";
    let schema = json!({
        "type": "object",
        "properties": {
            "script": { "type": "string", "description": "Find its functions with `search_tools` first" },
            "dry_run": { "type": "boolean" },
        },
        "required": ["script"],
    });
    McpTool::new(Script::NAME, description, Arc::new(object(schema)))
        .with_annotations(hints(reads, !reads))
}

fn executor(executor: Executor) -> McpTool {
    let description = match executor {
        Executor::Read => {
            "Calls a tool that changes nothing: lists, gets, analytics. `search_tools` finds the tool."
        }
        Executor::Write => {
            "Calls a tool that creates, updates or triggers something. `dry_run: true` in `arguments` shows what would \
             change and changes nothing."
        }
        Executor::Delete => {
            "Calls a tool that destroys something. It may ask for consent first: then show the user what it says, and \
             call again with `confirmation` only if they agree."
        }
    };
    let schema = json!({
        "type": "object",
        "properties": {
            "tool": { "type": "string", "description": "Name of the tool, such as `list_configs`" },
            "arguments": { "type": "string", "description": "Its arguments as a JSON object" },
        },
        "required": ["tool"],
    });
    let hints = hints(executor == Executor::Read, executor == Executor::Delete);
    McpTool::new(executor.name(), description, Arc::new(object(schema))).with_annotations(hints)
}

fn hints(reads: bool, destroys: bool) -> ToolAnnotations {
    ToolAnnotations::from_raw(None, Some(reads), Some(destroys), Some(reads), None)
}

fn object(value: Value) -> JsonObject {
    match value {
        Value::Object(object) => object,
        _ => JsonObject::new(),
    }
}
