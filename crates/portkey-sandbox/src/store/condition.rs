//! Conditions of SQL statements, put together with the values of their placeholders.

use rusqlite::types::Value;

/// Conditions that must all hold, and the values of their placeholders in order.
#[derive(Debug, Clone, Default)]
pub(crate) struct SqlCondition {
    conditions: Vec<String>,
    values: Vec<Value>,
}

impl SqlCondition {
    /// Adds a condition. The values of its placeholders follow by [`SqlCondition::with`].
    pub(crate) fn and(mut self, condition: impl Into<String>) -> Self {
        self.conditions.push(condition.into());
        self
    }

    /// Adds the conditions of another.
    pub(crate) fn and_all(mut self, other: Self) -> Self {
        self.conditions.extend(other.conditions);
        self.values.extend(other.values);
        self
    }

    /// Adds the values of the next placeholders.
    pub(crate) fn with<'a>(mut self, texts: impl IntoIterator<Item = &'a str>) -> Self {
        let values = texts.into_iter().map(|text| text.to_owned().into());
        self.values.extend(values);
        self
    }

    /// Adds a condition with one placeholder.
    pub(crate) fn add(&mut self, condition: impl Into<String>, value: impl Into<Value>) {
        self.conditions.push(condition.into());
        self.values.push(value.into());
    }

    /// Adds a condition in which `{list}` stands for a list of placeholders. `before` are the values of placeholders
    /// before it.
    pub(crate) fn add_list(
        &mut self,
        condition: &str,
        before: impl IntoIterator<Item = String>,
        list: impl IntoIterator<Item = String>,
    ) {
        self.values.extend(before.into_iter().map(Value::from));
        let start = self.values.len();
        self.values.extend(list.into_iter().map(Value::from));
        let placeholders = vec!["?"; self.values.len() - start].join(", ");
        let condition = condition.replace("{list}", &format!("({placeholders})"));
        self.conditions.push(condition);
    }

    /// The condition for the `WHERE` of a statement.
    pub(crate) fn sql(&self) -> String {
        match self.conditions.as_slice() {
            [] => "TRUE".to_owned(),
            conditions => conditions.join(" AND "),
        }
    }

    /// The values of its placeholders, followed by those of later placeholders in the statement.
    pub(crate) fn values(&self, later: impl IntoIterator<Item = Value>) -> Vec<Value> {
        self.values.iter().cloned().chain(later).collect()
    }
}
