//! Schemas of arguments as lines of text: what a value is, and the members in it.

use serde_json::Value;

/// How deep members are told.
const DEEPEST: usize = 4;

/// The width of the column of names.
const NAMES: usize = 30;
/// The width of the column of types.
const KINDS: usize = 16;

/// The words of a choice that a value takes, or the entries of a list.
pub(super) fn words(schema: &Value) -> Option<Vec<String>> {
    let choices = schema
        .get("enum")
        .or_else(|| schema.get("items")?.get("enum"))?;
    Some(choices.as_array()?.iter().map(word).collect())
}

/// A line for a named value, and one for each member in it, indented below it. `inside` is what is known of its members
/// beyond its schema.
pub(super) fn lines(
    name: &str,
    schema: &Value,
    is_required: bool,
    inside: Option<&Value>,
) -> Vec<String> {
    let mut lines = Vec::new();
    tell(name, schema, is_required, 1, &mut lines);
    if let Some(inside) = inside {
        tell_members(inside, 1, &mut lines);
    }
    lines
}

/// The members of a value, indented by this.
pub(super) fn members(schema: &Value, indent: &str) -> Vec<String> {
    let mut lines = Vec::new();
    tell_members(schema, 0, &mut lines);
    lines.iter().map(|line| format!("{indent}{line}")).collect()
}

fn tell(name: &str, schema: &Value, is_required: bool, depth: usize, lines: &mut Vec<String>) {
    let mark = if is_required { " *" } else { "" };
    let name = format!("{}{name}{mark}", "  ".repeat(depth));
    let line = format!(
        "{name:<NAMES$} {:<KINDS$} {}",
        kind(schema),
        meaning(schema)
    );
    lines.push(line.trim_end().to_owned());
    tell_members(schema, depth, lines);
}

fn tell_members(schema: &Value, depth: usize, lines: &mut Vec<String>) {
    let object = if schema.get("properties").is_some() {
        Some(schema)
    } else {
        schema.get("items")
    };
    let members = object.and_then(|object| object.get("properties")?.as_object());
    if depth >= DEEPEST {
        return;
    }
    let needs = |name: &str| {
        object.is_some_and(|object| portkey_api::required(object).any(|one| one == name))
    };
    for (name, member) in members
        .into_iter()
        .flatten()
        .filter(|(_, member)| !is_of_no_use(member))
    {
        tell(name, member, needs(name), depth + 1, lines);
    }
}

/// Whether an argument or member is accepted, but ignored.
pub(super) fn is_of_no_use(schema: &Value) -> bool {
    schema.get("x-ignored").is_some()
}

/// What is said of a value, with the words and numbers that it takes.
fn meaning(schema: &Value) -> String {
    let described = schema.get("description").and_then(Value::as_str);
    // The vendor may add words to a choice that is marked so.
    let choice = [Some(schema), schema.get("items")];
    let mut marks = choice
        .into_iter()
        .flatten()
        .filter_map(|choice| choice.get("x-open"));
    let choice = if marks.any(|mark| mark == "words") {
        "Such as"
    } else {
        "One of"
    };
    let words = words(schema).map(|words| format!("{choice} {}.", words.join(", ")));
    let parts = [
        described.map(str::to_owned),
        words,
        bounds(schema),
        default(schema),
    ];
    parts
        .into_iter()
        .flatten()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

fn bounds(schema: &Value) -> Option<String> {
    match (schema.get("minimum"), schema.get("maximum")) {
        (Some(least), Some(most)) => Some(format!("From {least} to {most}.")),
        (Some(least), None) if least.as_f64() != Some(0.0) => Some(format!("At least {least}.")),
        (None, Some(most)) => Some(format!("At most {most}.")),
        _ => None,
    }
}

fn default(schema: &Value) -> Option<String> {
    let default = schema.get("default").filter(|default| !default.is_null())?;
    Some(format!("Default: {}.", word(default)))
}

fn kind(schema: &Value) -> String {
    match schema.get("type") {
        Some(Value::String(kind)) if kind == "array" => {
            match schema.get("items").map(kind_of_entries) {
                Some(entries) => format!("list of {entries}"),
                None => "list".to_owned(),
            }
        }
        Some(Value::String(kind)) => kind.clone(),
        Some(Value::Array(kinds)) => kinds.iter().map(word).collect::<Vec<_>>().join("|"),
        _ => "any".to_owned(),
    }
}

fn kind_of_entries(items: &Value) -> String {
    match items.get("type").and_then(Value::as_str) {
        Some(kind) => format!("{kind}s"),
        None => "values".to_owned(),
    }
}

fn word(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn members_are_indented_below_their_object() {
        let schema = json!({
            "type": "object", "description": "A budget.", "required": ["credit_limit"],
            "properties": {
                "credit_limit": { "type": "number", "description": "Dollars.", "minimum": 1 },
                "type": { "type": "string", "enum": ["cost", "tokens"] },
                "old": { "type": "string", "x-ignored": true },
                "rates": { "type": "array", "items": { "type": "object", "properties": { "unit": { "type": "string" } } } },
            },
        });
        let lines = lines("usage_limits", &schema, true, None);
        let lines: Vec<String> = lines
            .iter()
            .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
            .collect();
        assert_eq!(
            lines,
            [
                "usage_limits * object A budget.",
                "credit_limit * number Dollars. At least 1.",
                "type string One of cost, tokens.",
                "rates list of objects",
                "unit string",
            ]
        );
        assert!(
            members(&schema, "")
                .iter()
                .any(|line| line.starts_with("    unit"))
        );
    }
}
