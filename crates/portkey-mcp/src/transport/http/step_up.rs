//! A call of a tool that needs a better token is refused before the protocol starts, since only an answer of HTTP makes
//! clients get one. The server refuses it again, whatever this overlooks.

use axum::{
    body::{Body, to_bytes},
    extract::Request,
    http::{Method, StatusCode},
    response::{IntoResponse as _, Response},
};
use serde::Deserialize;

use crate::{access::Principal, auth::Denial, catalog};

/// What the SDK reads at most.
const LARGEST: usize = 4 * 1024 * 1024;

/// Why a request goes no further.
pub(super) enum Refused {
    /// It needs a better token.
    Denied(Denial),
    /// It cannot be read.
    Answered(Response),
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

/// The request as it came, unless it calls a tool for which its token is too weak.
pub(super) async fn check(principal: &Principal, request: Request) -> Result<Request, Refused> {
    if !principal.lacks_any() || request.method() != Method::POST {
        return Ok(request);
    }
    let (parts, body) = request.into_parts();
    let Ok(bytes) = to_bytes(body, LARGEST).await else {
        return Err(Refused::Answered(
            StatusCode::PAYLOAD_TOO_LARGE.into_response(),
        ));
    };
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
