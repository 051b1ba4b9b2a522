//! Answers in the form that `Accept` asks for. The SDK demands that clients accept both forms and chooses by itself;
//! here the client chooses, and the SDK's answer is converted.

use axum::{
    body::{Body, to_bytes},
    extract::Request,
    http::{
        HeaderMap, HeaderValue, Method, StatusCode,
        header::{ACCEPT, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE},
    },
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use futures_util::StreamExt as _;
use serde_json::Value;

use super::{events, messages::BatchAnswer, refusal::Refusal, streams};
use crate::server::SingleAnswer;

/// The `Accept` that the SDK demands.
const BOTH: HeaderValue = HeaderValue::from_static("application/json, text/event-stream");
const JSON: HeaderValue = HeaderValue::from_static("application/json");
const EVENTS: HeaderValue = HeaderValue::from_static("text/event-stream");

/// The weight that a client gives to a form, from 0 (not acceptable) to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Preference {
    weight: f32,
    /// Whether the form is named, and not only covered by `*/*`.
    is_named: bool,
}

/// The forms that a client accepts.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Accepted {
    json: Preference,
    stream: Preference,
}

/// The form in which a request is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// One message.
    Json,
    /// A stream of events.
    Stream,
    /// Whichever the SDK chooses.
    Any,
}

impl Accepted {
    fn by(headers: &HeaderMap) -> Self {
        let values = headers.get_all(ACCEPT).iter();
        let texts: Vec<_> = values.filter_map(|value| value.to_str().ok()).collect();
        let ranges: Vec<_> = texts
            .iter()
            .flat_map(|text| text.split(','))
            .map(str::trim)
            .filter(|range| !range.is_empty())
            .collect();
        Self {
            json: preference(&ranges, "application", "json"),
            stream: preference(&ranges, "text", "event-stream"),
        }
    }

    /// The form of the answer to a message; `None` if neither is accepted. A stream is only for clients that name it,
    /// since not every client that accepts `*/*` can read one.
    fn form(self) -> Option<Form> {
        let (json, stream) = (self.json.weight, self.stream.weight);
        match (json > 0.0, stream > 0.0) {
            (false, false) => None,
            (false, true) => Some(Form::Stream),
            (true, true) if self.stream.is_named && stream >= json => Some(Form::Any),
            (true, _) => Some(Form::Json),
        }
    }
}

/// The preference of these media ranges for a type. The most specific range counts.
fn preference(ranges: &[&str], kind: &str, subtype: &str) -> Preference {
    let anything = Preference {
        weight: 1.0,
        is_named: false,
    };
    if ranges.is_empty() {
        return anything;
    }
    let exact = format!("{kind}/{subtype}");
    let family = format!("{kind}/*");
    for (wanted, is_named) in [(exact.as_str(), true), (&family, true), ("*/*", false)] {
        let fits = |range: &&&str| essence(range).eq_ignore_ascii_case(wanted);
        if let Some(range) = ranges.iter().find(fits) {
            let weight = weight(range);
            return Preference { weight, is_named };
        }
    }
    Preference {
        weight: 0.0,
        ..anything
    }
}

fn essence(range: &str) -> &str {
    range.split(';').next().unwrap_or_default().trim()
}

/// The `q` of a range; 1 if there is none, or if it cannot be read.
fn weight(range: &str) -> f32 {
    let parameters = range.split(';').skip(1);
    let named = parameters.filter_map(|parameter| parameter.split_once('='));
    let mut weights = named.filter(|(name, _)| name.trim().eq_ignore_ascii_case("q"));
    let weight = weights
        .next()
        .and_then(|(_, weight)| weight.trim().parse().ok());
    weight
        .filter(|weight: &f32| weight.is_finite())
        .unwrap_or(1.0)
}

/// Answers in a form that the client accepts, or with 406.
pub(super) async fn answer(mut request: Request, next: Next) -> Response {
    let accepted = Accepted::by(request.headers());
    let form = match *request.method() {
        Method::POST => accepted.form(),
        Method::GET if accepted.stream.weight > 0.0 => Some(Form::Any),
        Method::GET => None,
        _ => Some(Form::Any),
    };
    let Some(form) = form else {
        return refuse(request.method());
    };
    if form == Form::Json {
        request.extensions_mut().insert(SingleAnswer);
    }
    request.headers_mut().insert(ACCEPT, BOTH);
    let response = next.run(request).await;
    match form {
        Form::Json if streams::is_event_stream(&response) => as_message(response).await,
        Form::Stream
            if response.status() == StatusCode::OK && !streams::is_event_stream(&response) =>
        {
            as_event(response).await
        }
        _ => response,
    }
}

fn refuse(method: &Method) -> Response {
    let message = if method == Method::GET {
        "GET opens a stream of events: send `Accept: text/event-stream`, or send messages by POST. A person finds out \
         at / how to connect"
    } else {
        "nothing that this server answers is of a type in your `Accept`: send `Accept: application/json, \
         text/event-stream`, or one of the two"
    };
    Refusal::new(StatusCode::NOT_ACCEPTABLE, message).into_response()
}

/// Converts a stream into the answer that it carries, without notifications and requests.
async fn as_message(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    let mut events = events::of(body);
    let mut answers = Vec::new();
    while let Some(Ok(event)) = events.next().await {
        let message: Option<Value> =
            events::data(&event).and_then(|data| serde_json::from_str(&data).ok());
        answers.extend(message.filter(|message| message.get("method").is_none()));
    }
    let body = if parts.extensions.get::<BatchAnswer>().is_some() {
        Value::Array(answers)
    } else if let Some(answer) = answers.pop() {
        answer
    } else {
        let message = "the answer broke off; whether the call was made is not known";
        return Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, message).into_response();
    };
    parts.headers.insert(CONTENT_TYPE, JSON);
    parts.headers.remove(CACHE_CONTROL);
    Response::from_parts(parts, Body::from(body.to_string()))
}

/// Converts an answer into a stream of one event.
async fn as_event(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let event = [b"data: ", body.as_ref(), b"\n\n"].concat();
    parts.headers.insert(CONTENT_TYPE, EVENTS);
    parts
        .headers
        .insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    parts.headers.remove(CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(event))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(values: &[&'static str]) -> Option<Form> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(ACCEPT, HeaderValue::from_static(value));
        }
        Accepted::by(&headers).form()
    }

    #[test]
    fn the_form_is_the_one_that_the_client_likes_best() {
        for (values, expected) in [
            (&[][..], Some(Form::Json)),
            (&["*/*"], Some(Form::Json)),
            (&["application/*"], Some(Form::Json)),
            (&["application/json"], Some(Form::Json)),
            (&["application/json, text/event-stream"], Some(Form::Any)),
            (&["application/json", "text/event-stream"], Some(Form::Any)),
            (
                &["text/event-stream;q=0.9, application/json;q=0.1"],
                Some(Form::Any),
            ),
            (
                &["text/event-stream;q=0.1, application/json"],
                Some(Form::Json),
            ),
            (&["text/event-stream, */*"], Some(Form::Any)),
            (&["text/event-stream"], Some(Form::Stream)),
            (
                &["text/event-stream, application/json; q=0.0"],
                Some(Form::Stream),
            ),
            (&["text/*"], Some(Form::Stream)),
            (&["*/*, text/event-stream;q=0"], Some(Form::Json)),
            (&["application/json;q=high"], Some(Form::Json)),
            (&["text/html"], None),
            (&["*/*;q=0"], None),
        ] {
            assert_eq!(form(values), expected, "{values:?}");
        }
    }
}
