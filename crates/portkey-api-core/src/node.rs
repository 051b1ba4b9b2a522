//! Schemas in the form that walks along values use: every keyword is read once, when a schema is first used, and a
//! member is found without hashing.

mod kinds;
mod members;
mod secret_names;

use bitflags::bitflags;
use serde_json::Value;

pub(crate) use self::kinds::{JsonType, Kinds};
pub use self::secret_names::SecretNames;
use self::{kinds::Ordered, members::Members};
use crate::{
    keywords::{BODIES, BRIEF, COMMA_SEPARATED, ID, IGNORED, MINTED, NULLABLE, PAGE, SECRET, UNIT},
    marks::{Advice, FindSecrets, Marks},
    schema::{is_free, keyword, required},
    types::{email, open, time::Sense},
};

bitflags! {
    /// What a walk may have to do with a value. A walk enters only values inside of which it has something to do.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub struct Tasks: u16 {
        /// The value has a type, synonyms of members or `null`s to be left out.
        const COERCE = 1;
        /// The value is limits, which come as a list or as an object.
        const LIMITS = 1 << 1;
        /// The value is or may contain secrets.
        const SECRETS = 1 << 2;
        /// The value is a secret that no later answer contains.
        const MINTED = 1 << 3;
        /// The value is recorded traffic.
        const BODIES = 1 << 4;
        /// The value has members with units.
        const UNITS = 1 << 5;
        /// The value is an object with known members.
        const MEMBERS = 1 << 6;
        /// The value is a date or time.
        const TIMES = 1 << 7;
        /// The value limits spending, traffic or access.
        const PROTECTS = 1 << 8;
        /// The value may be text that anybody wrote.
        const TEXT = 1 << 9;
        /// The value is an entry of which lists show some members.
        const BRIEF = 1 << 10;
    }
}

/// The schema keyword of limits, which some answers contain as a list and others as a single object.
const LIMITS: &str = "x-limits";

/// The schema keyword for synonyms of members: `{"model_id": "slug"}`. Arguments declare an `alias` instead.
const SYNONYMS: &str = "x-synonyms";

/// The schema keyword of the ends of a period that the API requires and a call may leave out.
const PERIOD: &str = "x-period";

/// The schema keyword of fields that limit spending, traffic or access. Emptying one is destructive.
const PROTECTS: &str = "x-protects";

/// A compiled schema, or a part of one.
#[derive(Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a keyword of the schema, independent of the others"
)]
pub struct Node {
    /// The schema this was compiled from. It is only read to describe what is wrong with a value.
    pub(crate) schema: &'static Value,
    /// What there is to do with the value itself.
    pub(crate) tasks: Tasks,
    /// What there is to do with the value and everything in it.
    pub(crate) inside: Tasks,
    /// The types, in the order in which a conversion to them is tried.
    pub(crate) kinds: Ordered,
    pub(crate) members: Members,
    /// The node of members without one of their own.
    others: Option<Box<Node>>,
    /// The node of the entries of a list.
    pub(crate) items: Option<Box<Node>>,
    /// The names of the members that must be there.
    pub(crate) requires: Vec<&'static str>,
    /// Whether an object may have no other members.
    pub(crate) is_closed: bool,
    /// Whether the vendor defines the members of the value.
    pub(crate) is_open: bool,
    /// Whether the vendor may add members to those that are known.
    pub(crate) is_extensible: bool,
    /// Whether the vendor may add words to the choice.
    pub(crate) has_open_words: bool,
    /// Whether the vendor defines the value itself.
    pub(crate) is_inside_open: bool,
    pub(crate) is_nullable: bool,
    pub(crate) is_comma_separated: bool,
    pub(crate) is_id: bool,
    pub(crate) is_email: bool,
    pub(crate) is_ignored: bool,
    /// Whether lists show this member of an entry.
    pub(crate) is_brief: bool,
    /// Whether this is an end of a period that a call may leave out.
    pub(crate) ends_period: bool,
    pub(crate) protects: bool,
    /// The empty value by which an update empties the field, if it can be emptied.
    pub(crate) empty: Option<Empty>,
    pub(crate) allowed: Option<&'static [Value]>,
    pub(crate) bounds: Option<Box<Bounds>>,
    pub(crate) sense: Option<Sense>,
    pub(crate) unit: Option<&'static str>,
    /// The name under which the API returns the entries of a list.
    pub(crate) page: Option<&'static str>,
    pub(crate) synonyms: Vec<(&'static str, &'static str)>,
    pub(crate) secret: Option<Sort>,
    pub(crate) secret_names: Option<SecretNames>,
    pub(crate) find_secrets: Option<FindSecrets>,
    pub(crate) advice: Option<Advice>,
    /// The marks that the node was compiled with.
    pub(crate) marks: &'static Marks,
}

/// An empty value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Empty {
    Null,
    Text,
    List,
    Object,
}

impl Empty {
    fn of(schema: &Value) -> Option<Self> {
        if keyword(schema, NULLABLE).is_some() {
            return Some(Self::Null);
        }
        let is_plain = ["enum", "minLength", "minItems", ID, SECRET]
            .iter()
            .all(|name| keyword(schema, name).is_none());
        match keyword(schema, "type")?.as_str().filter(|_| is_plain)? {
            "string" => Some(Self::Text),
            "array" => Some(Self::List),
            "object" if is_free(schema) => Some(Self::Object),
            _ => None,
        }
    }
}

/// The kind of a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// A secret that is only passed on, because its owner has it already.
    Known,
    /// A new secret, which this answer contains and no later one.
    Minted,
}

/// The least and the largest value of a number, and the length of a text or list.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Bounds {
    pub(crate) number: Range,
    pub(crate) text: Range,
    pub(crate) list: Range,
}

/// A least and a largest number.
pub(crate) type Range = (Option<f64>, Option<f64>);

impl Node {
    /// Compiles a schema and everything in it.
    pub fn compile(marks: &'static Marks, schema: &'static Value) -> Self {
        let has = |name: &str| keyword(schema, name).is_some();
        let text = |name: &str| keyword(schema, name).and_then(Value::as_str);
        let inner = |name: &str| {
            let inner = keyword(schema, name).filter(|inner| inner.is_object())?;
            Some(Box::new(Self::compile(marks, inner)))
        };
        let mut node = Self {
            schema,
            tasks: Tasks::empty(),
            inside: Tasks::empty(),
            kinds: Ordered::of(schema),
            members: Members::compile(marks, schema),
            others: inner("additionalProperties"),
            items: inner("items"),
            requires: required(schema).collect(),
            is_closed: keyword(schema, "additionalProperties") == Some(&Value::Bool(false)),
            is_open: open::is_open(schema),
            is_extensible: open::is_extensible(schema),
            has_open_words: open::has_open_words(schema),
            is_inside_open: open::is_inside(schema),
            is_nullable: has(NULLABLE),
            is_comma_separated: has(COMMA_SEPARATED),
            is_id: has(ID),
            is_email: email::is_email(schema),
            is_ignored: has(IGNORED),
            is_brief: has(BRIEF),
            ends_period: has(PERIOD),
            protects: has(PROTECTS)
                || keyword(schema, "items").is_some_and(|s| keyword(s, PROTECTS).is_some()),
            empty: Empty::of(schema),
            allowed: keyword(schema, "enum")
                .and_then(Value::as_array)
                .map(Vec::as_slice),
            bounds: Bounds::of(schema),
            sense: Sense::of(schema),
            unit: text(UNIT),
            page: text(PAGE),
            synonyms: synonyms(schema),
            secret: keyword(schema, SECRET).map(|mark| {
                if mark == MINTED {
                    Sort::Minted
                } else {
                    Sort::Known
                }
            }),
            secret_names: SecretNames::of(schema),
            find_secrets: (marks.secrets)(schema),
            advice: (marks.advice)(schema),
            marks,
        };
        node.tasks = node.own_tasks();
        node.inside = node.parts().fold(node.tasks, |all, part| all | part.inside);
        if node.secret.is_some() {
            // All text in it is masked.
            node.inside.remove(Tasks::TEXT);
        }
        node
    }

    /// Returns the node of a member.
    pub fn member(&self, name: &str) -> Option<&Self> {
        self.members.get(name).or(self.others.as_deref())
    }

    /// Whether an object must have this member.
    pub(crate) fn requires(&self, name: &str) -> bool {
        self.requires.contains(&name)
    }

    /// Whether a walk with these tasks has something to do in the value.
    pub(crate) const fn concerns(&self, tasks: Tasks) -> bool {
        self.inside.intersects(tasks)
    }

    /// Whether the answer is a page of a list.
    pub(crate) const fn is_page(&self) -> bool {
        self.page.is_some()
    }

    fn parts(&self) -> impl Iterator<Item = &Self> {
        let around = [self.others.as_deref(), self.items.as_deref()];
        self.members.nodes().chain(around.into_iter().flatten())
    }

    fn own_tasks(&self) -> Tasks {
        let schema = self.schema;
        let is_secret =
            self.secret.is_some() || self.secret_names.is_some() || self.find_secrets.is_some();
        let has_units = self.members.nodes().any(|member| member.unit.is_some());
        let coerces =
            !self.kinds.is_empty() || !self.synonyms.is_empty() || self.is_comma_separated;
        let is_entry = self.members.nodes().any(|member| member.is_brief);
        let tasks = [
            (is_entry, Tasks::BRIEF),
            (coerces, Tasks::COERCE),
            (keyword(schema, LIMITS).is_some(), Tasks::LIMITS),
            (is_secret, Tasks::SECRETS),
            (self.secret == Some(Sort::Minted), Tasks::MINTED),
            (keyword(schema, BODIES).is_some(), Tasks::BODIES),
            (has_units, Tasks::UNITS),
            (!self.members.is_empty(), Tasks::MEMBERS),
            (self.sense.is_some(), Tasks::TIMES),
            (self.protects, Tasks::PROTECTS),
            (self.is_text(), Tasks::TEXT),
        ];
        let applicable = tasks.into_iter().filter(|(applies, _)| *applies);
        applicable.map(|(_, task)| task).collect()
    }

    /// Whether the value can be free text. Values of a fixed choice and masked values cannot.
    fn is_text(&self) -> bool {
        if self.allowed.is_some()
            || self.secret.is_some()
            || keyword(self.schema, "const").is_some()
        {
            return false;
        }
        let has = |name: &str| keyword(self.schema, name).is_some();
        let is_choice = has("anyOf") || has("oneOf") || has("allOf");
        let nothing_known = !has("properties") && !has("additionalProperties");
        let is_anything = self.kinds.is_empty() && nothing_known && !has("items");
        let holds_anything = ["items", "additionalProperties"]
            .iter()
            .any(|name| keyword(self.schema, name) == Some(&Value::Bool(true)));
        is_choice
            || is_anything
            || holds_anything
            || self.kinds.contains(Kinds::TEXT)
            || self.kinds.contains(Kinds::OBJECT) && nothing_known
    }
}

fn synonyms(schema: &'static Value) -> Vec<(&'static str, &'static str)> {
    let synonyms = keyword(schema, SYNONYMS).and_then(Value::as_object);
    let pairs = synonyms.into_iter().flatten();
    pairs
        .filter_map(|(synonym, name)| Some((synonym.as_str(), name.as_str()?)))
        .collect()
}

impl Bounds {
    fn of(schema: &Value) -> Option<Box<Self>> {
        let bound = |name: &str| keyword(schema, name).and_then(Value::as_f64);
        let range = |least, most| (bound(least), bound(most));
        let bounds = Self {
            number: range("minimum", "maximum"),
            text: range("minLength", "maxLength"),
            list: range("minItems", "maxItems"),
        };
        let is_bounded = [bounds.number, bounds.text, bounds.list]
            .iter()
            .any(|range| *range != (None, None));
        is_bounded.then(|| Box::new(bounds))
    }
}
