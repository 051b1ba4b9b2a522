//! Finds what the arguments of an operation refer to, by the marks on their types.

use serde_json::Value;

use super::{Declaration, Vendor};
use crate::{
    JsonObject, Mark,
    keywords::{MAY_REFER, NAMES_REFER, VERSION_REFERS, WIDE},
    mark,
};

/// A reference in the arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mention<'a> {
    /// The name of the argument that contains the reference.
    pub argument: &'a str,
    /// The name of the reference: that of the member that holds it, or of the list whose entry holds it as `id`.
    pub name: &'a str,
    /// The kind of the object's name.
    pub kind: &'a str,
    /// The name of the object. `None` if the value is not text.
    pub id: Option<&'a str>,
}

/// The values of an argument that concern the whole organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wide {
    /// Every value except `null` and `false`.
    Any,
    /// This word, and every word that is not known, since the vendor may have added one that does.
    Word {
        /// The word.
        wide: &'static str,
        /// All known words.
        known: &'static [Value],
    },
}

impl Wide {
    /// Whether this value concerns the whole organisation, or may.
    pub fn may_include(self, value: &Value) -> bool {
        match self {
            Self::Any => !matches!(value, Value::Null | Value::Bool(false)),
            Self::Word { wide, known } => value == wide || !known.contains(value),
        }
    }
}

impl Declaration {
    /// Returns what this argument always refers to if it is text.
    pub fn refers(&self, argument: &str) -> Option<Mark<'static>> {
        mark(self.input_of(argument)?)
    }

    /// Returns the values of this argument that concern the whole organisation, if there are any.
    pub fn wide(&self, argument: &str) -> Option<Wide> {
        let schema = self.input_of(argument)?;
        let known = schema.get("enum").and_then(Value::as_array);
        let known = known.map(Vec::as_slice).unwrap_or_default();
        let wide = schema.get(WIDE)?.as_str();
        Some(wide.map_or(Wide::Any, |wide| Wide::Word { wide, known }))
    }

    /// Returns everything that these arguments refer to, at any depth and in their order.
    pub fn mentions<'a>(&self, arguments: &'a JsonObject) -> Vec<Mention<'a>> {
        let mut found = Vec::new();
        for (argument, value) in arguments {
            if let Some(schema) = self.input_of(argument) {
                let search = Search {
                    vendor: self.vendor,
                    argument,
                    name: argument,
                    list: None,
                };
                search.descend(schema, value, &mut found);
            }
        }
        found
    }
}

/// The current position of the search for references.
#[derive(Clone, Copy)]
struct Search<'a> {
    vendor: &'static Vendor,
    argument: &'a str,
    name: &'a str,
    /// The name of the list whose entry is searched.
    list: Option<&'a str>,
}

impl<'a> Search<'a> {
    fn descend(self, schema: &'static Value, value: &'a Value, found: &mut Vec<Mention<'a>>) {
        let schema = (self.vendor.inside)(schema).unwrap_or(schema);
        found.extend(self.here(schema, value));
        match value {
            Value::Object(members) => {
                let kind = schema.get(NAMES_REFER).and_then(Value::as_str);
                let properties = schema.get("properties");
                let others = schema.get("additionalProperties");
                for (name, member) in members {
                    found.extend(kind.map(|kind| self.mention(kind, Some(name))));
                    let declared = properties.and_then(|all| all.get(name));
                    if let Some(inner) = declared.or(others) {
                        self.member(name).descend(inner, member, found);
                    }
                }
            }
            Value::Array(items) => {
                let inner = schema.get("items");
                for item in items {
                    if let Some(inner) = inner {
                        let list = Some(self.name);
                        Self { list, ..self }.descend(inner, item, found);
                    }
                }
            }
            _ => {}
        }
    }

    /// Moves into a member. The name `id` in an entry is not specific, so the name of the list is used.
    fn member(self, name: &'a str) -> Self {
        let name = self.list.filter(|_| name == "id").unwrap_or(name);
        Self {
            name,
            list: None,
            ..self
        }
    }

    fn here(self, schema: &'static Value, value: &'a Value) -> Option<Mention<'a>> {
        // An object in the place of an id refers to others by its members.
        let is_written_out = value.is_object() && schema.get("properties").is_some();
        if value.is_null() || is_written_out {
            return None;
        }
        let text = value.as_str();
        if let Some(mark) = mark(schema) {
            return Some(self.mention(mark.kind, text.map(id_in)));
        }
        let kind = |keyword| schema.get(keyword).and_then(Value::as_str);
        if let Some(kind) = kind(VERSION_REFERS) {
            let id = text.and_then(|text| text.split('@').next());
            return Some(self.mention(kind, id));
        }
        let text = text.filter(|text| text.starts_with('@'))?;
        Some(self.mention(kind(MAY_REFER)?, Some(id_in(text))))
    }

    fn mention(self, kind: &'a str, id: Option<&'a str>) -> Mention<'a> {
        Mention {
            argument: self.argument,
            name: self.name,
            kind,
            id,
        }
    }
}

/// Returns the id in a text that refers to an object: the text itself, or `slug` for `@slug` and `@slug/model`.
fn id_in(text: &str) -> &str {
    let slug = text.strip_prefix('@');
    let slug = slug.and_then(|slug| slug.split('/').next());
    slug.unwrap_or(text)
}
