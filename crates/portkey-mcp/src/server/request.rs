//! What every request brings, and what answers to it have in common.

use portkey_api::JsonObject;
use portkey_engine::{call::Requester, untrusted::brief};
use rmcp::{RoleServer, service::RequestContext};

use crate::{access::Principal, surface::CallRefusal};

pub(super) type Context = RequestContext<RoleServer>;

/// How long a client may keep what depends on the configuration alone, unless it hears that it has changed.
pub(super) const FRESH_FOR_MS: u64 = 300_000;

/// The key in `_meta` of which organisation, workspace and key a result comes from.
pub(super) const ORIGIN: &str = "portkey-mcp/origin";

/// Who makes a call of the principal: they, by the client of this request.
pub(super) fn requester(principal: &Principal, context: &Context) -> Requester {
    let client = context.client_info().map(|client| brief(&client.name));
    principal.requester(client.as_deref())
}

/// Audits a call of a tool that exists but that the principal may not use.
pub(super) async fn audit_refusal(principal: &Principal, by: &Requester, refused: &CallRefusal) {
    if let Some(call) = &refused.call {
        let (tool, arguments) = call.as_ref();
        let caller = principal.profile().caller();
        caller
            .refused(*tool, by, arguments, refused.why.to_string())
            .await;
    }
}

/// The workspace that a call names.
pub(super) fn workspace(arguments: &JsonObject) -> Option<&str> {
    arguments.get("workspace_id")?.as_str()
}

/// Whether the client speaks 2026-07-28 or later, where every result names the server.
pub(super) fn is_modern(context: &Context) -> bool {
    context
        .protocol_version()
        .is_some_and(|version| !version.has_initialize())
}
