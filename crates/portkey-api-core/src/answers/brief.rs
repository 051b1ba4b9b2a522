//! Lists show of each entry what identifies, names, states, dates and limits it, and leave out what is empty.

use serde_json::Value;

use crate::{
    json::is_empty,
    node::{Node, Tasks},
    projection::{ENTRIES, shows},
};

/// The member that only names the kind of an entry or answer, such as `config` or `list`.
const KIND: &str = "object";

/// Shortens the entries of a page, and returns the names of the members that were left out of any although they were
/// not empty. Recorded bodies that the caller asked for stay.
pub(super) fn shorten(entry: &Node, page: &mut Value, bodies: bool) -> Vec<String> {
    let mut shortening = Shortening {
        bodies,
        left_out: Vec::new(),
    };
    if let Value::Object(members) = page {
        if members.get(KIND).is_some_and(|kind| kind == "list") {
            members.shift_remove(KIND);
        }
        if let Some(Value::Array(entries)) = members.get_mut(ENTRIES) {
            for value in entries {
                shortening.enter(entry, value);
            }
        }
    }
    shortening.left_out
}

struct Shortening {
    bodies: bool,
    left_out: Vec<String>,
}

impl Shortening {
    /// Leaves out what is empty, what says the same twice and what is not shown of an entry.
    fn enter(&mut self, node: &Node, entry: &mut Value) {
        let Value::Object(members) = entry else {
            return;
        };
        let shows_all = !node.tasks.contains(Tasks::BRIEF);
        let mut times: Vec<String> = Vec::new();
        members.retain(|name, value| {
            if is_empty(value) || name == KIND && value.is_string() {
                return false;
            }
            let member = node.members.get(name);
            if !shows_all && !member.is_some_and(|member| shows(member, self.bodies)) {
                if !self.left_out.contains(name) {
                    self.left_out.push(name.clone());
                }
                return false;
            }
            if let Some(member) = member.filter(|member| member.tasks.contains(Tasks::BRIEF)) {
                self.enter(member, value);
            }
            !repeats(value, &mut times)
        });
    }
}

/// Whether a value is a time that the entry has told already: what was never changed was changed when it was created.
fn repeats(value: &Value, times: &mut Vec<String>) -> bool {
    let Some(time) = value.as_str().filter(|text| is_time(text)) else {
        return false;
    };
    if times.iter().any(|told| told == time) {
        return true;
    }
    times.push(time.to_owned());
    false
}

fn is_time(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 20 && bytes.get(4) == Some(&b'-') && bytes.get(10) == Some(&b'T')
}
