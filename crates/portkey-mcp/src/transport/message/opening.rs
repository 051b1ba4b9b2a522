//! What clients say of themselves when they open a session. Nothing in it is worth refusing them: what is missing or of
//! another form than the protocol gives it counts as little as can be made of it.

use rmcp::model::{ClientCapabilities, Implementation, InitializeRequestParams};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

/// What a client is called, or its version, where it does not say.
const UNKNOWN: &str = "unknown";

/// Gives an opening the protocol's form, and says whether it had another.
pub(super) fn mend(message: &mut Value) -> bool {
    let Some(members) = message.as_object_mut() else {
        return false;
    };
    let params = members.get("params").unwrap_or(&Value::Null);
    if reads::<InitializeRequestParams>(params) {
        return false;
    }
    let mut mended = Map::new();
    // A revision that nobody knows is negotiated.
    let version = params.get("protocolVersion").and_then(Value::as_str);
    mended.insert(
        "protocolVersion".to_owned(),
        version.unwrap_or_default().into(),
    );
    mended.insert(
        "capabilities".to_owned(),
        capabilities(params.get("capabilities")),
    );
    mended.insert("clientInfo".to_owned(), client(params.get("clientInfo")));
    if let Some(meta) = params.get("_meta").filter(|meta| meta.is_object()) {
        let whole = mended.clone();
        mended.insert("_meta".to_owned(), meta.clone());
        if !reads::<InitializeRequestParams>(&Value::Object(mended.clone())) {
            mended = whole;
        }
    }
    members.insert("params".to_owned(), Value::Object(mended));
    true
}

fn reads<T: DeserializeOwned>(value: &Value) -> bool {
    T::deserialize(value).is_ok()
}

/// What a client can do, as far as it says so in a form that can be read.
fn capabilities(told: Option<&Value>) -> Value {
    let told = told.and_then(Value::as_object);
    let told = told.into_iter().flatten();
    let able = told.filter_map(|(name, told)| Some((name.clone(), capability(name, told)?)));
    Value::Object(able.collect())
}

/// One thing that it can do: what is said of it is worth less than that it is said.
fn capability(name: &str, told: &Value) -> Option<Value> {
    let is_read = |told: &Value| reads::<ClientCapabilities>(&json!({ name: told }));
    match told {
        Value::Null | Value::Bool(false) => None,
        told if is_read(told) => Some(told.clone()),
        Value::Object(members) => {
            let members = members.iter().filter_map(|(name, told)| match told {
                Value::Object(_) => Some((name.clone(), told.clone())),
                Value::Bool(true) => Some((name.clone(), json!({}))),
                _ => None,
            });
            let members = Value::Object(members.collect());
            Some(members).filter(is_read).or_else(|| Some(json!({})))
        }
        _ => Some(json!({})),
    }
}

/// Who a client is: at least a name and a version.
fn client(told: Option<&Value>) -> Value {
    let told = match told {
        Some(Value::Object(told)) => told.clone(),
        Some(Value::String(name)) => [("name".to_owned(), json!(name))].into_iter().collect(),
        _ => Map::new(),
    };
    let word = |name: &str| match told.get(name) {
        Some(Value::String(word)) => json!(word),
        Some(Value::Number(number)) => json!(number.to_string()),
        _ => json!(UNKNOWN),
    };
    let least = json!({ "name": word("name"), "version": word("version") });
    let mut whole = told.clone();
    whole.extend(least.as_object().cloned().unwrap_or_default());
    let whole = Value::Object(whole);
    if reads::<Implementation>(&whole) {
        whole
    } else {
        least
    }
}
