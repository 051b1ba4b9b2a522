//! Reading the fields of bodies and queries, and refusing those that are not valid.

use std::sync::LazyLock;

use jiff::Timestamp;
use portkey_api::JsonObject;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::refusal::Refusal;
use crate::identity::iso;

/// The fields of a body or the parameters of a query. A field that cannot be read is refused by name; fields that no
/// handler reads are ignored, because the vendor's own clients send more than the API has.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fields<'a> {
    values: &'a JsonObject,
    /// The path of these fields in the body, such as `defaults.`.
    at: &'static str,
    /// Whether numbers and booleans are text, as in queries.
    as_text: bool,
}

/// What an update does to one field.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Change<T> {
    /// The field was left out.
    Keep,
    /// The field was null.
    Clear,
    /// The field has a new value.
    Set(T),
}

impl<T> Change<T> {
    /// The value of the field after the change.
    pub(crate) fn over(self, old: Option<T>) -> Option<T> {
        match self {
            Self::Keep => old,
            Self::Clear => None,
            Self::Set(new) => Some(new),
        }
    }

    /// Applies the change to a value, where null stands for its default.
    pub(crate) fn replace(self, old: &mut T)
    where
        T: Default,
    {
        match self {
            Self::Keep => {}
            Self::Clear => *old = T::default(),
            Self::Set(new) => *old = new,
        }
    }

    /// Converts a new value.
    pub(crate) fn map<U>(self, make: impl FnOnce(T) -> U) -> Change<U> {
        match self {
            Self::Keep => Change::Keep,
            Self::Clear => Change::Clear,
            Self::Set(new) => Change::Set(make(new)),
        }
    }
}

impl<'a> Fields<'a> {
    /// The fields of a body, or of an element of a list in it.
    pub(crate) fn of(values: &'a JsonObject) -> Self {
        Self {
            values,
            at: "",
            as_text: false,
        }
    }

    /// The parameters of a query.
    pub(crate) fn of_query(values: &'a JsonObject) -> Self {
        Self {
            as_text: true,
            ..Self::of(values)
        }
    }

    /// The field as it came, unless it is null or left out.
    pub(crate) fn value(&self, name: &str) -> Option<&'a Value> {
        self.values.get(name).filter(|value| !value.is_null())
    }

    /// A field that must be there.
    pub(crate) fn required<T: DeserializeOwned>(&self, name: &str) -> Result<T, Refusal> {
        self.optional(name)?
            .ok_or_else(|| self.refuse(name, "is required"))
    }

    /// A field that may be left out or null.
    pub(crate) fn optional<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, Refusal> {
        self.value(name)
            .map(|value| self.read(name, value))
            .transpose()
    }

    /// A field that is kept when left out and cleared when null.
    pub(crate) fn change<T: DeserializeOwned>(&self, name: &str) -> Result<Change<T>, Refusal> {
        match self.values.get(name) {
            None => Ok(Change::Keep),
            Some(Value::Null) => Ok(Change::Clear),
            Some(value) => self.read(name, value).map(Change::Set),
        }
    }

    /// A text that is required and not blank.
    pub(crate) fn text(&self, name: &str) -> Result<String, Refusal> {
        self.optional_text(name)?
            .ok_or_else(|| self.refuse(name, "is required"))
    }

    /// A text that is not blank, if it is there.
    pub(crate) fn optional_text(&self, name: &str) -> Result<Option<String>, Refusal> {
        let text: Option<String> = self.optional(name)?;
        match text {
            Some(text) if text.trim().is_empty() => Err(self.refuse(name, "must not be empty")),
            text => Ok(text),
        }
    }

    /// Refuses a text with more than `most` characters.
    pub(crate) fn limit(&self, name: &str, text: Option<&str>, most: usize) -> Result<(), Refusal> {
        if text.is_some_and(|text| text.chars().count() > most) {
            return Err(self.refuse(name, &format!("must not be longer than {most} characters")));
        }
        Ok(())
    }

    /// A boolean, which may be written as 0 or 1.
    pub(crate) fn flag(&self, name: &str) -> Result<Option<bool>, Refusal> {
        match self.value(name) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(*flag)),
            Some(value) => match value.as_u64() {
                Some(0) => Ok(Some(false)),
                Some(1) => Ok(Some(true)),
                _ if value == "true" => Ok(Some(true)),
                _ if value == "false" => Ok(Some(false)),
                _ => Err(self.refuse(name, "must be a boolean")),
            },
        }
    }

    /// A moment in the future, as the API writes it; cleared when null.
    pub(crate) fn moment_to_come(
        &self,
        name: &str,
        now: Timestamp,
    ) -> Result<Change<String>, Refusal> {
        match self.change::<String>(name)? {
            Change::Set(text) => match text.parse::<Timestamp>() {
                Ok(moment) if moment > now => Ok(Change::Set(iso(moment))),
                Ok(_) => Err(self.refuse(name, "must lie in the future")),
                Err(_) => Err(self.refuse(name, "must be an ISO 8601 moment")),
            },
            change => Ok(change),
        }
    }

    /// The fields inside an object; none of them if it is left out.
    pub(crate) fn inside(&self, name: &str, at: &'static str) -> Result<Fields<'a>, Refusal> {
        static NOTHING: LazyLock<JsonObject> = LazyLock::new(JsonObject::new);
        let values = match self.value(name) {
            None => &*NOTHING,
            Some(Value::Object(values)) => values,
            Some(_) => return Err(self.refuse(name, "must be an object")),
        };
        Ok(Fields {
            values,
            at,
            ..*self
        })
    }

    /// A refusal of this field.
    pub(crate) fn refuse(&self, name: &str, problem: &str) -> Refusal {
        Refusal::invalid_field(&format!("{}{name}", self.at), problem)
    }

    fn read<T: DeserializeOwned>(&self, name: &str, value: &Value) -> Result<T, Refusal> {
        let error = match serde_path_to_error::deserialize(value) {
            Ok(read) => return Ok(read),
            Err(error) => error,
        };
        if self.as_text
            && let Value::String(text) = value
            && let Ok(read) = serde_json::from_str(text)
        {
            return Ok(read);
        }
        let path = error.path().to_string();
        let separator = if path.starts_with('[') { "" } else { "." };
        let name = match path.as_str() {
            "." => name.to_owned(),
            path => format!("{name}{separator}{path}"),
        };
        Err(self.refuse(&name, &format!("is not valid: {}", error.inner())))
    }
}
