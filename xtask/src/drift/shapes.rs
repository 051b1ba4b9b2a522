//! Two JSON Schemas of the same value, ours and theirs.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use portkey_api::{AI_PROVIDERS, guardrails::known_checks};
use serde_json::{Value, json};

/// Where a difference is reported: part and difference.
type Add<'a> = dyn FnMut(String, String) + 'a;

/// Compares what both sides say of the value called `part`; several schemas of one side hold together.
pub(super) fn compare(part: &str, ours: &[&Value], theirs: &[&Value], add: &mut Add<'_>) {
    let (ours, theirs) = (Shape::of(ours), Shape::of(theirs));
    compare_kinds(part, &ours, &theirs, add);
    compare_values(part, &ours, &theirs, add);
    if !ours.members.is_empty() && !theirs.members.is_empty() {
        compare_members(part, &ours, &theirs, add);
    }
    if !ours.items.is_empty() && !theirs.items.is_empty() {
        compare(&format!("{part}[]"), &ours.items, &theirs.items, add);
    }
}

/// Asking for more than the file does is no difference: what is sent is complete either way.
pub(super) fn compare_need(part: &str, ours: bool, theirs: bool, add: &mut Add<'_>) {
    if theirs && !ours {
        add(part.to_owned(), "required by the file alone".to_owned());
    }
}

fn compare_kinds(part: &str, ours: &Shape<'_>, theirs: &Shape<'_>, add: &mut Add<'_>) {
    let known = !ours.kinds.is_empty() && !theirs.kinds.is_empty();
    if known && ours.kinds.is_disjoint(&theirs.kinds) {
        let what = format!(
            "{} here, {} in the file",
            names(&ours.kinds),
            names(&theirs.kinds)
        );
        add(part.to_owned(), what);
    }
}

/// Choices where the file takes any text are no difference: each of them is text. Of text that a table here knows words of,
/// only words that the table lacks are one.
fn compare_values(part: &str, ours: &Shape<'_>, theirs: &Shape<'_>, add: &mut Add<'_>) {
    let mut tell = |what: String| add(part.to_owned(), what);
    if !ours.words.is_empty() {
        for word in theirs.values.difference(&ours.words) {
            tell(format!("value {word} only in the file"));
        }
    } else if ours.values.is_empty() && !theirs.values.is_empty() {
        tell("values listed by the file alone".to_owned());
    } else if !theirs.values.is_empty() {
        for value in theirs.values.difference(&ours.values) {
            tell(format!("value {value} only in the file"));
        }
        for value in ours.values.difference(&theirs.values) {
            tell(format!("value {value} only in the catalog"));
        }
    }
}

fn compare_members(part: &str, ours: &Shape<'_>, theirs: &Shape<'_>, add: &mut Add<'_>) {
    for (name, their) in &theirs.members {
        let part = format!("{part}.{name}");
        match ours.members.get(name) {
            Some(our) => {
                let needs = |shape: &Shape<'_>| shape.required.contains(name);
                compare_need(&part, needs(ours), needs(theirs), add);
                compare(&part, our, their, add);
            }
            None if ours.is_open => {}
            None => add(part, "only in the file".to_owned()),
        }
    }
    for name in ours
        .members
        .keys()
        .filter(|name| !theirs.members.contains_key(*name))
    {
        add(format!("{part}.{name}"), "only in the catalog".to_owned());
    }
}

/// The mark of what the catalog knows of a value beyond its schema.
const ADVICE: &str = "x-advice";

/// What the catalog knows of the id of a check.
static CHECK_ID: LazyLock<Value> =
    LazyLock::new(|| json!({ "type": "string", ADVICE: "check_id" }));

/// What a schema says of a value, alternatives taken together. Null is left out: both sides use it freely.
#[derive(Default)]
struct Shape<'a> {
    kinds: BTreeSet<String>,
    values: BTreeSet<String>,
    /// Words of a table, for text that may be any other.
    words: BTreeSet<String>,
    members: BTreeMap<&'a str, Vec<&'a Value>>,
    required: BTreeSet<&'a str>,
    items: Vec<&'a Value>,
    is_open: bool,
}

impl<'a> Shape<'a> {
    fn of(schemas: &[&'a Value]) -> Self {
        let mut shape = Self::default();
        for schema in schemas {
            shape.add(schema, true);
        }
        shape
    }

    /// Adds what `schema` says; what it requires counts only where it is no alternative.
    fn add(&mut self, schema: &'a Value, certain: bool) {
        match schema.get("type") {
            Some(Value::Array(kinds)) => self.kinds.extend(kinds.iter().filter_map(kind)),
            Some(one) => self.kinds.extend(kind(one)),
            None => {}
        }
        let values = schema.get("enum").and_then(Value::as_array);
        let values = values
            .into_iter()
            .flatten()
            .filter(|value| !value.is_null());
        self.values.extend(values.map(word));
        let members = schema.get("properties").and_then(Value::as_object);
        for (name, member) in members.into_iter().flatten() {
            self.members.entry(name).or_default().push(member);
        }
        match schema.get(ADVICE).and_then(Value::as_str) {
            Some("guardrail_check") => self.members.entry("id").or_default().push(&CHECK_ID),
            Some("check_id") => self
                .words
                .extend(known_checks().map(|(id, _)| id.to_owned())),
            Some("ai_provider") => self
                .words
                .extend(AI_PROVIDERS.iter().map(|&name| name.to_owned())),
            _ => {}
        }
        if certain {
            self.required
                .extend(list(schema, "required").filter_map(Value::as_str));
        }
        self.items.extend(schema.get("items"));
        self.is_open |= is_open(schema);
        for all in list(schema, "allOf") {
            self.add(all, certain);
        }
        for one in list(schema, "oneOf").chain(list(schema, "anyOf")) {
            self.add(one, false);
        }
    }
}

/// Whether an object may have members that are not listed, because none is.
fn is_open(schema: &Value) -> bool {
    let is_object = schema.get("type").is_some_and(|kind| kind == "object");
    let members = schema.get("properties").and_then(Value::as_object);
    is_object && members.is_none_or(serde_json::Map::is_empty)
        || schema.get("additionalProperties") == Some(&Value::Bool(true))
}

/// The type's name; an integer is a number, and null is none.
fn kind(value: &Value) -> Option<String> {
    match value.as_str()? {
        "null" => None,
        "integer" => Some("number".to_owned()),
        kind => Some(kind.to_owned()),
    }
}

fn list<'a>(schema: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    schema
        .get(name)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

fn word(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

fn names(words: &BTreeSet<String>) -> String {
    words
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(", ")
}
