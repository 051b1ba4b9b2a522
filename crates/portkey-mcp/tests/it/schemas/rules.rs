//! The rules that every published schema keeps to. `docs/schemas.md` says of each where it comes from.

use std::collections::BTreeSet;

use serde_json::{Value, json};

/// A rule for tools as clients see them.
pub(super) struct Rule {
    /// Its name in `docs/schemas.md`.
    pub(super) name: &'static str,
    /// Where a tool breaks it.
    pub(super) broken_at: fn(&Value) -> Vec<String>,
    /// The input schema of a tool that breaks this rule alone.
    pub(super) breaks_it: fn() -> Value,
}

pub(super) const RULES: [Rule; 11] = [
    Rule {
        name: "root",
        broken_at: |tool| {
            let root = &tool["inputSchema"];
            let is_object = root["type"] == "object" && count(&root["properties"]) > 0;
            if is_object {
                Vec::new()
            } else {
                vec![name(tool)]
            }
        },
        breaks_it: || json!({ "type": "string" }),
    },
    Rule {
        name: "one type",
        broken_at: |tool| {
            at_each(tool, |schema| {
                !TYPES.iter().any(|kind| schema["type"] == *kind)
            })
        },
        breaks_it: || with(json!({ "type": ["string", "null"] })),
    },
    Rule {
        name: "members",
        broken_at: |tool| {
            at_each(tool, |schema| {
                let members = &schema["properties"];
                if schema["type"] == "object" {
                    count(members) == 0
                } else {
                    !members.is_null()
                }
            })
        },
        breaks_it: || with(json!({ "type": "object" })),
    },
    Rule {
        name: "items",
        broken_at: |tool| {
            at_each(tool, |schema| {
                let items = &schema["items"];
                if schema["type"] == "array" {
                    !items.is_object()
                } else {
                    !items.is_null()
                }
            })
        },
        breaks_it: || with(json!({ "type": "array" })),
    },
    Rule {
        name: "choices",
        broken_at: |tool| at_each(tool, has_wrong_choices),
        breaks_it: || with(json!({ "type": "string", "enum": ["x", null] })),
    },
    Rule {
        name: "keywords",
        broken_at: |tool| {
            at_each(tool, |schema| {
                let words = schema.as_object().into_iter().flatten();
                words
                    .into_iter()
                    .any(|(word, _)| !KEYWORDS.contains(&word.as_str()))
            })
        },
        breaks_it: || with(json!({ "type": "string", "format": "date" })),
    },
    Rule {
        name: "bounds",
        broken_at: |tool| {
            at_each(tool, |schema| {
                BOUNDS.iter().any(|(kinds, words)| {
                    let is_of_kind = kinds.iter().any(|kind| schema["type"] == *kind);
                    !is_of_kind && words.iter().any(|word| !schema[*word].is_null())
                })
            })
        },
        breaks_it: || with(json!({ "type": "string", "minimum": 1 })),
    },
    Rule {
        name: "required",
        broken_at: |tool| {
            at_each(tool, |schema| {
                let required = schema["required"].as_array().into_iter().flatten();
                let named: Vec<&str> = required
                    .map(|name| name.as_str().unwrap_or_default())
                    .collect();
                let once: BTreeSet<&str> = named.iter().copied().collect();
                once.len() < named.len()
                    || named
                        .iter()
                        .any(|name| schema["properties"][*name].is_null())
            })
        },
        breaks_it: || json!({ "type": "object", "properties": { "a": { "type": "string" } }, "required": ["b"] }),
    },
    Rule {
        name: "names",
        broken_at: |tool| {
            let mut wrong = at_each(tool, |schema| {
                let members = schema["properties"].as_object().into_iter().flatten();
                members.into_iter().any(|(name, _)| !is_name(name))
            });
            if !is_name(&name(tool)) {
                wrong.push(name(tool));
            }
            let arguments = tool["inputSchema"]["properties"].as_object();
            let arguments = arguments
                .into_iter()
                .flatten()
                .map(|(argument, _)| argument);
            let taken = arguments.filter(|argument| RESERVED.contains(&argument.as_str()));
            wrong.extend(taken.map(|argument| format!("{}.{argument}", name(tool))));
            wrong
        },
        breaks_it: || json!({ "type": "object", "properties": { "config": { "type": "string" } } }),
    },
    Rule {
        name: "size",
        broken_at: |tool| {
            let nodes = nodes(tool);
            let deepest = nodes
                .iter()
                .map(|node| node.depth)
                .max()
                .unwrap_or_default();
            let described = tool["description"]
                .as_str()
                .unwrap_or_default()
                .chars()
                .count();
            let is_small = nodes.len() <= 100 && deepest <= 5 && (1..=1_024).contains(&described);
            if is_small {
                Vec::new()
            } else {
                vec![name(tool)]
            }
        },
        breaks_it: || {
            let innermost = json!({ "type": "string" });
            (0..6).fold(innermost, |inner, _| with(inner))
        },
    },
    Rule {
        name: "descriptions",
        broken_at: |tool| {
            at_each(tool, |schema| {
                let described = &schema["description"];
                !described.is_null() && described.as_str().is_none_or(|text| text.trim().is_empty())
            })
        },
        breaks_it: || with(json!({ "type": "string", "description": "" })),
    },
];

const TYPES: [&str; 6] = ["object", "array", "string", "integer", "number", "boolean"];

const KEYWORDS: [&str; 12] = [
    "type",
    "description",
    "properties",
    "required",
    "items",
    "enum",
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
];

/// Bounds and the types that have them.
const BOUNDS: [(&[&str], [&str; 2]); 3] = [
    (&["integer", "number"], ["minimum", "maximum"]),
    (&["string"], ["minLength", "maxLength"]),
    (&["array"], ["minItems", "maxItems"]),
];

/// Names that `LangChain` fills in itself when it calls a function, so that what a model gives never arrives.
const RESERVED: [&str; 4] = ["config", "callbacks", "run_manager", "runtime"];

/// Something that a schema says of a value.
struct Node<'t> {
    schema: &'t Value,
    path: String,
    depth: usize,
}

fn nodes(tool: &Value) -> Vec<Node<'_>> {
    let mut nodes = vec![Node {
        schema: &tool["inputSchema"],
        path: name(tool),
        depth: 1,
    }];
    let mut next = 0;
    while let Some(node) = nodes.get(next) {
        let depth = node.depth + 1;
        let members = node.schema["properties"].as_object().into_iter().flatten();
        let mut inside: Vec<Node<'_>> = members
            .map(|(name, schema)| Node {
                schema,
                path: format!("{}.{name}", node.path),
                depth,
            })
            .collect();
        if node.schema["items"].is_object() {
            inside.push(Node {
                schema: &node.schema["items"],
                path: format!("{}[]", node.path),
                depth,
            });
        }
        nodes.extend(inside);
        next += 1;
    }
    nodes
}

fn at_each(tool: &Value, is_wrong: fn(&Value) -> bool) -> Vec<String> {
    let nodes = nodes(tool).into_iter();
    let wrong = nodes.filter(|node| is_wrong(node.schema));
    wrong.map(|node| node.path).collect()
}

fn has_wrong_choices(schema: &Value) -> bool {
    let Some(choices) = schema.get("enum") else {
        return false;
    };
    let choices: Vec<&Value> = choices.as_array().into_iter().flatten().collect();
    let texts: BTreeSet<&str> = choices
        .iter()
        .filter_map(|choice| choice.as_str())
        .collect();
    schema["type"] != "string"
        || texts.is_empty()
        || texts.contains("")
        || texts.len() < choices.len()
}

fn is_name(name: &str) -> bool {
    let starts_well = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    starts_well && name.len() <= 64 && name.chars().all(is_plain)
}

fn name(tool: &Value) -> String {
    tool["name"].as_str().unwrap_or_default().to_owned()
}

fn count(members: &Value) -> usize {
    members.as_object().map_or(0, serde_json::Map::len)
}

/// The schema of an object with this member.
fn with(member: Value) -> Value {
    json!({ "type": "object", "properties": { "a": member } })
}
