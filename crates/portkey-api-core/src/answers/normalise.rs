//! Brings answers of the API into one consistent form, without losing anything.

use serde_json::{Value, json};

use crate::{
    Declaration, Effect,
    coerce::coerce_one,
    node::{Kinds, Node, Tasks},
    path::Path,
    walk::walk,
};

impl Declaration {
    /// Whether a normalised answer has no list although the operation is a listing.
    pub fn lacks_list(&self, answer: &Value) -> bool {
        let asks_for_list = self.effect == Effect::Read && self.answers_page();
        asks_for_list && !answer.get("data").is_some_and(Value::is_array)
    }

    /// Brings an answer into one consistent form, by its schema: booleans for 0 and 1, numbers for numbers in text,
    /// objects for JSON in text, the usual envelope around every list, limits as a list or as an object as declared,
    /// and the answer itself if it was wrapped in `{"success": true, "data": …}`. Members that the schema does not have
    /// remain unchanged.
    pub fn normalise(&self, answer: Value) -> Value {
        normalise_answer(self.answer_node(), answer)
    }
}

/// Brings an answer with this schema into one consistent form.
pub(super) fn normalise_answer(node: &Node, answer: Value) -> Value {
    let mut answer = match node.page {
        Some(name) => enveloped(name, answer),
        None => unwrapped(node, answer),
    };
    normalise_by(node, &mut answer);
    answer
}

/// Brings what is inside an answer into one consistent form.
pub(super) fn normalise_by(node: &Node, answer: &mut Value) {
    let tasks = Tasks::COERCE | Tasks::LIMITS | Tasks::MEMBERS;
    walk(node, answer, &Path::Root, tasks, &mut |node, value, _| {
        if node.tasks.contains(Tasks::LIMITS) {
            count_limits(node, value);
        }
        coerce_one(node, value);
    });
}

/// Wraps a list in `{"total", "data"}`, and renames a list that has another name.
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

/// Wraps a limit in a list if the schema declares a list, and unwraps a list of one if it declares an object.
fn count_limits(node: &Node, value: &mut Value) {
    let is_list = node.kinds.contains(Kinds::ARRAY);
    match value {
        Value::Object(_) if is_list => *value = Value::Array(vec![value.take()]),
        Value::Array(limits) if !is_list && limits.len() <= 1 => {
            *value = limits.pop().unwrap_or_default();
        }
        _ => {}
    }
}

fn unwrapped(node: &Node, answer: Value) -> Value {
    let expects_data = node.members.contains("data");
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
