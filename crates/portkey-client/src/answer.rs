//! Reads answers: JSON, errors, and content that is not JSON.

use std::time::Duration;

use http::{HeaderMap, StatusCode, header};
use portkey_api_core::{Projection, has_more_values_than};
use reqwest::Response;
use serde_json::Value;

use crate::{
    Error, NotJson, Refusal, Settings,
    excerpt::{Quote, SHORT, excerpt, is_markup, title},
    offload::before_computing,
    refusal::trace_id,
};

/// The number of bytes that are read of an error answer.
const REFUSAL: usize = 256 << 10;

/// The number of bytes from which it takes long to go through an answer.
const MUCH: usize = 32 << 10;

/// The answer to a successful call.
#[derive(Clone, PartialEq)]
pub struct Answer {
    /// The unchanged JSON, as far as the request asked for it. `Null` if there was no body.
    pub value: Value,
    /// The names of members that are not in the value although they were not empty, since the request did not ask for
    /// them.
    pub skipped: Vec<String>,
    /// The HTTP status.
    pub status: u16,
    /// The id by which the vendor's support can find the call.
    pub trace_id: Option<String>,
}

/// Hides the value, because answers may contain keys.
impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Answer")
            .field("status", &self.status)
            .field("trace_id", &self.trace_id)
            .finish_non_exhaustive()
    }
}

impl Answer {
    /// Reads the answer.
    pub(crate) async fn read(
        mut response: Response,
        settings: &Settings,
        projection: Option<Projection>,
    ) -> Result<Self, Error> {
        let status = response.status();
        if status.is_redirection() {
            return Err(redirected(status, response.headers()));
        }
        let headers = std::mem::take(response.headers_mut());
        let most = settings.max_response_bytes;
        let most = if status.is_success() {
            most
        } else {
            most.min(REFUSAL)
        };
        let body = body(response, most, settings.read_timeout).await;
        if !status.is_success() {
            // The status is enough if the body cannot be read.
            let body = body.unwrap_or_default();
            return Err(Refusal::read(status, &headers, &body).into());
        }
        let body = body?;
        if body.len() > MUCH {
            before_computing().await;
        }
        let most = settings.max_response_values;
        let (value, skipped) = parse(status, &headers, &body, most, projection)?;
        Ok(Self {
            value,
            skipped,
            status: status.as_u16(),
            trace_id: trace_id(&headers),
        })
    }
}

/// Reads a file with any content.
pub(crate) async fn file(mut response: Response, settings: &Settings) -> Result<Vec<u8>, Error> {
    let status = response.status();
    if status.is_redirection() {
        return Err(redirected(status, response.headers()));
    }
    let headers = std::mem::take(response.headers_mut());
    let body = body(response, settings.max_response_bytes, settings.read_timeout).await;
    if status.is_success() {
        body
    } else {
        Err(Refusal::read(status, &headers, &body.unwrap_or_default()).into())
    }
}

/// Reads a body of at most `limit` bytes.
pub(crate) async fn body(
    mut response: Response,
    limit: usize,
    read_timeout: Duration,
) -> Result<Vec<u8>, Error> {
    let announced = match response.content_length() {
        Some(length) => usize::try_from(length)
            .ok()
            .filter(|length| *length <= limit)
            .ok_or(Error::TooLarge { limit })?,
        None => 0,
    };
    let mut body = Vec::with_capacity(announced);
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(|error| Error::of_exchange(error, read_timeout))?
    {
        if chunk.len() > limit.saturating_sub(body.len()) {
            return Err(Error::TooLarge { limit });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn parse(
    status: StatusCode,
    headers: &HeaderMap,
    body: &[u8],
    limit: usize,
    projection: Option<Projection>,
) -> Result<(Value, Vec<String>), Error> {
    if body.trim_ascii().is_empty() {
        return Ok((Value::Null, Vec::new()));
    }
    if has_more_values_than(body, limit) {
        return Err(Error::TooMany { limit });
    }
    // Text that was checked as a whole is not checked piece by piece. What is no text is no JSON, and the parser says where.
    let parsed = match (std::str::from_utf8(body), projection) {
        (Ok(text), Some(projection)) => projection.parse(text),
        (Ok(text), None) => serde_json::from_str(text).map(|value| (value, Vec::new())),
        (Err(_), _) => serde_json::from_slice(body).map(|value| (value, Vec::new())),
    };
    parsed.map_err(|source| {
        let content_type = headers
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok());
        Error::NotJson {
            status: status.as_u16(),
            content_type: content_type.map(|kind| excerpt(kind, SHORT)),
            found: NotJson::recognise(content_type, body, &source),
            source,
        }
    })
}

impl NotJson {
    fn recognise(content_type: Option<&str>, body: &[u8], error: &serde_json::Error) -> Self {
        let text = String::from_utf8_lossy(body);
        if is_markup(content_type, &text) {
            Self::Html {
                title: title(&text),
            }
        } else if error.is_eof() {
            Self::Truncated { bytes: body.len() }
        } else if text.trim_start().starts_with(['{', '[', '"']) {
            Self::Malformed
        } else {
            Self::Text {
                excerpt: Quote::of(&text, SHORT),
            }
        }
    }
}

fn redirected(status: StatusCode, headers: &HeaderMap) -> Error {
    let location = headers
        .get(header::LOCATION)
        .and_then(|value| value.to_str().ok())
        .map(|to| excerpt(to.split(['?', '#']).next().unwrap_or_default(), SHORT));
    Error::Redirected {
        status: status.as_u16(),
        location,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recognises_what_is_not_json() {
        for (content_type, body, expected) in [
            (
                None,
                "<html><title>Sign in</title>",
                NotJson::Html {
                    title: Some(Quote::of("Sign in", SHORT)),
                },
            ),
            (
                Some("text/html"),
                "{\"key\": ",
                NotJson::Html { title: None },
            ),
            (None, "{\"key\": \"sk-1", NotJson::Truncated { bytes: 13 }),
            (None, "{\"key\": sk-1}", NotJson::Malformed),
            (
                None,
                "pong\n",
                NotJson::Text {
                    excerpt: Quote::of("pong", SHORT),
                },
            ),
        ] {
            let error = serde_json::from_str::<Value>(body).unwrap_err();
            let found = NotJson::recognise(content_type, body.as_bytes(), &error);
            assert_eq!(found, expected);
        }
    }
}
