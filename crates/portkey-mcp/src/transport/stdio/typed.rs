//! Turns checked messages into the types of the SDK.

use rmcp::{
    RoleServer,
    model::{CallToolRequest, CallToolRequestParams, ClientRequest, JsonRpcMessage, RequestId},
    service::RxJsonRpcMessage,
};
use serde::Deserialize as _;
use serde_json::Value;

use crate::transport::message::Malformed;

/// Parses a message into the SDK's type; `None` for a notification that cannot be parsed, which needs no answer.
pub(super) fn typed(message: Value) -> Result<Option<RxJsonRpcMessage<RoleServer>>, Malformed> {
    if let Some(call) = call(&message) {
        return Ok(Some(call));
    }
    let id = message.get("id").cloned();
    match serde_json::from_value(message) {
        Ok(message) => Ok(Some(message)),
        Err(error) if id.is_none() => {
            tracing::debug!("a notification is ignored: {error}");
            Ok(None)
        }
        Err(error) => Err(Malformed::invalid(error.to_string(), id)),
    }
}

/// A call of a tool, made of its parts: the SDK tries the kinds of messages and of requests one after the other, which
/// costs several times as much. `None` if the message is anything else.
fn call(message: &Value) -> Option<RxJsonRpcMessage<RoleServer>> {
    if message.get("method")?.as_str()? != "tools/call" {
        return None;
    }
    let id = RequestId::deserialize(message.get("id")?).ok()?;
    let mut params = CallToolRequestParams::deserialize(message.get("params")?).ok()?;
    let meta = params.meta.take();
    let mut request = CallToolRequest::new(params);
    // The SDK keeps the metadata of a request here.
    if let Some(meta) = meta {
        request.extensions.insert(meta);
    }
    let request = ClientRequest::CallToolRequest(request);
    Some(JsonRpcMessage::request(request, id))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rmcp::model::ClientJsonRpcMessage;
    use serde_json::json;

    use super::*;
    use crate::transport::message::tests::any_json;

    const NAMES: &str = "[a-z]{1,4}|name|_meta|arguments|progressToken|inputResponses|requestState";

    proptest! {
        #[test]
        fn a_call_is_what_the_sdk_takes_it_for(params in any_json(NAMES), name in "[a-z_]{0,8}", id in any_json(NAMES)) {
            let mut params = params;
            if let Value::Object(params) = &mut params {
                params.entry("name").or_insert(name.into());
            }
            let message = json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params });
            let by_sdk = serde_json::from_value::<ClientJsonRpcMessage>(message.clone());
            if let Some(call) = call(&message) {
                prop_assert_eq!(format!("{call:?}"), format!("{:?}", by_sdk.unwrap()));
            }
        }
    }

    #[test]
    fn a_call_with_metadata_is_taken_apart_without_the_sdk() {
        let params =
            json!({ "name": "list_configs", "arguments": {}, "_meta": { "progressToken": 1 } });
        let message =
            json!({ "jsonrpc": "2.0", "id": "a", "method": "tools/call", "params": params });
        assert!(call(&message).is_some());
        for (member, wrong) in [("params", json!({ "name": 5 })), ("method", json!("ping"))] {
            let mut message = message.clone();
            message[member] = wrong;
            assert!(call(&message).is_none());
        }
    }
}
