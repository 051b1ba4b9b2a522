//! Errors that the API returns, and their messages.

use std::{fmt, time::Duration};

use http::{HeaderMap, StatusCode, header};
use jiff::{Timestamp, fmt::rfc2822};
use portkey_api_core::Edition;
use serde_json::{Map, Value};

use crate::{
    ErrorKind,
    excerpt::{Quote, SHORT, is_markup, one_line, title},
};

/// The longest message, in characters. Messages of the API have one or two sentences.
const MESSAGE: usize = 1000;

/// The server answered with an error status.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// The vendor's error code, such as `AB03`, or a slug.
    pub code: Option<String>,
    /// The server's message. If it sent none, the meaning of the status.
    pub message: Quote,
    /// The id by which the vendor's support can find the call.
    pub trace_id: Option<String>,
    /// Whether a policy of Prisma AIRS denied the call before its gateway saw it; another token does not help then.
    pub denied_by_policy: bool,
    /// The time after which the server accepts another attempt.
    pub retry_after: Option<Duration>,
    /// The edition that was called.
    pub edition: Edition,
    /// The number of attempts. All of them failed or were refused.
    pub attempts: u32,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HTTP {}", self.status)?;
        if let Some(code) = &self.code {
            write!(f, " {code}")?;
        }
        write!(f, ": {}", self.message)?;
        if let Some(after) = self.retry_after {
            write!(f, " (try again after {} s)", after.as_secs())?;
        }
        if self.attempts > 1 {
            write!(f, " ({} attempts)", self.attempts)?;
        }
        Ok(())
    }
}

impl Refusal {
    /// Reads an answer with a status of 400 or above, in whatever form its body is.
    pub(crate) fn read(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Self {
        let parsed = ErrorBody::read(headers, body);
        Self {
            status: status.as_u16(),
            code: parsed.code,
            message: parsed
                .message
                .unwrap_or_else(|| Quote::of(meaning(status), MESSAGE)),
            trace_id: trace_id(headers),
            denied_by_policy: denied_by_policy(headers),
            retry_after: retry_after(headers, Timestamp::now()),
            edition: Edition::Classic,
            attempts: 1,
        }
    }

    /// Returns the kind of the error.
    pub fn kind(&self) -> ErrorKind {
        match self.status {
            401 => ErrorKind::Unauthenticated,
            402 | 412 => ErrorKind::Exhausted,
            403 => ErrorKind::Forbidden,
            404 | 410 => ErrorKind::NotFound,
            408 | 504 => ErrorKind::TimedOut,
            409 => ErrorKind::Conflict,
            429 => ErrorKind::RateLimited,
            502 | 503 => ErrorKind::Unreachable,
            400..500 => ErrorKind::Invalid,
            _ => ErrorKind::Unexpected,
        }
    }
}

/// Returns the id by which the vendor's support can find the call.
pub(crate) fn trace_id(headers: &HeaderMap) -> Option<String> {
    ["x-portkey-trace-id", "x-request-id"]
        .into_iter()
        .filter_map(|name| headers.get(name)?.to_str().ok())
        .find(|id| !id.is_empty())
        .map(str::to_owned)
}

/// Whether the vendor's policy engine says that it denied the call.
fn denied_by_policy(headers: &HeaderMap) -> bool {
    let decision = headers.get("x-opa-decision");
    decision.is_some_and(|decision| decision.as_bytes().eq_ignore_ascii_case(b"false"))
}

/// Reads `Retry-After`, in seconds or as a date. A date in the past yields zero.
fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = rfc2822::parse(text).ok()?.timestamp();
    Some(
        date.duration_since(now)
            .try_into()
            .unwrap_or(Duration::ZERO),
    )
}

/// Returns the meaning of a status, for answers without a message. The gateway has some statuses of its own.
fn meaning(status: StatusCode) -> &'static str {
    match status.as_u16() {
        412 => "the budget is used up",
        446 => "a guardrail denied the request",
        _ => status
            .canonical_reason()
            .unwrap_or("refused without a reason"),
    }
}

#[derive(Default)]
struct ErrorBody {
    code: Option<String>,
    message: Option<Quote>,
}

impl ErrorBody {
    fn read(headers: &HeaderMap, body: &[u8]) -> Self {
        let parsed = match serde_json::from_slice(body) {
            Ok(Value::Object(members)) => Self::from_object(&members),
            Ok(Value::String(text)) => Self::with_message(&text),
            _ => Self::default(),
        };
        if parsed.message.is_some() {
            return parsed;
        }
        let text = String::from_utf8_lossy(body);
        let content_type = headers
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok());
        let message = if is_markup(content_type, &text) {
            title(&text)
        } else {
            let quote = Quote::of(&text, SHORT);
            Some(quote).filter(|quote| !matches!(quote.text(), "" | "{}" | "null"))
        };
        Self { message, ..parsed }
    }

    fn with_message(text: &str) -> Self {
        Self {
            code: None,
            message: Some(Quote::of(text, MESSAGE)).filter(|message| !message.is_empty()),
        }
    }

    /// Reads an error object. The API words errors in several ways: the message is at the top level, in `error` or in
    /// `data`, or `error` is the message itself.
    fn from_object(members: &Map<String, Value>) -> Self {
        let code = ["errorCode", "error_code", "code", "slug"]
            .into_iter()
            .find_map(|name| word(members.get(name)?));
        let own = ["message", "detail"]
            .into_iter()
            .find_map(|name| members.get(name)?.as_str())
            .map(Self::with_message)
            .unwrap_or_default();
        let parsed = if own.message.is_some() {
            own
        } else {
            ["error", "data"]
                .into_iter()
                .filter_map(|name| match members.get(name)? {
                    Value::Object(inner) => Some(Self::from_object(inner)),
                    Value::String(text) if name == "error" => Some(Self::with_message(text)),
                    _ => None,
                })
                .find(|parsed| parsed.message.is_some() || parsed.code.is_some())
                .unwrap_or_default()
        };
        let message = parsed
            .message
            .map(|message| match text_at(members, "param") {
                Some(name) if !message.text().contains(&name) => {
                    Quote::of(&format!("{} (parameter `{name}`)", message.text()), MESSAGE)
                }
                _ => message,
            });
        Self {
            code: parsed.code.or(code),
            message,
        }
    }
}

fn text_at(members: &Map<String, Value>, name: &str) -> Option<String> {
    word(members.get(name)?)
}

fn word(value: &Value) -> Option<String> {
    match value {
        // Longer text is no code and becomes part of the message.
        Value::String(text) => Some(one_line(text)).filter(|w| (1..=SHORT).contains(&w.len())),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(status: u16, body: &str) -> Refusal {
        let status = StatusCode::from_u16(status).unwrap();
        Refusal::read(status, &HeaderMap::new(), body.as_bytes())
    }

    #[test]
    fn reads_every_body() {
        for (status, body, code, message) in [
            (
                403,
                r#"{"success":false,"data":{"message":"No access","errorCode":"AB03"}}"#,
                Some("AB03"),
                "No access",
            ),
            (
                401,
                r#"{"success":false,"data":{"message":"Bad key"}}"#,
                None,
                "Bad key",
            ),
            (
                400,
                r#"{"error":{"message":"Too long","slug":"too-long","type":"invalid","param":"name"},"status_code":400}"#,
                Some("too-long"),
                "Too long (parameter `name`)",
            ),
            (
                400,
                r#"{"error":{"message":"name is too long","code":"AB01","slug":"x","param":"name"}}"#,
                Some("AB01"),
                "name is too long",
            ),
            (
                404,
                r#"{"message":"Gone","errorCode":"AB08"}"#,
                Some("AB08"),
                "Gone",
            ),
            (404, r#"{"error":"no such model"}"#, None, "no such model"),
            (
                409,
                r#"{"success":false,"data":{"errorCode":"AB07"}}"#,
                Some("AB07"),
                r#"{"success":false,"data":{"errorCode":"AB07"}}"#,
            ),
            (
                404,
                r#"{"detail":"SCIM group not found"}"#,
                None,
                "SCIM group not found",
            ),
            (400, r#""just text""#, None, "just text"),
            (500, "", None, "Internal Server Error"),
            (500, "  {} ", None, "Internal Server Error"),
            (446, "null", None, "a guardrail denied the request"),
            (499, "", None, "refused without a reason"),
            (
                502,
                "<html><head><title>502 Bad Gateway</title></head><body>secret</body></html>",
                None,
                "502 Bad Gateway",
            ),
            (
                503,
                "<html><body>busy</body></html>",
                None,
                "Service Unavailable",
            ),
            (
                503,
                "upstream\r\nconnect error",
                None,
                "upstream connect error",
            ),
        ] {
            let refusal = read(status, body);
            assert_eq!(refusal.code.as_deref(), code, "{body}");
            assert_eq!(refusal.message.to_string(), message, "{body}");
            assert_eq!(refusal.status, status);
        }
    }

    #[test]
    fn long_messages_are_cut() {
        let body = format!(r#"{{"message":"{}"}}"#, "x".repeat(5000));
        assert_eq!(
            read(400, &body).message.to_string().chars().count(),
            MESSAGE + 1
        );
        assert_eq!(
            read(400, &"y".repeat(5000))
                .message
                .to_string()
                .chars()
                .count(),
            SHORT + 1
        );
    }

    #[test]
    fn keeps_the_trace_id() {
        let mut headers = HeaderMap::new();
        assert_eq!(trace_id(&headers), None);
        headers.insert("x-request-id", "second".parse().unwrap());
        assert_eq!(trace_id(&headers).as_deref(), Some("second"));
        headers.insert("x-portkey-trace-id", "first".parse().unwrap());
        assert_eq!(trace_id(&headers).as_deref(), Some("first"));
    }

    #[test]
    fn reads_retry_after() {
        let now: Timestamp = "2015-10-21T07:28:00Z".parse().unwrap();
        for (text, seconds) in [
            ("120", Some(120)),
            (" 0 ", Some(0)),
            ("Wed, 21 Oct 2015 07:29:30 GMT", Some(90)),
            ("Wed, 21 Oct 2015 07:00:00 GMT", Some(0)),
            ("-1", None),
            ("soon", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::RETRY_AFTER, text.parse().unwrap());
            assert_eq!(
                retry_after(&headers, now),
                seconds.map(Duration::from_secs),
                "{text}"
            );
        }
    }

    #[test]
    fn displays_in_one_line() {
        let mut refusal = read(429, r#"{"message":"Slow down","errorCode":"AB06"}"#);
        assert_eq!(refusal.to_string(), "HTTP 429 AB06: Slow down");
        refusal.retry_after = Some(Duration::from_secs(7));
        refusal.attempts = 3;
        assert_eq!(
            refusal.to_string(),
            "HTTP 429 AB06: Slow down (try again after 7 s) (3 attempts)"
        );
    }

    proptest! {
        #[test]
        fn no_body_is_too_strange(
            status in 400_u16..1000,
            body in proptest::collection::vec(any::<u8>(), 0..300),
            kind in "[ -~]{0,20}",
        ) {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, kind.parse().unwrap());
            headers.insert(header::RETRY_AFTER, kind.parse().unwrap());
            let status = StatusCode::from_u16(status).unwrap();
            let refusal = Refusal::read(status, &headers, &body);
            prop_assert!(!refusal.message.is_empty());
        }

        #[test]
        fn no_markup_is_too_strange(page in "(<[tT]itle|>|</title|<|é|x| ){0,20}") {
            prop_assert!(!read(502, &page).message.is_empty());
        }

        #[test]
        fn no_json_is_too_strange(
            names in proptest::collection::vec("data|error|message|errorCode|code|param|detail", 0..6),
            leaf in r#"null|1|"text"|""|\[\]|\{\}|\[1]"#,
        ) {
            let body = names.iter().rev().fold(leaf, |inner, name| format!(r#"{{"{name}":{inner}}}"#));
            prop_assert!(!read(400, &body).message.is_empty());
        }
    }
}
