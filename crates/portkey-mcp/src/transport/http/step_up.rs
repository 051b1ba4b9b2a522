//! A call of a tool that needs a better token is refused before the protocol starts, since only an answer of HTTP makes
//! clients get one. The server refuses it again, whatever this overlooks.

use axum::{body::Body, extract::Request, http::Method};
use serde::Deserialize;

use super::{messages, refusal::Refusal};
use crate::{access::Principal, auth::Denial, catalog};

/// Why a request goes no further.
pub(super) enum Refused {
    /// It needs a better token.
    Denied(Denial),
    /// It cannot be read.
    Unreadable(Refusal),
}

#[derive(Deserialize)]
struct Call {
    method: String,
    params: Named,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

/// The request as it came, unless it calls a tool for which its token is too weak. Its body may have `longest` bytes.
pub(super) async fn check(
    principal: &Principal,
    request: Request,
    longest: usize,
) -> Result<Request, Refused> {
    if !principal.lacks_any() || request.method() != Method::POST {
        return Ok(request);
    }
    let (parts, body) = request.into_parts();
    let bytes = messages::whole(body, longest)
        .await
        .map_err(Refused::Unreadable)?;
    if let Some(denial) = lacking(principal, &bytes) {
        return Err(Refused::Denied(denial));
    }
    Ok(Request::from_parts(parts, Body::from(bytes)))
}

fn lacking(principal: &Principal, body: &[u8]) -> Option<Denial> {
    let call: Call = serde_json::from_slice(body).ok()?;
    if call.method != "tools/call" {
        return None;
    }
    let tool = catalog::find(&call.params.name).ok()?;
    // Whoever may not use it at all needs no better token.
    let offered = principal.offered().holds(tool);
    offered.then(|| principal.lacks(tool).cloned())?
}
