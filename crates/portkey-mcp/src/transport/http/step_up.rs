//! Refuses calls of tools that need scopes which the token lacks. Only an HTTP answer makes clients ask for a better
//! token, so this comes before the protocol, whose handler checks the same again.

use std::sync::Arc;

use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    http::Method,
    middleware::Next,
    response::Response,
};
use portkey_engine::catalog::Tool;
use serde::Deserialize;
use tokio::sync::watch;

use super::identify;
use crate::{
    access::{Access, Principal},
    auth::Denial,
    surface::{self, Resource},
};

/// A request that calls a tool, by its name or by the address of what the tool reads.
#[derive(Deserialize)]
#[serde(tag = "method", content = "params")]
enum Call {
    #[serde(rename = "tools/call")]
    Tool(Named),
    #[serde(rename = "resources/read")]
    Resource { uri: String },
}

#[derive(Deserialize)]
struct Named {
    name: String,
    #[serde(default)]
    arguments: Option<Inner>,
}

/// What a call of an executor names.
#[derive(Deserialize)]
struct Inner {
    tool: Option<String>,
}

impl Call {
    fn tool(self) -> Option<Tool> {
        match self {
            Self::Tool(Named { name, arguments }) => {
                let inner = arguments.and_then(|inner| inner.tool);
                surface::resolve(&name, inner.as_deref()).ok()
            }
            Self::Resource { uri } => Resource::at(&uri)?.reader(),
        }
    }
}

/// Lets a request through, unless it calls a tool whose scopes its token lacks.
pub(super) async fn check(
    State(access): State<watch::Receiver<Arc<Access>>>,
    request: Request,
    next: Next,
) -> Response {
    let principal = request.extensions().get::<Principal>().cloned();
    let principal = principal.filter(Principal::lacks_any);
    let Some(principal) = principal.filter(|_| request.method() == Method::POST) else {
        return next.run(request).await;
    };
    let (parts, body) = request.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
    if let Some(denial) = lacking(&principal, &bytes) {
        return identify::refuse(&access.borrow(), &denial);
    }
    next.run(Request::from_parts(parts, Body::from(bytes)))
        .await
}

fn lacking(principal: &Principal, body: &[u8]) -> Option<Denial> {
    let tool = serde_json::from_slice::<Call>(body).ok()?.tool()?;
    // A better token is of no use for a tool that is not offered at all.
    let offered = principal.offered().contains(tool);
    let missing = offered.then(|| principal.lacks(tool).cloned())??;
    Some(missing.into())
}
