//! Answers that go on: they end when their reader would not be let in any more, and those on which the server speaks
//! up say when the tools have changed.

use std::{future::ready, time::Duration};

use axum::{
    body::{Body, Bytes},
    http::header::CONTENT_TYPE,
    response::Response,
};
use futures_util::{StreamExt as _, stream};
use tokio::time::sleep;

use crate::access::AccessWatch;

/// How long whoever is not let in any more may still read what they asked for before.
const GRACE: Duration = Duration::from_secs(5);

/// What clients of the older revisions are told, as an event. It has no id: nobody needs it again.
const TOOLS_CHANGED: &str =
    "data: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/tools/list_changed\"}\n\n";

/// Whether an answer may go on for long.
pub(super) fn is_event_stream(response: &Response) -> bool {
    let kind = response.headers().get(CONTENT_TYPE);
    kind.is_some_and(|kind| kind == "text/event-stream")
}

/// The same answer for as long as its reader is let in. Whoever `is_listening` has asked nothing but to be told.
pub(super) fn watch(response: Response, access_watch: AccessWatch, is_listening: bool) -> Response {
    let end = access_watch.clone().until_revoked();
    let over = async move {
        end.await;
        if !is_listening {
            sleep(GRACE).await;
        }
        tracing::info!("a stream is ended, since its reader would not be let in any more");
    };
    response.map(|body| {
        let body = if is_listening {
            announcing(body, access_watch)
        } else {
            body
        };
        Body::from_stream(body.into_data_stream().take_until(Box::pin(over)))
    })
}

/// The same stream with word of every change of the tools, until it ends.
fn announcing(body: Body, access_watch: AccessWatch) -> Body {
    let changes = stream::unfold(access_watch, |mut access_watch| async {
        access_watch.until_tools_change().await;
        Some((
            Ok(Bytes::from_static(TOOLS_CHANGED.as_bytes())),
            access_watch,
        ))
    });
    let ending = body
        .into_data_stream()
        .map(Some)
        .chain(stream::iter([None]));
    let both = stream::select(ending, Box::pin(changes.map(Some)));
    Body::from_stream(both.scan((), |(), part| ready(part)))
}
