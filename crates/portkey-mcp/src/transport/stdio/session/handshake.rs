//! Checks the messages before a session is open: the SDK would end the session on an unexpected one, and answer old
//! clients by a revision that they do not know.

use rmcp::{
    RoleServer,
    model::{ClientRequest, GetMeta as _, JsonRpcMessage, ProtocolVersion, RequestId},
    service::RxJsonRpcMessage,
};

use crate::transport::message::Malformed;

/// Whether the session is open.
#[derive(Debug, Default)]
pub(super) struct Handshake {
    is_over: bool,
}

impl Handshake {
    /// Whether a message goes to the SDK. Notifications and answers that come too early are dropped.
    pub(super) fn admits(
        &mut self,
        message: &RxJsonRpcMessage<RoleServer>,
    ) -> Result<bool, Malformed> {
        if self.is_over {
            return Ok(true);
        }
        let JsonRpcMessage::Request(request) = message else {
            return Ok(false);
        };
        match &request.request {
            ClientRequest::PingRequest(_) | ClientRequest::DiscoverRequest(_) => Ok(true),
            ClientRequest::InitializeRequest(_) => {
                self.is_over = true;
                Ok(true)
            }
            other => {
                let meta = other.get_meta();
                let revision = meta.protocol_version().ok_or_else(|| early(&request.id))?;
                let lacking = meta.missing_required_keys(&ProtocolVersion::V_2026_07_28);
                // The SDK refuses a request without them, and goes on waiting.
                self.is_over =
                    lacking.is_empty() && ProtocolVersion::KNOWN_VERSIONS.contains(&revision);
                Ok(true)
            }
        }
    }
}

fn early(id: &RequestId) -> Malformed {
    let reason = "no session is open yet: send `initialize` first";
    Malformed::invalid(reason, serde_json::to_value(id).ok())
}
