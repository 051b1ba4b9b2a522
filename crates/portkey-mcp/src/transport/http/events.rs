//! Splits server-sent event streams into events.

use axum::{
    body::{Body, Bytes},
    response::Response,
};
use futures_util::{Stream, StreamExt as _, future::ready, stream};

/// The end of an event, as the SDK writes it.
const END: &[u8] = b"\n\n";

/// The events of a body, each with its end.
pub(super) fn of(body: Body) -> impl Stream<Item = Result<Bytes, axum::Error>> + Send + Unpin {
    let state = (body.into_data_stream(), Vec::new());
    Box::pin(stream::unfold(state, |(mut body, mut read)| async move {
        let mut looked_at = 0;
        loop {
            let rest = read.get(looked_at..).unwrap_or_default();
            if let Some(place) = rest.windows(END.len()).position(|part| part == END) {
                let after = read.split_off(looked_at + place + END.len());
                return Some((Ok(Bytes::from(read)), (body, after)));
            }
            // The end may be split between two parts.
            looked_at = read.len().saturating_sub(END.len() - 1);
            match body.next().await {
                Some(Ok(part)) => read.extend_from_slice(&part),
                Some(Err(error)) => return Some((Err(error), (body, read))),
                None if read.is_empty() => return None,
                None => return Some((Ok(Bytes::from(std::mem::take(&mut read))), (body, read))),
            }
        }
    }))
}

/// The data of an event; `None` for an event without data, such as a comment.
pub(super) fn data(event: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(event).ok()?;
    let lines = text.lines().filter_map(|line| line.strip_prefix("data:"));
    let lines: Vec<_> = lines
        .map(|line| line.strip_prefix(' ').unwrap_or(line))
        .collect();
    let data = lines.join("\n");
    (!data.is_empty()).then_some(data)
}

/// The same stream without events of empty data, which clients of older revisions take for broken messages. Comments
/// stay: they keep the connection alive.
pub(super) fn without_empty(response: Response) -> Response {
    response.map(|body| {
        let full = of(body).filter(|event| {
            let is_empty = event.as_ref().is_ok_and(|event| is_empty(event));
            ready(!is_empty)
        });
        Body::from_stream(full)
    })
}

fn is_empty(event: &[u8]) -> bool {
    event.starts_with(b"data:") && data(event).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn texts(parts: &[&'static str]) -> Vec<String> {
        let parts: Vec<_> = parts
            .iter()
            .map(|part| Ok::<_, axum::Error>(Bytes::from_static(part.as_bytes())))
            .collect();
        let events = of(Body::from_stream(stream::iter(parts)));
        let texts = events.map(|event| String::from_utf8(event.unwrap().to_vec()).unwrap());
        texts.collect().await
    }

    #[tokio::test]
    async fn events_are_whole_however_they_come() {
        let whole = [
            "data: 1\n\n",
            ": comment\n\n",
            "data: 2\nid: 3\n\n",
            "data: cut",
        ];
        assert_eq!(
            texts(&["data: 1\n\n: comment\n\ndata: 2\nid: 3\n\ndata: cut"]).await,
            whole
        );
        assert_eq!(
            texts(&[
                "data: 1\n",
                "\n: comment",
                "\n\ndata",
                ": 2\nid: 3\n\n",
                "data: cut"
            ])
            .await,
            whole
        );
        assert!(texts(&[]).await.is_empty());
    }

    #[test]
    fn only_what_has_no_data_at_all_is_empty() {
        assert!(is_empty(b"data: \nid: 0\nretry: 3000\n\n"));
        for event in [
            "data: {}\n\n",
            ": ping\n\n",
            "data: 1\nid: 0\n\n",
            "event: x\n\n",
        ] {
            assert!(!is_empty(event.as_bytes()), "{event}");
        }
    }
}
