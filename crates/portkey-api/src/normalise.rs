//! Makes one consistent form of what the API answers, losing nothing.

use serde_json::{Value, json};

use crate::{Declaration, understand::coerce};

/// The schema keyword of [`Page`](crate::Page): under which name the API puts the entries.
pub(crate) const PAGE: &str = "x-page";

impl Declaration {
    /// Whether the answer is a page of a listing.
    pub fn answers_page(&self) -> bool {
        self.output().get(PAGE).is_some()
    }

    /// Makes one consistent form of an answer: booleans for 0 and 1, numbers for numbers in text, objects for
    /// JSON in text, the usual envelope around every list, and the answer itself where it came wrapped in
    /// `{"success": true, "data": …}`. Works on the value by the answer's schema; fields the schema does not
    /// know stay untouched.
    pub fn normalise(&self, answer: Value) -> Value {
        let schema = self.output();
        let mut answer = match schema.get(PAGE).and_then(Value::as_str) {
            Some(name) => enveloped(name, answer),
            None => unwrapped(schema, answer),
        };
        coerce(schema, &mut answer);
        answer
    }
}

/// `{"total", "data"}` of a bare list, and of one that goes by another name.
fn enveloped(name: &str, answer: Value) -> Value {
    match answer {
        Value::Array(items) => json!({ "object": "list", "total": items.len(), "data": items }),
        Value::Object(members) if !members.contains_key("data") => {
            let has_total = members.contains_key("total");
            let usual = |member: String| {
                if member == name {
                    "data".to_owned()
                } else if member == "total_count" && !has_total {
                    "total".to_owned()
                } else {
                    member
                }
            };
            let members = members.into_iter().map(|(name, v)| (usual(name), v));
            Value::Object(members.collect())
        }
        other => other,
    }
}

fn unwrapped(schema: &Value, answer: Value) -> Value {
    let expects_data = schema
        .get("properties")
        .is_some_and(|p| p.get("data").is_some());
    match answer {
        Value::Object(mut members)
            if !expects_data
                && members.contains_key("success")
                && members.len() == 2
                && members.get("data").is_some_and(Value::is_object) =>
        {
            members.remove("data").unwrap_or_default()
        }
        other => other,
    }
}
