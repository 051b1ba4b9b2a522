//! What becomes of a destructive call, in sentences for whoever decides on it.

mod quoted;

use std::fmt;

use portkey_api::{JsonObject, Operation, Place};
use serde_json::Value;

use super::Run;
use crate::catalog::Tool;
use quoted::Quoted;

/// What a destructive call would do. Names and values are strangers' text, and shown as such.
#[derive(Debug, Clone)]
pub struct Consequence {
    /// What is done, such as `Delete a config`.
    title: &'static str,
    /// What that means.
    meaning: &'static str,
    /// What it is done to, by name.
    name: Option<String>,
    /// The workspace that it is in, by name or id.
    workspace: Option<String>,
    /// Whether what it is done to can be read, where it could be.
    is_readable: bool,
    /// What identifies it.
    identified: Vec<(&'static str, Value)>,
    /// The other arguments, with secrets masked.
    given: Vec<(String, Value)>,
    /// What refers to it, in sentences.
    pub referred_to_by: Option<String>,
}

/// Where objects say what people call them; the first that is there counts.
const NAMES: [&str; 5] = ["name", "title", "email", "user_email", "first_name"];

impl Run<'_> {
    /// What becomes of a call, if it is made.
    pub(super) async fn consequence(&self, tool: Tool, arguments: &JsonObject) -> Consequence {
        let declaration = tool.declaration();
        let object = match tool {
            Tool::Operation(operation) => self.before(operation, arguments).await,
            Tool::Workflow(_) => None,
        };
        let references = match tool {
            Tool::Operation(operation) => self.references_to(operation, arguments).await,
            Tool::Workflow(_) => None,
        };
        let object = object.as_ref();
        let (identified, given) = told(tool, arguments);
        Consequence {
            title: declaration.title,
            meaning: declaration.description,
            name: object.and_then(name),
            workspace: self.workspace(tool, arguments, object).await,
            is_readable: object.is_some() || !can_be_read(tool),
            identified,
            given,
            referred_to_by: references.map(|references| references.to_string()),
        }
    }

    /// The workspace that a call is about without being about the workspace itself, by name where that can be read.
    async fn workspace(
        &self,
        tool: Tool,
        arguments: &JsonObject,
        object: Option<&Value>,
    ) -> Option<String> {
        let within = |operation: &Operation| !operation.path.ends_with("/{workspace_id}");
        let is_within = matches!(tool, Tool::Operation(operation) if within(operation));
        let id = arguments
            .get("workspace_id")
            .or_else(|| object?.get("workspace_id"));
        let id = id.and_then(Value::as_str).filter(|_| is_within)?;
        let named = JsonObject::from_iter([("workspace_id".to_owned(), id.into())]);
        let workspace = match portkey_api::operation("get_workspace") {
            Some(reader) => match reader.request(named) {
                Ok(request) => self.caller.send(reader, &request).await.ok(),
                Err(_) => None,
            },
            None => None,
        };
        let name = workspace.as_ref().and_then(name);
        Some(name.unwrap_or_else(|| id.to_owned()))
    }
}

fn name(object: &Value) -> Option<String> {
    let text = |name: &str| object.get(name)?.as_str().filter(|text| !text.is_empty());
    NAMES.into_iter().find_map(text).map(str::to_owned)
}

fn can_be_read(tool: Tool) -> bool {
    matches!(tool, Tool::Operation(operation) if crate::catalog::reader(operation).is_some())
}

type Told = (Vec<(&'static str, Value)>, Vec<(String, Value)>);

/// What identifies the object, and the other arguments.
fn told(tool: Tool, arguments: &JsonObject) -> Told {
    let mut arguments = tool.declaration().masked(arguments.clone());
    let declared = tool.declaration().arguments.iter();
    let path = declared.filter(|argument| argument.place == Place::Path);
    let identified = path.filter_map(|a| Some((a.name, arguments.shift_remove(a.name)?)));
    let identified = identified.collect();
    (identified, arguments.into_iter().collect())
}

impl fmt::Display for Consequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.title)?;
        if let Some(name) = &self.name {
            write!(f, " {}", Quoted::text(name))?;
        }
        let mut identified = self.identified.iter();
        if let Some((name, value)) = identified.next() {
            let open = if self.name.is_some() { " (" } else { " " };
            write!(f, "{open}{name} {}", Quoted::value(value))?;
            for (name, value) in identified {
                write!(f, ", {name} {}", Quoted::value(value))?;
            }
            f.write_str(if self.name.is_some() { ")" } else { "" })?;
        }
        if let Some(workspace) = &self.workspace {
            write!(f, ", in the workspace {}", Quoted::text(workspace))?;
        }
        write!(f, ".\n{}", self.meaning)?;
        if let Some(((name, value), more)) = self.given.split_first() {
            write!(f, "\nAsked for with {name} {}", Quoted::value(value))?;
            for (name, value) in more {
                write!(f, ", {name} {}", Quoted::value(value))?;
            }
            f.write_str(".")?;
        }
        if !self.is_readable {
            f.write_str("\nIt could not be read beforehand; it may not be there.")?;
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

    #[test]
    fn what_is_shown_is_a_few_plain_sentences() {
        let consequence = Consequence {
            title: "Delete a config",
            meaning: "Deletes a gateway config for good.",
            name: Some("Prod\u{202e} \"router\"\n".to_owned()),
            workspace: Some("Production".to_owned()),
            is_readable: true,
            identified: vec![("slug", json!("pc-1"))],
            given: vec![("force".to_owned(), json!(true))],
            referred_to_by: Some("2 API keys use it.".to_owned()),
        };
        let shown = "Delete a config: \"Prod\\u{202e} \\\"router\\\"\\u{a}\" (slug \"pc-1\"), in the workspace \
                     \"Production\".\nDeletes a gateway config for good.\nAsked for with force true.\n2 API keys use it.";
        assert_eq!(consequence.to_string(), shown);
        let unknown = Consequence {
            name: None,
            workspace: None,
            is_readable: false,
            given: Vec::new(),
            referred_to_by: None,
            ..consequence
        };
        let shown = "Delete a config: slug \"pc-1\".\nDeletes a gateway config for good.\n\
                     It could not be read beforehand; it may not be there.";
        assert_eq!(unknown.to_string(), shown);
    }
}
