//! The types of JSON values.

use bitflags::bitflags;
use serde_json::Value;

use crate::schema::keyword;

bitflags! {
    /// A set of types.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(crate) struct Kinds: u8 {
        const TEXT = 1;
        const INTEGER = 1 << 1;
        const NUMBER = 1 << 2;
        const BOOLEAN = 1 << 3;
        const OBJECT = 1 << 4;
        const ARRAY = 1 << 5;
        const NULL = 1 << 6;
    }
}

/// One type that a value may be converted to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JsonType {
    Integer,
    Number,
    Boolean,
    Object,
    Array,
    Null,
    Text,
}

impl JsonType {
    fn of(word: &str) -> Option<Self> {
        Some(match word {
            "string" => Self::Text,
            "integer" => Self::Integer,
            "number" => Self::Number,
            "boolean" => Self::Boolean,
            "object" => Self::Object,
            "array" => Self::Array,
            "null" => Self::Null,
            _ => return None,
        })
    }

    const fn as_set(self) -> Kinds {
        match self {
            Self::Text => Kinds::TEXT,
            Self::Integer => Kinds::INTEGER,
            Self::Number => Kinds::NUMBER,
            Self::Boolean => Kinds::BOOLEAN,
            Self::Object => Kinds::OBJECT,
            Self::Array => Kinds::ARRAY,
            Self::Null => Kinds::NULL,
        }
    }
}

impl Kinds {
    /// Returns the types that a value has: a whole number is an integer and a number.
    pub(crate) fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::NULL,
            Value::Bool(_) => Self::BOOLEAN,
            Value::Number(number) if number.is_f64() => Self::NUMBER,
            Value::Number(_) => Self::NUMBER.union(Self::INTEGER),
            Value::String(_) => Self::TEXT,
            Value::Array(_) => Self::ARRAY,
            Value::Object(_) => Self::OBJECT,
        }
    }
}

/// The types of a schema with text last. Every value can become text, so other types are tried first.
#[derive(Debug)]
pub(crate) struct Ordered {
    set: Kinds,
    order: Vec<JsonType>,
}

impl Ordered {
    pub(super) fn of(schema: &Value) -> Self {
        let words = match keyword(schema, "type") {
            Some(Value::Array(words)) => words.as_slice(),
            Some(word) => std::slice::from_ref(word),
            None => &[],
        };
        let kinds = words.iter().filter_map(Value::as_str).map(JsonType::of);
        // A type that is not known here may be any.
        let mut order: Vec<JsonType> = kinds.collect::<Option<_>>().unwrap_or_default();
        order.sort_by_key(|kind| *kind == JsonType::Text);
        let set = order
            .iter()
            .fold(Kinds::empty(), |set, kind| set | kind.as_set());
        Self { set, order }
    }

    /// Whether any value matches.
    pub(crate) const fn is_empty(&self) -> bool {
        self.set.is_empty()
    }

    pub(crate) const fn contains(&self, kinds: Kinds) -> bool {
        self.set.contains(kinds)
    }

    pub(crate) const fn intersects(&self, kinds: Kinds) -> bool {
        self.set.intersects(kinds)
    }

    /// Whether a value has one of the types.
    pub(crate) fn match_value(&self, value: &Value) -> bool {
        self.set.is_empty() || self.set.intersects(Kinds::of(value))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = JsonType> {
        self.order.iter().copied()
    }
}
