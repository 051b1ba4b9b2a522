//! Edits of TOML.

use serde_json::Value;
use toml_edit::{Array, DocumentMut, InlineTable, Item, Table, TableLike, TomlError};

use super::{EditFailure, Malformed, Slot};

pub(super) fn read(text: &str) -> Result<Value, Malformed> {
    Ok(members(parse(text)?.as_table()))
}

pub(super) fn with(slot: &Slot<'_>, text: &str, entry: &Value) -> Result<String, EditFailure> {
    let mut document = parse(text)?;
    let servers = document.entry(slot.servers).or_insert_with(|| {
        let mut table = Table::new();
        table.set_implicit(true);
        Item::Table(table)
    });
    match servers {
        Item::Table(servers) => {
            let mut table = table(entry)?;
            if let Some(Item::Table(there)) = servers.get(slot.name) {
                *table.decor_mut() = there.decor().clone();
                table.set_position(there.position());
            }
            servers.insert(slot.name, Item::Table(table));
        }
        Item::Value(toml_edit::Value::InlineTable(servers)) => {
            servers.insert(slot.name, value(entry)?);
        }
        _ => return Err(EditFailure::NoEntries(slot.servers)),
    }
    Ok(document.to_string())
}

pub(super) fn without(slot: &Slot<'_>, text: &str) -> Result<String, EditFailure> {
    let mut document = parse(text)?;
    let servers = document.get_mut(slot.servers);
    let servers = servers.and_then(Item::as_table_like_mut);
    let servers = servers.ok_or(EditFailure::NoEntries(slot.servers))?;
    servers.remove(slot.name);
    if servers.is_empty() {
        document.remove(slot.servers);
    }
    Ok(document.to_string())
}

/// What a table says, in its order.
fn members(table: &dyn TableLike) -> Value {
    let members = table.iter();
    let members = members.map(|(name, item)| (name.to_owned(), json(item)));
    Value::Object(members.collect())
}

fn json(item: &Item) -> Value {
    match item {
        Item::None => Value::Null,
        Item::Table(table) => members(table),
        Item::ArrayOfTables(tables) => tables.iter().map(|table| members(table)).collect(),
        Item::Value(value) => json_value(value),
    }
}

fn json_value(value: &toml_edit::Value) -> Value {
    match value {
        toml_edit::Value::String(value) => value.value().as_str().into(),
        toml_edit::Value::Integer(value) => (*value.value()).into(),
        toml_edit::Value::Float(value) => (*value.value()).into(),
        toml_edit::Value::Boolean(value) => (*value.value()).into(),
        toml_edit::Value::Datetime(value) => value.value().to_string().into(),
        toml_edit::Value::Array(values) => values.iter().map(json_value).collect(),
        toml_edit::Value::InlineTable(table) => members(table),
    }
}

fn parse(text: &str) -> Result<DocumentMut, Malformed> {
    text.parse()
        .map_err(|error: TomlError| malformed(text, error.span(), error.message()))
}

fn malformed(text: &str, span: Option<std::ops::Range<usize>>, message: &str) -> Malformed {
    let start = span.map(|span| span.start).unwrap_or_default();
    let before = text.get(..start).unwrap_or(text);
    let line = before.split('\n').count();
    let last = before.rsplit('\n').next().unwrap_or_default();
    let message = message.lines().next().unwrap_or_default();
    Malformed::new(line, last.chars().count() + 1, message)
}

fn table(entry: &Value) -> Result<Table, EditFailure> {
    let mut table = Table::new();
    let members = entry.as_object().ok_or(EditFailure::Unusual)?;
    for (name, member) in members {
        table.insert(name, Item::Value(value(member)?));
    }
    Ok(table)
}

fn value(json: &Value) -> Result<toml_edit::Value, EditFailure> {
    Ok(match json {
        Value::Null => return Err(EditFailure::Unusual),
        Value::Bool(value) => (*value).into(),
        Value::Number(value) => match (value.as_i64(), value.as_f64()) {
            (Some(whole), _) => whole.into(),
            (None, Some(number)) => number.into(),
            (None, None) => return Err(EditFailure::Unusual),
        },
        Value::String(value) => value.as_str().into(),
        Value::Array(values) => {
            let values: Result<Array, _> = values.iter().map(value).collect();
            toml_edit::Value::Array(values?)
        }
        Value::Object(members) => {
            let mut table = InlineTable::new();
            for (name, member) in members {
                table.insert(name, value(member)?);
            }
            toml_edit::Value::InlineTable(table)
        }
    })
}
