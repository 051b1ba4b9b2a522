//! Answers of handlers, and how they become responses.

use axum::{
    Json,
    http::{HeaderName, HeaderValue, StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::refusal::Refusal;

/// A header that asks for a fault in a request, and names a fault in an answer.
pub(crate) const FAULT_HEADER: &str = "x-sandbox-fault";

/// The answer of a handler: status 200, or a refusal after which the changes stay.
#[derive(Debug)]
pub(crate) struct Answer {
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Body,
}

#[derive(Debug)]
enum Body {
    Json(Value),
    Text {
        content_type: &'static str,
        text: String,
    },
    Refusal(Refusal),
}

impl Answer {
    /// `{}`, the answer of most updates and deletions.
    pub(crate) fn empty() -> Self {
        json!({}).into()
    }

    /// An answer that is not JSON, such as a stream of events.
    pub(crate) fn text(content_type: &'static str, text: impl Into<String>) -> Self {
        Self {
            headers: Vec::new(),
            body: Body::Text {
                content_type,
                text: text.into(),
            },
        }
    }

    /// The body, if it is JSON.
    pub(crate) fn json_mut(&mut self) -> Option<&mut Value> {
        match &mut self.body {
            Body::Json(value) => Some(value),
            Body::Text { .. } | Body::Refusal(_) => None,
        }
    }

    /// A refusal that rolls nothing back, unlike a handler's error.
    pub(crate) fn refused(refusal: Refusal) -> Self {
        Self {
            headers: Vec::new(),
            body: Body::Refusal(refusal),
        }
    }

    pub(crate) fn status(&self) -> StatusCode {
        match &self.body {
            Body::Refusal(refusal) => refusal.status(),
            Body::Json(_) | Body::Text { .. } => StatusCode::OK,
        }
    }

    /// Names the fault that changed it.
    pub(crate) fn naming_fault(self, fault: &str) -> Self {
        self.with_header(FAULT_HEADER, fault)
    }

    /// Adds a header, unless its value cannot be one.
    pub(crate) fn with_header(mut self, name: &'static str, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.push((HeaderName::from_static(name), value));
        }
        self
    }
}

impl From<Value> for Answer {
    fn from(value: Value) -> Self {
        Self {
            headers: Vec::new(),
            body: Body::Json(value),
        }
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let mut response = match self.body {
            Body::Json(value) => Json(value).into_response(),
            Body::Text { content_type, text } => {
                ([(CONTENT_TYPE, content_type)], text).into_response()
            }
            Body::Refusal(refusal) => refusal.into_response(),
        };
        response.headers_mut().extend(self.headers);
        response
    }
}
