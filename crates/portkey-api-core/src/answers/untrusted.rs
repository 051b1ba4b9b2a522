//! Finds the parts of an answer that contain text from outside, by the answer's schema.

use serde_json::{Value, json};

use crate::{
    Declaration,
    keywords::{BODIES, SECRET},
    walk::walk,
};

/// The member of a recorded request or response that contains its body.
const BODY: &str = "body";

impl Declaration {
    /// Whether the answer can contain free text, such as a name, a prompt or a message.
    pub fn answers_text(&self) -> bool {
        is_open(self.output())
    }

    /// Whether the answer contains recorded bodies.
    pub fn answers_bodies(&self) -> bool {
        holds_mark(self.output())
    }

    /// Replaces every recorded body by a note with its size.
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

/// Whether values of this schema can contain free text. Values of a fixed choice and masked values cannot.
fn is_open(schema: &Value) -> bool {
    let Value::Object(members) = schema else {
        return *schema == Value::Bool(true);
    };
    if members.contains_key("enum") || members.contains_key("const") || members.contains_key(SECRET)
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
