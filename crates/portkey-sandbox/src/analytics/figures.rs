//! Adding rows up: named aggregates over the requests that count, or over the feedback on them.

use rusqlite::{Connection, Row, params_from_iter, types, types::ValueRef};
use serde_json::{Value, json};

use super::filter::Filter;
use crate::store::Queries as _;

/// What answers call a figure, and the aggregate that makes it. Besides the columns of `logs` it may use `rank`
/// and `ranked`: where a row stands among its like by latency, and how many they are.
pub(super) type Figure = (&'static str, &'static str);

/// The rows that are added up.
#[derive(Debug)]
pub(super) struct Source {
    sql: String,
    values: Vec<types::Value>,
}

impl Source {
    /// The requests that a filter lets through.
    pub(super) fn requests(filter: &Filter) -> Self {
        Self {
            sql: format!("SELECT * FROM logs WHERE {}", filter.conditions()),
            values: filter.values().to_vec(),
        }
    }

    /// The feedback on them, each with the first request of its trace.
    pub(super) fn feedback(filter: &Filter) -> Self {
        let Self { sql, values } = Self::requests(filter);
        let sql = format!(
            "SELECT log.*, given.value, given.weight, min(log.created_at) AS first
            FROM ({sql}) AS log JOIN feedback AS given
                ON given.trace_id = log.trace_id AND given.workspace_id = log.workspace_id
            GROUP BY given.id"
        );
        Self { sql, values }
    }

    /// Only those of them that meet a condition.
    pub(super) fn only(mut self, condition: &str) -> Self {
        self.sql = format!("SELECT * FROM ({}) WHERE {condition}", self.sql);
        self
    }

    /// With one more column.
    pub(super) fn with(mut self, name: &str, expression: &str) -> Self {
        self.sql = format!("SELECT *, {expression} AS {name} FROM ({})", self.sql);
        self
    }

    /// The figures of all rows, as one object.
    pub(super) fn whole(&self, db: &Connection, figures: &[Figure]) -> rusqlite::Result<Value> {
        let sql = format!("SELECT {} FROM ({})", columns(figures), self.ranked("''"));
        let whole = db.maybe(&sql, params_from_iter(&self.values), object)?;
        Ok(whole.unwrap_or_default())
    }

    /// The figures of each set of rows that have the same `key`, as an object with the key under `name`. Rows
    /// without it are left out.
    pub(super) fn each(
        &self,
        db: &Connection,
        (name, key): (&str, &Key),
        figures: &[Figure],
        order: &str,
    ) -> rusqlite::Result<Vec<Value>> {
        let sql = format!(
            "SELECT slot AS \"{name}\", {} FROM ({}) WHERE slot IS NOT NULL GROUP BY slot ORDER BY {order}",
            columns(figures),
            self.ranked(&key.sql),
        );
        let values = key.value.iter().chain(&self.values);
        db.all(&sql, params_from_iter(values), object)
    }

    /// What a statement around these rows answers; it says `{rows}` where they belong.
    pub(super) fn within<T>(
        &self,
        db: &Connection,
        sql: &str,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<Vec<T>> {
        let sql = sql.replace("{rows}", &format!("({})", self.sql));
        db.all(&sql, params_from_iter(&self.values), read)
    }

    fn ranked(&self, key: &str) -> String {
        format!(
            "SELECT *, row_number() OVER (PARTITION BY slot ORDER BY latency) AS rank,
                count(*) OVER (PARTITION BY slot) AS ranked
            FROM (SELECT *, {key} AS slot FROM ({}))",
            self.sql
        )
    }
}

/// What rows are told apart by.
#[derive(Debug)]
pub(super) struct Key {
    sql: String,
    /// For its placeholder, if it has one.
    value: Option<types::Value>,
}

impl Key {
    /// A column, or an expression over columns.
    pub(super) fn column(sql: &str) -> Self {
        Self {
            sql: sql.to_owned(),
            value: None,
        }
    }

    /// The value of a member of the metadata.
    pub(super) fn metadata(name: &str) -> Self {
        Self {
            sql: "(SELECT CAST(value AS TEXT) FROM json_each(metadata) WHERE key = ?)".to_owned(),
            value: Some(name.to_owned().into()),
        }
    }
}

fn columns(figures: &[Figure]) -> String {
    let columns = figures
        .iter()
        .map(|(name, sql)| format!("{sql} AS \"{name}\""));
    columns.collect::<Vec<_>>().join(", ")
}

/// A row by the names of its columns. The API answers numbers where there is nothing to add up, so null is zero.
fn object(row: &Row<'_>) -> rusqlite::Result<Value> {
    let names = row.as_ref().column_names();
    let members = names.into_iter().map(|name| {
        let value = match row.get_ref(name)? {
            ValueRef::Null => json!(0),
            ValueRef::Integer(number) => json!(number),
            ValueRef::Real(number) => json!(tidy(number)),
            _ => row.get::<_, String>(name)?.into(),
        };
        Ok((name.to_owned(), value))
    });
    members.collect()
}

/// Without the noise that adding fractions leaves behind.
fn tidy(number: f64) -> f64 {
    (number * 1e8).round() / 1e8
}
