//! What is in a value, in a few words, where its schema is not shown.

use serde_json::{Map, Value};

use crate::keywords::HIDDEN;

/// Returns the members of an object, `{a, b: x|y}`, or of the objects in a list, `[{a}]`; of another value what is said of
/// it, `(cents)`. `None` if there is nothing to say.
pub(crate) fn outline(schema: &Value) -> Option<String> {
    let members = schema.get("properties").and_then(Value::as_object);
    if let Some(members) = members.filter(|members| !members.is_empty()) {
        return Some(object(members));
    }
    if let Some(items) = schema.get("items") {
        return outline(items).map(|items| format!("[{items}]"));
    }
    let described = schema.get("description").and_then(Value::as_str)?;
    Some(format!(
        "({})",
        described.trim_end_matches('.').to_lowercase()
    ))
}

fn object(members: &Map<String, Value>) -> String {
    let shown = members
        .iter()
        .filter(|(_, member)| member.get(HIDDEN).is_none());
    let members: Vec<String> = shown
        .map(|(name, member)| match choices(member) {
            Some(choices) => format!("{name}: {choices}"),
            None => name.clone(),
        })
        .collect();
    format!("{{{}}}", members.join(", "))
}

fn choices(schema: &Value) -> Option<String> {
    let choices = schema.get("enum")?.as_array()?;
    let choices: Vec<&str> = choices.iter().filter_map(Value::as_str).collect();
    Some(choices.join("|"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn objects_and_lists_of_them_tell_their_members_and_choices() {
        let rate = json!({ "type": "object", "properties": {
            "unit": { "type": "string", "enum": ["rpm", "rpd"] }, "value": { "type": "integer" },
            "older": { "type": "string", "x-hidden": true },
        } });
        assert_eq!(outline(&rate).unwrap(), "{unit: rpm|rpd, value}");
        let rates = json!({ "type": "array", "items": rate });
        assert_eq!(outline(&rates).unwrap(), "[{unit: rpm|rpd, value}]");
    }

    #[test]
    fn other_values_tell_what_is_said_of_them() {
        let cost = json!({ "type": "number", "description": "Cents." });
        assert_eq!(outline(&cost).unwrap(), "(cents)");
        assert_eq!(outline(&json!({ "type": "string" })), None);
        assert_eq!(
            outline(&json!({ "type": "array", "items": { "type": "string" } })),
            None
        );
    }
}
