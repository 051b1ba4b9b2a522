//! Tags: texts by name that things are found by.

use portkey_api::JsonObject;
use serde_json::Value;

use crate::wire::{Call, Change, Fields, Refusal};

/// The tags that a listing is narrowed to.
#[derive(Debug, Clone, Default)]
pub(crate) struct TagFilter(JsonObject);

impl TagFilter {
    /// What the query of a call asks for.
    pub(crate) fn of(call: &Call) -> Result<Self, Refusal> {
        let tags = call.query().optional("tags")?;
        Ok(Self(tags.unwrap_or_default()))
    }

    /// Whether all of them are among these.
    pub(crate) fn matches(&self, tags: &Value) -> bool {
        let mut wanted = self.0.iter();
        wanted.all(|(name, value)| tags.get(name) == Some(value))
    }
}

/// What a body does to the tags.
pub(crate) fn change(body: Fields<'_>) -> Result<Change<Value>, Refusal> {
    let tags = body.change::<JsonObject>("tags")?;
    match &tags {
        Change::Set(tags) if !tags.values().all(Value::is_string) => {
            Err(body.refuse("tags", "takes texts only"))
        }
        _ => Ok(tags.map(Value::Object)),
    }
}
