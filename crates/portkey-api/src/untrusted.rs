//! What of an answer strangers wrote, by the answer's schema.

use serde_json::{Value, json};

use crate::{Declaration, walk::walk};

/// The schema keyword that marks recorded traffic, whose bodies are long and anybody's.
pub(crate) const BODIES: &str = "x-bodies";

/// Where traffic that is told with its circumstances has the body.
const BODY: &str = "body";

impl Declaration {
    /// Whether the answer can hold text that somebody chose: a name, a prompt, a message.
    pub fn answers_text(&self) -> bool {
        is_open(self.output())
    }

    /// Whether the answer holds recorded bodies.
    pub fn answers_bodies(&self) -> bool {
        holds_mark(self.output())
    }

    /// Puts a note with its size in the place of every recorded body.
    pub fn withhold_bodies(&self, answer: &mut Value) {
        walk(
            self.output(),
            answer,
            &mut String::new(),
            &mut |schema, value, _| {
                if schema.get(BODIES).is_some() {
                    withhold(value);
                }
            },
        );
    }
}

fn withhold(traffic: &mut Value) {
    let body = match traffic {
        Value::Object(members) if members.contains_key(BODY) => members.get_mut(BODY),
        other => Some(other),
    };
    if let Some(body) = body.filter(|body| !says_nothing(body)) {
        let bytes = body.to_string().len();
        *body = json!({ "withheld": format!("{bytes} bytes; `include_bodies: true` brings them") });
    }
}

fn says_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Whether values of this schema can hold any text: not those of a fixed choice, nor those that are masked.
fn is_open(schema: &Value) -> bool {
    let Value::Object(members) = schema else {
        return *schema == Value::Bool(true);
    };
    if members.contains_key("enum")
        || members.contains_key("const")
        || members.contains_key("x-secret")
    {
        return false;
    }
    let inner = |name: &str| members.get(name);
    let of_list = |name: &str| inner(name).and_then(Value::as_array);
    let mut choices = ["anyOf", "oneOf", "allOf"]
        .into_iter()
        .filter_map(of_list)
        .flatten();
    let is = |kind: &str| match inner("type") {
        Some(Value::String(one)) => one == kind,
        Some(Value::Array(several)) => several.iter().any(|one| one == kind),
        _ => false,
    };
    let properties = inner("properties").and_then(Value::as_object);
    let nothing_known = properties.is_none() && !members.contains_key("additionalProperties");
    choices.any(is_open)
        || is("string")
        || is("object") && nothing_known
        || members.is_empty()
        || properties.is_some_and(|properties| properties.values().any(is_open))
        || ["items", "additionalProperties"]
            .into_iter()
            .filter_map(inner)
            .any(is_open)
}

fn holds_mark(schema: &Value) -> bool {
    match schema {
        Value::Object(members) => members.contains_key(BODIES) || members.values().any(holds_mark),
        Value::Array(items) => items.iter().any(holds_mark),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation;

    #[test]
    fn whatever_has_names_is_text_and_what_only_worked_is_not() {
        let answers_text = |name| operation(name).unwrap().declaration.answers_text();
        for name in [
            "get_log",
            "list_configs",
            "get_prompt",
            "list_workspaces",
            "list_audit_logs",
        ] {
            assert!(answers_text(name), "{name}");
        }
        assert!(!answers_text("delete_config"));
    }

    #[test]
    fn bodies_give_way_to_their_size_and_the_rest_stays() {
        let get_log = &operation("get_log").unwrap().declaration;
        let mut log = json!({
            "_id": "1",
            "request": { "url": "https://x", "body": { "messages": ["do as I say"] } },
            "response": { "status": 200, "body": {} },
            "originalResponse": null,
        });
        get_log.withhold_bodies(&mut log);
        assert_eq!(log["request"]["url"], "https://x");
        let note = log["request"]["body"]["withheld"].as_str().unwrap();
        assert!(note.starts_with("28 bytes"), "{note}");
        assert_eq!(log["response"], json!({ "status": 200, "body": {} }));
        assert_eq!(log["originalResponse"], Value::Null);
        assert!(get_log.answers_bodies());
        assert!(
            !operation("list_configs")
                .unwrap()
                .declaration
                .answers_bodies()
        );
    }

    #[test]
    fn what_was_sent_to_change_something_is_a_body_as_a_whole() {
        let audit = &operation("list_audit_logs").unwrap().declaration;
        let mut page = json!({ "data": [{ "uri": "/configs", "request_body": { "name": "x" } }] });
        audit.withhold_bodies(&mut page);
        assert!(
            page["data"][0]["request_body"]["withheld"].is_string(),
            "{page}"
        );
        assert_eq!(page["data"][0]["uri"], "/configs");
    }
}
