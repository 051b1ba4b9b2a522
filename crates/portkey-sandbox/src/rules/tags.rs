//! Tags: texts by name, by which objects are found.

use portkey_api::JsonObject;
use serde_json::Value;

use crate::wire::{Call, Change, Fields, Refusal};

/// The tags by which a listing is filtered.
#[derive(Debug, Clone, Default)]
pub(crate) struct TagFilter(JsonObject);

impl TagFilter {
    /// The filter in the query of a call.
    pub(crate) fn of(call: &Call) -> Result<Self, Refusal> {
        let tags = call.query().optional("tags")?;
        Ok(Self(tags.unwrap_or_default()))
    }

    /// Whether an object with these tags matches.
    pub(crate) fn matches(&self, tags: &Value) -> bool {
        let mut wanted = self.0.iter();
        wanted.all(|(name, value)| tags.get(name) == Some(value))
    }
}

/// The change of the tags by a body.
pub(crate) fn change(body: Fields<'_>) -> Result<Change<Value>, Refusal> {
    let tags = body.change::<JsonObject>("tags")?;
    match &tags {
        Change::Set(tags) if !tags.values().all(Value::is_string) => {
            Err(body.refuse("tags", "takes texts only"))
        }
        _ => Ok(tags.map(Value::Object)),
    }
}
