//! The JSON Schema of the configuration file.

use schemars::schema_for;
use serde_json::{Map, Value, json};

use super::{
    AccessTables,
    declared::{self, Setting},
};

/// The JSON Schema of the configuration file: settings as clap declares them, tables as they are read.
pub fn schema() -> Value {
    let mut schema = schema_for!(AccessTables).to_value();
    let tables = schema.get_mut("properties").map(Value::take);
    let settings = declared::settings();
    let settings = settings
        .iter()
        .map(|setting| (setting.name().to_owned(), of(setting)));
    let mut properties: Map<String, Value> = settings.collect();
    if let Some(Value::Object(tables)) = tables {
        properties.extend(tables);
    }
    json!({
        "$schema": schema.get("$schema"),
        "title": "Configuration of portkey-mcp",
        "description": "Flags win over the environment, the environment over this file. Keys never stand in it.",
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
        "$defs": schema.get("$defs"),
    })
}

fn of(setting: &Setting) -> Value {
    let mut schema = form(setting);
    schema.insert("description".to_owned(), setting.meaning().into());
    if let Some(default) = setting.default() {
        let is_switch = setting.is_switch() || setting.is_switch_or_file();
        let default = match (is_switch, setting.is_number()) {
            (true, _) => json!(default == "true"),
            (_, true) => default
                .parse::<u64>()
                .map_or_else(|_| json!(default), |number| json!(number)),
            _ => json!(default),
        };
        schema.insert("default".to_owned(), default);
    }
    schema.into()
}

fn form(setting: &Setting) -> Map<String, Value> {
    let words = setting.words();
    let form = if setting.is_switch() {
        json!({ "type": "boolean" })
    } else if setting.is_switch_or_file() {
        json!({ "type": ["boolean", "string"] })
    } else if setting.is_number() {
        json!({ "type": "integer", "minimum": 0 })
    } else if !words.is_empty() {
        json!({ "enum": words })
    } else if setting.takes_list() {
        json!({ "type": ["string", "array"], "items": { "type": "string" } })
    } else if setting.is_time() {
        json!({ "type": ["integer", "string"] })
    } else {
        json!({ "type": "string" })
    };
    match form {
        Value::Object(form) => form,
        _ => Map::new(),
    }
}
