use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::json;

/// The sandbox's way of saying no, numbered as Portkey numbers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    status: StatusCode,
    /// `None` for what is public, which says no more than `{"error": message}`.
    code: Option<&'static str>,
    message: String,
}

impl Refusal {
    /// AB01: the request makes no sense as it stands.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "AB01", message)
    }

    /// AB01 for one field.
    pub(crate) fn invalid_field(name: &str, problem: &str) -> Self {
        Self::invalid(format!("Invalid request. `{name}` {problem}"))
    }

    /// AB02: there is no such route.
    pub(crate) fn no_route(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "AB02", message)
    }

    /// AB02: the route knows other methods.
    pub(crate) fn no_method(message: impl Into<String>) -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "AB02", message)
    }

    /// AB03: this key may not do this.
    pub(crate) fn forbidden(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "AB03", message)
    }

    /// AB03 for something that belongs to another workspace: the answer doesn't say whether it exists.
    pub(crate) fn foreign(what: &str) -> Self {
        Self::forbidden(format!("You do not have access to this {what}"))
    }

    /// AB04: the sandbox itself is at fault.
    pub(crate) fn fault(message: impl Into<String>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "AB04", message)
    }

    /// What a fault makes of an answer: AB06 for a limit, AB04 for everything else.
    pub(crate) fn struck(status: StatusCode) -> Self {
        if status == StatusCode::TOO_MANY_REQUESTS {
            Self::new(status, "AB06", "Too many requests. Try again later")
        } else {
            Self::new(status, "AB04", "Something went wrong, as it was told to")
        }
    }

    /// AB05: no key, or none that is known.
    pub(crate) fn unauthenticated() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "AB05",
            "Invalid API Key. Send a valid one in the x-portkey-api-key header",
        )
    }

    /// AB07: it exists already, or something still needs it.
    pub(crate) fn conflict(message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, "AB07", message)
    }

    /// AB08: there is no such thing.
    pub(crate) fn not_found(what: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "AB08",
            format!("The requested {what} does not exist"),
        )
    }

    /// No code: a public list doesn't have it.
    pub(crate) fn not_listed(message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::NOT_FOUND,
            code: None,
            message: message.into(),
        }
    }

    /// AB03 instead of AB08, as the API answers about many things that don't exist.
    pub(crate) fn hiding_absence(self) -> Self {
        match self.code {
            Some("AB08") => Self::new(StatusCode::FORBIDDEN, "AB03", self.message),
            _ => self,
        }
    }

    pub(crate) fn status(&self) -> StatusCode {
        self.status
    }

    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code: Some(code),
            message: message.into(),
        }
    }
}

/// Handlers check what they can foresee; what SQLite still refuses is the sandbox's fault.
impl From<rusqlite::Error> for Refusal {
    fn from(error: rusqlite::Error) -> Self {
        tracing::error!(%error, "the sandbox's database refused");
        Self::fault(format!("The sandbox's database refused: {error}"))
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let body = match self.code {
            Some(code) => {
                let data = json!({ "message": self.message, "errorCode": code });
                json!({ "success": false, "data": data })
            }
            None => json!({ "error": self.message }),
        };
        (self.status, Json(body)).into_response()
    }
}
