//! Whether a value is within a limit, without looking at more of it than it takes to answer that.

use serde_json::Value;

/// What each part of a value weighs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Weights {
    /// A value of any type, without its text.
    pub(crate) value: usize,
    /// A byte of text, and of the name of a member.
    pub(crate) byte: usize,
}

impl Weights {
    /// Whether a value with all that is in it weighs at most `limit`.
    pub(crate) fn are_within(self, value: &Value, limit: usize) -> bool {
        self.left(value, limit).is_some()
    }

    /// What is left of `limit` after a value. `None` if the value weighs more.
    fn left(self, value: &Value, limit: usize) -> Option<usize> {
        let limit = limit.checked_sub(self.value)?;
        match value {
            Value::String(text) => self.left_of_text(text, limit),
            Value::Array(items) => items
                .iter()
                .try_fold(limit, |limit, item| self.left(item, limit)),
            Value::Object(members) => members.iter().try_fold(limit, |limit, (name, member)| {
                self.left(member, self.left_of_text(name, limit)?)
            }),
            Value::Null | Value::Bool(_) | Value::Number(_) => Some(limit),
        }
    }

    fn left_of_text(self, text: &str, limit: usize) -> Option<usize> {
        limit.checked_sub(text.len() * self.byte)
    }
}
