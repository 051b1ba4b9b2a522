//! Normalises the arguments of a call: some clients send them as JSON in a string, or as an empty array, which PHP
//! writes for an empty object.

use rmcp::model::ErrorCode;
use serde_json::{Map, Value};

use super::Malformed;

/// How often arguments may be encoded as a string: some clients encode them twice.
const MAX_NESTING: usize = 2;

/// Makes the arguments of a call an object; true if they were something else.
pub(super) fn normalise(message: &mut Value) -> Result<bool, Malformed> {
    let id = message.get("id").cloned();
    let refuse = |reason: String| Malformed {
        code: ErrorCode::INVALID_PARAMS,
        reason,
        id,
    };
    let Some(params) = message.get_mut("params").and_then(Value::as_object_mut) else {
        let reason = "`params` must be an object with the `name` of a tool and its `arguments`";
        return Err(refuse(reason.to_owned()));
    };
    if !params.get("name").is_some_and(Value::is_string) {
        let reason = "`name` is missing, or is no text: it must be the name of a tool";
        return Err(refuse(reason.to_owned()));
    }
    let Some(arguments) = params.get_mut("arguments") else {
        return Ok(false);
    };
    if arguments.is_object() || arguments.is_null() {
        return Ok(false);
    }
    let meant = object(arguments.take()).map_err(refuse)?;
    *arguments = Value::Object(meant);
    Ok(true)
}

/// The object that a value stands for; the error says why it stands for none.
fn object(mut value: Value) -> Result<Map<String, Value>, String> {
    for _ in 0..MAX_NESTING {
        let Value::String(text) = &value else {
            break;
        };
        if text.trim().is_empty() {
            return Ok(Map::new());
        }
        value = serde_json::from_str(text).map_err(|error| {
            format!("`arguments` must be an object, and this text holds none: {error}")
        })?;
    }
    let kind = match value {
        Value::Object(members) => return Ok(members),
        Value::Null => return Ok(Map::new()),
        Value::Array(entries) if entries.is_empty() => return Ok(Map::new()),
        Value::Array(_) => "a list",
        Value::String(_) => "a text",
        Value::Number(_) => "a number",
        Value::Bool(_) => "a boolean",
    };
    Err(format!("`arguments` must be an object, and this is {kind}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_holds_an_object_is_one_and_nothing_else_is() {
        let once = json!({ "a": "{}" }).to_string();
        let twice = json!(once).to_string();
        for (value, meant) in [
            (json!(once), json!({ "a": "{}" })),
            (json!(twice), json!({ "a": "{}" })),
            (json!(" "), json!({})),
            (json!("null"), json!({})),
            (json!([]), json!({})),
        ] {
            assert_eq!(
                object(value.clone()).map(Value::Object),
                Ok(meant),
                "{value}"
            );
        }
        let thrice = json!(twice).to_string();
        for value in [
            json!(thrice),
            json!("[1]"),
            json!("{"),
            json!(5),
            json!(true),
            json!([{}]),
        ] {
            let reason = object(value.clone()).unwrap_err();
            assert!(reason.contains("`arguments`"), "{value}: {reason}");
        }
    }
}
