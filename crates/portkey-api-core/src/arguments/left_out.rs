//! Removes values by which clients and models mean "not given".

use serde_json::Value;

use crate::{
    Declaration, Problem,
    node::{Kinds, Node, Tasks},
    path::Path,
    problem::{Problems, shortened},
    walk::walk,
};

/// Words that mean "nothing" in JavaScript, Python, Ruby and JSON.
const NOTHING: [&str; 5] = ["null", "None", "undefined", "nil", "NULL"];

/// Removes optional arguments whose value is such a word although the schema does not allow it, or a 0 that is below
/// the minimum.
pub(super) fn leave_out(declaration: &Declaration, arguments: &mut Value, problems: &mut Problems) {
    let counts_zero = |path: &Path<'_>, name: &str| {
        let argument = declaration.argument(name).filter(|_| path.is_root());
        argument.is_some_and(|argument| argument.zero_counts)
    };
    let node = declaration.argument_node();
    let tasks = Tasks::MEMBERS;
    walk(
        node,
        arguments,
        &Path::Root,
        tasks,
        &mut |node, value, path| {
            let Value::Object(members) = value else {
                return;
            };
            if node.is_open {
                return;
            }
            members.retain(|name, member| {
                let Some(property) = node.members.get(name) else {
                    return true;
                };
                let is_nothing = says_nothing(property, member)
                    || (is_too_little(property, member) && !counts_zero(path, name));
                let drops = is_nothing && !node.requires(name);
                if drops {
                    problems.note(|| {
                        let given = shortened(member.as_str().unwrap_or("0"));
                        Problem::rule(path.member(name), format!("`{given}` is taken as left out"))
                    });
                }
                !drops
            });
        },
    );
}

/// Whether the value is such a word and the schema does not allow free text.
fn says_nothing(node: &Node, value: &Value) -> bool {
    let Some(text) = value.as_str().map(str::trim) else {
        return false;
    };
    if !NOTHING.contains(&text) || node.kinds.is_empty() {
        return false;
    }
    if let Some(allowed) = node.allowed {
        return !allowed.iter().any(|word| word == text);
    }
    let is_any_text = node.kinds.contains(Kinds::TEXT)
        && !node.is_id
        && node.sense.is_none()
        && !node.is_comma_separated;
    !is_any_text
}

fn is_too_little(node: &Node, value: &Value) -> bool {
    let least = node.bounds.as_ref().and_then(|bounds| bounds.number.0);
    let is_zero = || match value {
        Value::String(text) => text.trim() == "0",
        value => value.as_f64() == Some(0.0),
    };
    least.is_some_and(|least| least > 0.0) && is_zero()
}
