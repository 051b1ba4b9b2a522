//! What is known of a check by its id. The vendor and its partners know more, so nothing of it is refused.

use std::{
    collections::HashMap,
    sync::{LazyLock, OnceLock},
};

use portkey_api_core::{
    JsonObject, Marks, Node, Path, Problem, Problems, check_at, coerce, opened, shortened,
};
use schemars::{Schema, json_schema};
use serde_json::{Map, Value, json};

use super::{built_in, partners};
use crate::known_names::unknown;

/// What is known of a check.
pub(super) struct KnownCheck {
    id: &'static str,
    parameters: Parameters,
}

/// What a check takes.
enum Parameters {
    /// Nobody says.
    Open,
    Known(&'static [Parameter]),
}

pub(super) struct Parameter {
    name: &'static str,
    kind: ParameterKind,
    is_required: bool,
}

/// What a parameter holds.
#[derive(Clone, Copy)]
pub(super) enum ParameterKind {
    /// Nobody says.
    Any,
    Text,
    Number,
    /// From 0 to 1.
    Share,
    Flag,
    Texts,
    Object,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// Any of these words.
    SomeOf(&'static [&'static str]),
}

pub(super) const fn known(id: &'static str, parameters: &'static [Parameter]) -> KnownCheck {
    KnownCheck {
        id,
        parameters: Parameters::Known(parameters),
    }
}

pub(super) const fn open(id: &'static str) -> KnownCheck {
    KnownCheck {
        id,
        parameters: Parameters::Open,
    }
}

pub(super) const fn needs(name: &'static str, kind: ParameterKind) -> Parameter {
    Parameter {
        name,
        kind,
        is_required: true,
    }
}

pub(super) const fn takes(name: &'static str, kind: ParameterKind) -> Parameter {
    Parameter {
        name,
        kind,
        is_required: false,
    }
}

/// What every check takes besides its own parameters.
const COMMON: [Parameter; 5] = [
    takes("not", ParameterKind::Flag),
    takes("timeout", ParameterKind::Number),
    takes("forwardHeaders", ParameterKind::Texts),
    takes("credentials", ParameterKind::Object),
    takes("soft_deny_200", ParameterKind::Flag),
];

/// Adds a note for everything odd about a check that is found at `path`.
pub(crate) fn check(
    marks: &'static Marks,
    value: &mut Value,
    path: &Path<'_>,
    problems: &mut Problems,
) {
    let Value::Object(members) = value else {
        return;
    };
    if problems.notes_are_many() {
        return;
    }
    if let Some(key) = members.keys().find(|key| find(key).is_some()) {
        let rule = "a check is probably not read in this form: write {\"id\": \"<this name>\", \"parameters\": {…}}";
        problems.note(|| Problem::rule(path.member(&shortened(key)), rule));
        return;
    }
    let Some(id) = members.get("id").and_then(Value::as_str) else {
        return;
    };
    match find(id) {
        Some(check) => check.check_parameters(marks, members, &path.member("parameters"), problems),
        None => problems.note(|| {
            let rule = unknown("check", id, meant_by(id), "list_guardrail_checks");
            Problem::rule(path.member("id"), rule)
        }),
    }
}

/// The ids of the checks known here, with the parameters of each: those it needs, and those it takes besides. `None` where
/// nobody says.
pub fn known_checks() -> impl Iterator<Item = (&'static str, Option<[Vec<&'static str>; 2]>)> {
    all().map(|check| {
        let parameters = match check.parameters {
            Parameters::Open => None,
            Parameters::Known(parameters) => Some([true, false].map(|needed| {
                let those = parameters.iter().filter(|one| one.is_required == needed);
                those.map(|parameter| parameter.name).collect()
            })),
        };
        (check.id, parameters)
    })
}

fn find(id: &str) -> Option<&'static KnownCheck> {
    all().find(|check| check.id == id)
}

fn all() -> impl Iterator<Item = &'static KnownCheck> {
    built_in::CHECKS.iter().chain(partners::CHECKS)
}

/// The known id that was meant by an unknown one: the same but for case, punctuation, the part before the dot, or a
/// slip of two letters.
fn meant_by(id: &str) -> Option<&'static str> {
    if id.len() > LONGEST {
        return None;
    }
    let id = letters(id);
    let same = |known: &&Spelling| known.whole == id || known.name == id;
    // Two slips change at most four letters of the set; most ids are told apart by that alone.
    let set = set(&id);
    let near = |known: &&Spelling| {
        known.whole.len().abs_diff(id.len()) <= 2
            && (known.set ^ set).count_ones() <= 4
            && strsim::osa_distance(&known.whole, &id) <= 2
    };
    let found = SPELLINGS.iter().find(same);
    let found = found.or_else(|| SPELLINGS.iter().find(near));
    found.map(|known| known.id)
}

/// Longer ids are compared with none.
const LONGEST: usize = 64;

/// The letters of a known id: all, and those after the dot.
struct Spelling {
    id: &'static str,
    whole: String,
    name: String,
    set: u64,
}

static SPELLINGS: LazyLock<Vec<Spelling>> = LazyLock::new(|| {
    let spelling = |id: &'static str| Spelling {
        id,
        whole: letters(id),
        set: set(&letters(id)),
        name: letters(id.rsplit('.').next().unwrap_or(id)),
    };
    all().map(|check| spelling(check.id)).collect()
});

/// Which letters occur, a bit for each.
fn set(letters: &str) -> u64 {
    letters.bytes().fold(0, |set, byte| set | 1 << (byte % 64))
}

fn letters(text: &str) -> String {
    let letters = text.chars().filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

impl KnownCheck {
    fn check_parameters(
        &self,
        marks: &'static Marks,
        members: &mut JsonObject,
        path: &Path<'_>,
        problems: &mut Problems,
    ) {
        let Some(node) = compiled(marks, self.id) else {
            return;
        };
        let mut empty = Value::Object(Map::new());
        let given = members.get_mut("parameters").unwrap_or(&mut empty);
        coerce(node, given);
        check_at(node, given, path, problems);
    }
}

/// The schemas of the parameters that are known, by the ids of the checks.
static SCHEMAS: LazyLock<HashMap<&str, Value>> = LazyLock::new(|| {
    let schemas = all().filter_map(|check| match check.parameters {
        Parameters::Open => None,
        Parameters::Known(parameters) => Some((check.id, schema(parameters).to_value())),
    });
    schemas.collect()
});

static COMPILED: OnceLock<HashMap<&str, Node>> = OnceLock::new();

/// The compiled schema of the parameters of a check, if they are known.
fn compiled(marks: &'static Marks, id: &str) -> Option<&'static Node> {
    let compile = || {
        let nodes = SCHEMAS.iter();
        nodes
            .map(|(id, schema)| (*id, Node::compile(marks, schema)))
            .collect()
    };
    COMPILED.get_or_init(compile).get(id)
}

fn schema(parameters: &[Parameter]) -> Schema {
    let properties = parameters.iter().chain(&COMMON);
    let properties =
        properties.map(|parameter| (parameter.name.to_owned(), parameter.kind.schema()));
    let required = parameters.iter().filter(|parameter| parameter.is_required);
    opened(json_schema!({
        "type": "object",
        "properties": properties.collect::<JsonObject>(),
        "required": required.map(|parameter| parameter.name).collect::<Vec<_>>(),
        "additionalProperties": false,
    }))
}

impl ParameterKind {
    fn schema(self) -> Value {
        match self {
            Self::Any => json!({}),
            Self::Text => json!({ "type": "string" }),
            Self::Number => json!({ "type": "number" }),
            Self::Share => json!({ "type": "number", "minimum": 0, "maximum": 1 }),
            Self::Flag => json!({ "type": "boolean" }),
            Self::Texts => json!({ "type": "array", "items": { "type": "string" } }),
            Self::Object => json!({ "type": "object" }),
            Self::OneOf(words) => json!({ "type": "string", "enum": words }),
            Self::SomeOf(words) => {
                json!({ "type": "array", "items": { "type": "string", "enum": words } })
            }
        }
    }
}
