//! Normalises `initialize`. Nothing in it is worth refusing a client: what is missing gets a default, and what has a
//! wrong form is kept as far as it can be read.

use rmcp::model::{ClientCapabilities, Implementation, InitializeRequestParams};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

/// The name or version of a client that sends none.
const UNKNOWN: &str = "unknown";

/// Gives the parameters the protocol's form; true if they had another.
pub(super) fn normalise(message: &mut Value) -> bool {
    let Some(members) = message.as_object_mut() else {
        return false;
    };
    let params = members.get("params").unwrap_or(&Value::Null);
    if reads::<InitializeRequestParams>(params) {
        return false;
    }
    let mut normalised = Map::new();
    // An unknown revision is negotiated later.
    let version = params.get("protocolVersion").and_then(Value::as_str);
    normalised.insert(
        "protocolVersion".to_owned(),
        version.unwrap_or_default().into(),
    );
    normalised.insert(
        "capabilities".to_owned(),
        capabilities(params.get("capabilities")),
    );
    normalised.insert("clientInfo".to_owned(), client(params.get("clientInfo")));
    if let Some(meta) = params.get("_meta").filter(|meta| meta.is_object()) {
        let whole = normalised.clone();
        normalised.insert("_meta".to_owned(), meta.clone());
        if !reads::<InitializeRequestParams>(&Value::Object(normalised.clone())) {
            normalised = whole;
        }
    }
    members.insert("params".to_owned(), Value::Object(normalised));
    true
}

fn reads<T: DeserializeOwned>(value: &Value) -> bool {
    T::deserialize(value).is_ok()
}

/// The capabilities that can be read.
fn capabilities(value: Option<&Value>) -> Value {
    let value = value.and_then(Value::as_object);
    let value = value.into_iter().flatten();
    let able = value.filter_map(|(name, value)| Some((name.clone(), capability(name, value)?)));
    Value::Object(able.collect())
}

/// A capability. If its details cannot be read, it still counts as declared.
fn capability(name: &str, value: &Value) -> Option<Value> {
    let is_read = |value: &Value| reads::<ClientCapabilities>(&json!({ name: value }));
    match value {
        Value::Null | Value::Bool(false) => None,
        value if is_read(value) => Some(value.clone()),
        Value::Object(members) => {
            let members = members.iter().filter_map(|(name, value)| match value {
                Value::Object(_) => Some((name.clone(), value.clone())),
                Value::Bool(true) => Some((name.clone(), json!({}))),
                _ => None,
            });
            let members = Value::Object(members.collect());
            Some(members).filter(is_read).or_else(|| Some(json!({})))
        }
        _ => Some(json!({})),
    }
}

/// The client's implementation, with at least a name and a version.
fn client(value: Option<&Value>) -> Value {
    let value = match value {
        Some(Value::Object(value)) => value.clone(),
        Some(Value::String(name)) => [("name".to_owned(), json!(name))].into_iter().collect(),
        _ => Map::new(),
    };
    let word = |name: &str| match value.get(name) {
        Some(Value::String(word)) => json!(word),
        Some(Value::Number(number)) => json!(number.to_string()),
        _ => json!(UNKNOWN),
    };
    let least = json!({ "name": word("name"), "version": word("version") });
    let mut whole = value.clone();
    whole.extend(least.as_object().cloned().unwrap_or_default());
    let whole = Value::Object(whole);
    if reads::<Implementation>(&whole) {
        whole
    } else {
        least
    }
}
