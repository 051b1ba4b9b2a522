//! Removes values by which clients and models mean "not given".

use serde_json::Value;

use crate::{
    Declaration, Problem,
    coerce::kinds,
    keywords::COMMA_SEPARATED,
    problem::{Problems, shortened},
    schema::requires,
    types::{id, open::is_open, time},
    walk::{child, walk},
};

/// Words that mean "nothing" in JavaScript, Python, Ruby and JSON.
const NOTHING: [&str; 5] = ["null", "None", "undefined", "nil", "NULL"];

/// Removes optional arguments whose value is such a word although the schema does not allow it, or a 0 that is below
/// the minimum.
pub(super) fn leave_out(declaration: &Declaration, arguments: &mut Value, problems: &mut Problems) {
    let counts_zero = |path: &str, name: &str| {
        let argument = declaration.argument(name).filter(|_| path.is_empty());
        argument.is_some_and(|argument| argument.zero_counts)
    };
    walk(
        declaration.input(),
        arguments,
        &mut String::new(),
        &mut |schema, value, path| {
            let (Some(properties), Value::Object(members)) =
                (schema.get("properties").and_then(Value::as_object), value)
            else {
                return;
            };
            if is_open(schema) {
                return;
            }
            members.retain(|name, member| {
                let Some(property) = properties.get(name) else {
                    return true;
                };
                let is_nothing = says_nothing(property, member)
                    || (is_too_little(property, member) && !counts_zero(path, name));
                let drops = is_nothing && !requires(schema, name);
                if drops {
                    problems.note(|| {
                        let given = shortened(member.as_str().unwrap_or("0"));
                        Problem::rule(
                            format!("{path}{}", child(path, name)),
                            format!("`{given}` is taken as left out"),
                        )
                    });
                }
                !drops
            });
        },
    );
}

/// Whether the value is such a word and the schema does not allow free text.
fn says_nothing(schema: &Value, value: &Value) -> bool {
    let Some(text) = value.as_str().map(str::trim) else {
        return false;
    };
    let allowed = schema.get("enum").and_then(Value::as_array);
    let is_free = allowed.is_none()
        && kinds(schema).any(|kind| kind == "string")
        && !id::is_id(Some(schema))
        && time::Sense::of(schema).is_none()
        && schema.get(COMMA_SEPARATED).is_none();
    let is_allowed = allowed.is_some_and(|allowed| allowed.iter().any(|word| word == text));
    NOTHING.contains(&text) && kinds(schema).next().is_some() && !is_free && !is_allowed
}

fn is_too_little(schema: &Value, value: &Value) -> bool {
    let least = schema.get("minimum").and_then(Value::as_f64);
    let is_zero = match value {
        Value::String(text) => text.trim() == "0",
        value => value.as_f64() == Some(0.0),
    };
    is_zero && least.is_some_and(|least| least > 0.0)
}
