//! The description of a destructive call that is shown with the request for consent.

use std::fmt;

use portkey_api::workspaces::GetWorkspace;
use portkey_api_core::{Declared as _, JsonObject, Location, Operation};
use serde_json::Value;

use super::{CallContext, Destruction};
use crate::{
    catalog::{Tool, field},
    untrusted::Name,
};

/// The effect of a destructive call. Names and values come from users of Portkey, so they are quoted as untrusted text.
#[derive(Debug, Clone)]
pub struct Consequence {
    /// The title of the composed tool that makes the call, such as `Undo a change`.
    composed: Option<&'static str>,
    /// The title of the operation, such as `Delete a config`.
    title: &'static str,
    /// The description of the operation.
    meaning: &'static str,
    /// The name of the object.
    name: Option<String>,
    /// The workspace that the object is in, by name or id.
    workspace: Option<String>,
    /// Whether the object was read, or no operation reads such objects.
    is_readable: bool,
    /// The path arguments, which identify the object.
    identified: Vec<(&'static str, Value)>,
    /// The arguments outside the path, with secrets masked.
    given: Vec<(String, Value)>,
    /// The limits on spending, traffic or access that the call removes, each with its current value.
    unprotected: Vec<String>,
    /// What cannot be restored afterwards, one sentence each.
    lost: Vec<String>,
    /// Sentences about the objects that refer to it.
    pub referred_to_by: Option<String>,
}

/// The members that can hold the name of an object; the first one present is used.
const NAMES: [&str; 5] = ["name", "title", "email", "user_email", "first_name"];

impl CallContext<'_> {
    /// Returns the effect of a call. Reads the object, its workspace and the references to it, if `destruction` names
    /// the call that destroys something.
    pub(super) async fn consequence(
        &self,
        tool: Tool,
        arguments: &JsonObject,
        destruction: Option<Destruction>,
    ) -> Consequence {
        let Some(Destruction {
            operation,
            arguments,
            lost,
        }) = destruction
        else {
            return Consequence::of_call(tool, arguments);
        };
        let object = self.before(operation, &arguments).await;
        let object = object.as_ref();
        let references = self.references_to(operation, &arguments).await;
        let composed = matches!(tool, Tool::Workflow(_));
        Consequence {
            composed: composed.then(|| tool.declaration().title),
            name: object.and_then(name),
            workspace: self.workspace(operation, &arguments, object).await,
            is_readable: object.is_some() || self.caller.catalog.reader(operation).is_none(),
            unprotected: unprotected(operation, &arguments, object),
            lost,
            referred_to_by: references.map(|references| references.to_string()),
            ..Consequence::of_call(Tool::Operation(operation), &arguments)
        }
    }

    /// Returns the name of the workspace that the object is in, or its id if the name cannot be read. `None` if the
    /// object is the workspace itself.
    async fn workspace(
        &self,
        operation: &'static Operation,
        arguments: &JsonObject,
        object: Option<&Value>,
    ) -> Option<String> {
        let reader = self.caller.catalog.operation(GetWorkspace::NAME);
        if reader.is_some_and(|reader| operation.path == reader.path) {
            return None;
        }
        let id = arguments
            .get("workspace_id")
            .or_else(|| object?.get("workspace_id"));
        let id = id.and_then(Value::as_str)?;
        let named = JsonObject::from_iter([("workspace_id".to_owned(), id.into())]);
        let workspace = match reader {
            Some(reader) => self.read(reader, named).await.ok(),
            None => None,
        };
        let name = workspace.as_ref().and_then(name);
        Some(name.unwrap_or_else(|| id.to_owned()))
    }
}

impl Consequence {
    /// Returns what follows from the arguments alone, without reads.
    fn of_call(tool: Tool, arguments: &JsonObject) -> Self {
        let declaration = tool.declaration();
        let (identified, given) = split(tool, arguments);
        Self {
            composed: None,
            title: declaration.title,
            meaning: declaration.description,
            name: None,
            workspace: None,
            is_readable: true,
            identified,
            given,
            unprotected: Vec::new(),
            lost: Vec::new(),
            referred_to_by: None,
        }
    }
}

fn name(object: &Value) -> Option<String> {
    let text = |name: &str| object.get(name)?.as_str().filter(|text| !text.is_empty());
    NAMES.into_iter().find_map(text).map(str::to_owned)
}

/// The protections that a call removes, such as `usage_limits`, each with its current value.
fn unprotected(
    operation: &'static Operation,
    arguments: &JsonObject,
    object: Option<&Value>,
) -> Vec<String> {
    let paths = operation.declaration.unprotected(arguments).into_iter();
    let described = paths.map(|path| {
        let object = object.and_then(Value::as_object);
        let now = object.and_then(|object| object.get(&field(operation, &path, object)));
        match now.filter(|now| !now.is_null()) {
            Some(now) => format!("`{path}`, which is {}", Name::value(now)),
            None => format!("`{path}`"),
        }
    });
    described.collect()
}

type SplitArguments = (Vec<(&'static str, Value)>, Vec<(String, Value)>);

/// Splits the masked arguments into those that identify the object and the others.
fn split(tool: Tool, arguments: &JsonObject) -> SplitArguments {
    let mut arguments = tool.declaration().masked(arguments.clone());
    let declared = tool.declaration().arguments.iter();
    let path = declared.filter(|argument| argument.location == Location::Path);
    let identified = path.filter_map(|a| Some((a.name, arguments.shift_remove(a.name)?)));
    let identified = identified.collect();
    (identified, arguments.into_iter().collect())
}

impl fmt::Display for Consequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(composed) = self.composed {
            write!(f, "{composed}. By this call: ")?;
        }
        write!(f, "{}:", self.title)?;
        if let Some(name) = &self.name {
            write!(f, " {}", Name::of(name))?;
        }
        let mut identified = self.identified.iter();
        if let Some((name, value)) = identified.next() {
            let open = if self.name.is_some() { " (" } else { " " };
            write!(f, "{open}{name} {}", Name::value(value))?;
            for (name, value) in identified {
                write!(f, ", {name} {}", Name::value(value))?;
            }
            f.write_str(if self.name.is_some() { ")" } else { "" })?;
        }
        if let Some(workspace) = &self.workspace {
            write!(f, ", in the workspace {}", Name::of(workspace))?;
        }
        write!(f, ".\n{}", self.meaning)?;
        if let Some(((name, value), more)) = self.given.split_first() {
            write!(f, "\nAsked for with {name} {}", Name::value(value))?;
            for (name, value) in more {
                write!(f, ", {name} {}", Name::value(value))?;
            }
            f.write_str(".")?;
        }
        if !self.is_readable {
            f.write_str("\nIt could not be read beforehand; it may not be there.")?;
        }
        if !self.unprotected.is_empty() {
            write!(f, "\nIt takes away {}.", self.unprotected.join(", "))?;
        }
        if !self.lost.is_empty() {
            write!(f, "\nThis does not come back: {}.", self.lost.join("; "))?;
        }
        match &self.referred_to_by {
            Some(references) => write!(f, "\n{references}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::call::testing::{Bench, arguments};

    #[test]
    fn a_consequence_is_described_in_a_few_sentences() {
        let consequence = Consequence {
            composed: None,
            title: "Delete a config",
            meaning: "Deletes a gateway config for good.",
            name: Some("Prod\u{202e} \"router\"\n".to_owned()),
            workspace: Some("Production".to_owned()),
            is_readable: true,
            identified: vec![("slug", json!("pc-1"))],
            given: vec![("force".to_owned(), json!(true))],
            unprotected: vec!["`usage_limits`".to_owned()],
            lost: Vec::new(),
            referred_to_by: Some("2 API keys use it.".to_owned()),
        };
        let shown = "Delete a config: \"Prod\\u{202e} \\\"router\\\"\\u{a}\" (slug \"pc-1\"), in the workspace \
                     \"Production\".\nDeletes a gateway config for good.\nAsked for with force true.\n\
                     It takes away `usage_limits`.\n2 API keys use it.";
        assert_eq!(consequence.to_string(), shown);
        let unknown = Consequence {
            name: None,
            workspace: None,
            is_readable: false,
            given: Vec::new(),
            unprotected: Vec::new(),
            referred_to_by: None,
            ..consequence
        };
        let shown = "Delete a config: slug \"pc-1\".\nDeletes a gateway config for good.\n\
                     It could not be read beforehand; it may not be there.";
        assert_eq!(unknown.to_string(), shown);
    }

    async fn consequence(bench: &Bench) -> String {
        let given = arguments(json!({ "toy_id": "t1" }));
        let destruction = Destruction {
            operation: bench.operation("delete_toy"),
            arguments: given.clone(),
            lost: vec!["its box".to_owned()],
        };
        let tool = bench.tool("delete_toy");
        let context = bench.context();
        let consequence = context.consequence(tool, &given, Some(destruction));
        consequence.await.to_string()
    }

    #[tokio::test]
    async fn a_consequence_shows_the_name_and_the_id_of_the_object() {
        let bench = Bench::new().await;
        bench.has_bear().await;
        let describe = consequence(&bench).await;
        for part in ["Delete a toy", "Bear", "t1", "its box"] {
            assert!(describe.contains(part), "{part}: {describe}");
        }
    }

    #[tokio::test]
    async fn a_consequence_says_that_the_object_could_not_be_read() {
        let bench = Bench::new().await;
        bench.answers("GET", "/toys/t1", 403, json!({})).await;
        let describe = consequence(&bench).await;
        assert!(
            describe.contains("t1") && describe.contains("It could not be read"),
            "{describe}"
        );
    }
}
