//! The tools that call others. Each stands for an effect, so that a client's approvals keep their meaning.

use portkey_api::{Effect, JsonObject};
use portkey_engine::catalog::Tool;
use serde_json::Value;

use super::{Asked, CallRefusal, NotOffered};

/// A tool that calls others of one effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Executor {
    /// Calls what changes nothing.
    Read,
    /// Calls what changes something and destroys nothing.
    Write,
    /// Calls what destroys something.
    Delete,
}

/// The argument that names the tool.
const TOOL: &str = "tool";
/// The argument with the tool's own arguments.
const ARGUMENTS: &str = "arguments";

impl Executor {
    pub(crate) const ALL: [Self; 3] = [Self::Read, Self::Write, Self::Delete];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Read => "call_read",
            Self::Write => "call_write",
            Self::Delete => "call_delete",
        }
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }

    /// The one that calls this tool.
    pub(crate) fn of(tool: Tool) -> Self {
        let declaration = tool.declaration();
        if declaration.effect == Effect::Read {
            Self::Read
        } else if declaration.destructive {
            Self::Delete
        } else {
            Self::Write
        }
    }

    /// The call, if its effect is this one's.
    pub(super) fn admit(self, (tool, arguments): (Tool, JsonObject)) -> Result<Asked, CallRefusal> {
        let right = Self::of(tool);
        if right == self {
            return Ok(Asked::Call(tool, arguments));
        }
        let why = NotOffered::OtherEffect {
            tool: tool.name(),
            right: right.name(),
        };
        Err(CallRefusal {
            call: Some(Box::new((tool, arguments))),
            ..why.into()
        })
    }
}

/// The tool that a call of an executor names, and the arguments for it.
pub(super) fn inner(mut arguments: JsonObject) -> Result<(String, JsonObject), String> {
    let Some(Value::String(tool)) = arguments.shift_remove(TOOL) else {
        return Err(
            "`tool` must be the name of a tool, such as `list_configs`; `search_tools` finds it"
                .to_owned(),
        );
    };
    Ok((tool, unfolded(arguments)?))
}

/// Moves what is in `arguments` to what stands beside it: models put an argument such as `confirmation` into either.
pub(super) fn unfolded(mut outer: JsonObject) -> Result<JsonObject, String> {
    let mut inner = match outer.shift_remove(ARGUMENTS) {
        None | Some(Value::Null) => JsonObject::new(),
        Some(Value::Object(inner)) => inner,
        Some(Value::String(text)) if text.trim().is_empty() => JsonObject::new(),
        Some(Value::String(text)) => serde_json::from_str(&text)
            .map_err(|error| format!("`arguments` must be a JSON object: {error}"))?,
        Some(_) => return Err("`arguments` must be a JSON object".to_owned()),
    };
    for (name, value) in outer {
        match inner.get(&name) {
            Some(other) if *other != value => {
                return Err(format!(
                    "`{name}` stands beside `arguments` and otherwise inside of it; send it once"
                ));
            }
            _ => inner.insert(name, value),
        };
    }
    Ok(inner)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn inner_of(arguments: &Value) -> Result<(String, Value), String> {
        let (tool, arguments) = inner(arguments.as_object().unwrap().clone())?;
        Ok((tool, Value::Object(arguments)))
    }

    #[test]
    fn a_call_is_read_in_each_form_that_models_send() {
        for arguments in [
            json!({"tool": "get_config", "arguments": {"slug": "pc-1"}}),
            json!({"tool": "get_config", "arguments": "{\"slug\": \"pc-1\"}"}),
            json!({"tool": "get_config", "slug": "pc-1"}),
            json!({"tool": "get_config", "arguments": {"slug": "pc-1"}, "slug": "pc-1"}),
        ] {
            let read = inner_of(&arguments).unwrap();
            assert_eq!(read, ("get_config".to_owned(), json!({"slug": "pc-1"})));
        }
        let nothing = ("list_configs".to_owned(), json!({}));
        for arguments in [
            json!({"tool": "list_configs"}),
            json!({"tool": "list_configs", "arguments": ""}),
        ] {
            assert_eq!(inner_of(&arguments).unwrap(), nothing);
        }
    }

    #[test]
    fn what_says_no_call_is_refused_with_the_argument() {
        for (arguments, said) in [
            (json!({}), "`tool` must be"),
            (json!({"tool": 3}), "`tool` must be"),
            (
                json!({"tool": "a", "arguments": [1]}),
                "`arguments` must be",
            ),
            (
                json!({"tool": "a", "arguments": "slug"}),
                "`arguments` must be",
            ),
            (
                json!({"tool": "a", "arguments": {"b": 1}, "b": 2}),
                "`b` stands beside",
            ),
        ] {
            let refused = inner_of(&arguments).unwrap_err();
            assert!(refused.starts_with(said), "{refused}");
        }
    }

    #[test]
    fn each_tool_has_the_executor_of_its_effect() {
        let of = |name: &str| Executor::of(crate::catalog::catalog().find(name).unwrap());
        assert_eq!(of("list_configs"), Executor::Read);
        assert_eq!(of("create_config"), Executor::Write);
        assert_eq!(of("delete_config"), Executor::Delete);
        assert_eq!(of("run_prompt_completion"), Executor::Write);
    }
}
