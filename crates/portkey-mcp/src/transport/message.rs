//! A single message of a client: parsed as JSON, checked against JSON-RPC, and normalised where clients deviate from
//! the protocol in a known way.

mod arguments;
mod initialize;

use rmcp::model::ErrorCode;
use serde_json::Value;

/// Why a text is no valid message.
#[derive(Debug)]
pub(super) struct Malformed {
    pub(super) code: ErrorCode,
    pub(super) reason: String,
    /// The id of the message, if it is known.
    pub(super) id: Option<Value>,
}

impl Malformed {
    /// An error for JSON that is no message.
    pub(super) fn invalid(reason: impl Into<String>, id: Option<Value>) -> Self {
        Self {
            code: ErrorCode::INVALID_REQUEST,
            reason: reason.into(),
            id,
        }
    }

    /// The answer to it.
    pub(super) fn answer(&self) -> Value {
        let error = serde_json::json!({ "code": self.code.0, "message": self.reason });
        serde_json::json!({ "jsonrpc": "2.0", "id": self.id, "error": error })
    }
}

/// The byte order mark, which some programs write before any text.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// The same text without a byte order mark.
pub(super) fn without_byte_order_mark(text: &[u8]) -> &[u8] {
    text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text)
}

/// Reads a text as JSON.
pub(super) fn parse(text: &[u8]) -> Result<Value, Malformed> {
    serde_json::from_slice(text).map_err(|error| Malformed {
        code: ErrorCode::PARSE_ERROR,
        reason: format!("this is no JSON: {error}"),
        id: None,
    })
}

/// Refuses what is no message of JSON-RPC 2.0, and normalises known deviations. Returns whether anything was changed.
pub(super) fn normalise(message: &mut Value) -> Result<bool, Malformed> {
    check(message)?;
    let had_empty = drop_empty_params(message);
    let is_request = message.get("id").is_some();
    let normalised = match message.get("method").and_then(Value::as_str) {
        Some("initialize") if is_request => initialize::normalise(message),
        Some("tools/call") if is_request => arguments::normalise(message)?,
        _ => false,
    };
    Ok(had_empty || normalised)
}

/// A null, or an empty array, which PHP writes for an empty object.
fn is_empty_params(value: &Value) -> bool {
    value.is_null() || value.as_array().is_some_and(Vec::is_empty)
}

/// Removes empty `params` and an empty `_meta`; true if there was one.
fn drop_empty_params(message: &mut Value) -> bool {
    let Some(members) = message.as_object_mut() else {
        return false;
    };
    if members.get("params").is_some_and(is_empty_params) {
        members.shift_remove("params");
        return true;
    }
    let params = members.get_mut("params").and_then(Value::as_object_mut);
    let Some(params) = params else {
        return false;
    };
    let is_named = params.get("_meta").is_some_and(is_empty_params);
    is_named && params.shift_remove("_meta").is_some()
}

fn check(message: &Value) -> Result<(), Malformed> {
    let Some(members) = message.as_object() else {
        let reason = "a message of JSON-RPC 2.0 is an object";
        return Err(Malformed::invalid(reason, None));
    };
    let id = members.get("id");
    let known = id.filter(|id| id.is_string() || id.is_i64());
    let refuse = |reason: &str| Err(Malformed::invalid(reason, known.cloned()));
    if members.get("jsonrpc").and_then(Value::as_str) != Some("2.0") {
        return refuse("this is no message of JSON-RPC 2.0: `jsonrpc` must be \"2.0\"");
    }
    let params = members.get("params");
    if params.is_some_and(|params| !params.is_object() && !is_empty_params(params)) {
        return refuse("`params` must be an object");
    }
    let is_answer = members.contains_key("result") || members.contains_key("error");
    match members.get("method") {
        Some(Value::String(_)) if id.is_some() && known.is_none() => {
            refuse("`id` must be a text or a whole number; leave it out of a notification")
        }
        Some(Value::String(_)) if is_answer => refuse(
            "a message is a request or an answer: leave out `method`, or `result` and `error`",
        ),
        Some(Value::String(_)) => Ok(()),
        Some(_) => refuse("`method` must be a text"),
        None if is_answer => Ok(()),
        None => refuse("`method` is missing"),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;
    use rmcp::model::ClientJsonRpcMessage;
    use serde_json::json;

    use super::*;

    /// JSON whose members have names that match this.
    pub(in crate::transport) fn any_json(names: &'static str) -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            "[a-z\\[{\"]{0,6}".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 24, 4, move |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                proptest::collection::btree_map(names, inner, 0..5)
                    .prop_map(|members| members.into_iter().collect()),
            ]
        })
    }

    const NAMES: &str = "[a-z]{1,4}|name|version|roots|elicitation";

    proptest! {
        #[test]
        fn the_sdk_reads_every_opening(
            version in any_json(NAMES), capabilities in any_json(NAMES), client in any_json(NAMES), meta in any_json(NAMES),
        ) {
            let params = json!({ "protocolVersion": version, "capabilities": capabilities,
                                 "clientInfo": client, "_meta": meta });
            let mut message = json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params });
            normalise(&mut message).unwrap();
            let read: ClientJsonRpcMessage = serde_json::from_value(message.clone()).unwrap();
            let (request, _) = read.into_request().unwrap();
            prop_assert!(
                matches!(request, rmcp::model::ClientRequest::InitializeRequest(_)), "{message}"
            );
        }

        #[test]
        fn whatever_is_admitted_is_read(
            id in any_json(NAMES), method in "ping|tools/call|[a-z/]{0,8}", params in any_json(NAMES),
        ) {
            let mut message = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
            if normalise(&mut message).is_ok() {
                let read = serde_json::from_value::<ClientJsonRpcMessage>(message.clone());
                prop_assert!(read.is_ok(), "{message}");
            }
        }
    }

    #[test]
    fn what_is_well_formed_stays_as_it_is() {
        let client = json!({ "name": "a", "version": "1", "title": "A" });
        let capabilities =
            json!({ "elicitation": { "form": {} }, "experimental": { "x": {} }, "ours": 5 });
        let params = json!({ "protocolVersion": "2025-06-18", "capabilities": capabilities, "clientInfo": client });
        for message in [
            json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params }),
            json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call",
                    "params": { "name": "a", "arguments": { "b": "{}" } } }),
            json!({ "jsonrpc": "2.0", "id": 1, "result": {} }),
            json!({ "jsonrpc": "2.0", "method": "tools/call", "params": { "a": 5 } }),
        ] {
            let mut admitted = message.clone();
            assert!(!normalise(&mut admitted).unwrap(), "{message}");
            assert_eq!(admitted, message);
        }
    }
}
