//! Streams of events: they end when their reader would no longer be authenticated, and those that a client listens to
//! announce changes of the tools.

use std::{future::ready, time::Duration};

use axum::{
    body::{Body, Bytes},
    http::header::CONTENT_TYPE,
    response::Response,
};
use futures_util::{StreamExt as _, stream};
use tokio::time::sleep;

use crate::access::AccessWatch;

/// How long the stream of a call may go on after its reader lost access.
const GRACE: Duration = Duration::from_secs(5);

/// The notification to clients of older revisions, as an event. It has no id, since it need not be replayed.
const TOOLS_CHANGED: &str =
    "data: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/tools/list_changed\"}\n\n";

/// Whether an answer is a stream of events.
pub(super) fn is_event_stream(response: &Response) -> bool {
    let kind = response.headers().get(CONTENT_TYPE);
    kind.is_some_and(|kind| kind == "text/event-stream")
}

/// The same answer until its reader loses access. `is_listening` says that it is a stream for notifications and no
/// answer to a call, so it may end at once.
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

/// The same stream with a notification of every change of the tools.
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
