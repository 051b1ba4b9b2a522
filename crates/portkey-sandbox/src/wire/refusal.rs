//! Refusals, with the error codes and formats of Portkey.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header::RETRY_AFTER},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

/// A refusal, with the error codes of Portkey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    status: StatusCode,
    form: BodyFormat,
    message: String,
    /// Seconds until a repetition makes sense.
    retry_after: Option<u64>,
}

/// The format of its body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum BodyFormat {
    /// `{success, data: {message, errorCode}}`: the format of nearly all operations.
    Numbered(&'static str),
    /// `{error: message}`: the format of public lists.
    Bare,
    /// `{status, message, error: {message, code}}`: the gateway's refusal of a caller.
    Caller { code: &'static str },
    /// `{error: {message, type, param, code}}`: the gateway's refusal of one request.
    Request {
        kind: &'static str,
        code: Option<&'static str>,
    },
    /// `{error: code, error_description: message}`: the refusal of a token service.
    Token { code: &'static str },
    /// `{}` with the header `x-opa-decision: false`: Prisma AIRS refused before the API saw the request.
    Policy,
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

    /// AB02: the route exists, but not with this method.
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

    /// What a fault makes of an answer: the code that goes with the status, and AB04 with all that have none.
    pub(crate) fn struck(status: StatusCode) -> Self {
        match status {
            StatusCode::TOO_MANY_REQUESTS => {
                Self::new(status, "AB06", "Too many requests. Try again later")
            }
            StatusCode::FORBIDDEN => Self::forbidden("You do not have permission, as it was told"),
            StatusCode::UNAUTHORIZED => Self::unauthenticated(),
            _ => Self::new(status, "AB04", "Something went wrong, as it was told to"),
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

    /// AB05: no token, or none that is known and still lives.
    pub(crate) fn no_token() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "AB05",
            "Unauthorized. Send a valid token in the Authorization header",
        )
    }

    /// No code: a token service gives no token, for one of the reasons that OAuth has a word for.
    pub(crate) fn no_grant(code: &'static str, message: &str) -> Self {
        let status = match code {
            "invalid_client" => StatusCode::UNAUTHORIZED,
            _ => StatusCode::BAD_REQUEST,
        };
        Self::of(status, BodyFormat::Token { code }, message)
    }

    /// No code: Prisma AIRS has no such route, or none for a caller who names no tenant.
    pub(crate) fn denied_by_policy() -> Self {
        Self::of(StatusCode::FORBIDDEN, BodyFormat::Policy, "")
    }

    /// AB07: it exists already, or something still needs it.
    pub(crate) fn conflict(message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, "AB07", message)
    }

    /// AB08: the object does not exist.
    pub(crate) fn not_found(what: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "AB08",
            format!("The requested {what} does not exist"),
        )
    }

    /// AB08 with a message of its own.
    pub(crate) fn hidden(message: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "AB08", message)
    }

    /// No code: a public list doesn't have this entry.
    pub(crate) fn not_listed(message: impl Into<String>) -> Self {
        Self::of(StatusCode::NOT_FOUND, BodyFormat::Bare, message)
    }

    /// 04: the caller's budget, or its workspace's, is used up.
    pub(crate) fn caller_exhausted(message: &str) -> Self {
        Self::caller(StatusCode::PRECONDITION_FAILED, "04", message)
    }

    /// 05: the caller, or its workspace, asks too often.
    pub(crate) fn caller_too_fast(message: &str, seconds: u64) -> Self {
        Self {
            retry_after: Some(seconds),
            ..Self::caller(StatusCode::TOO_MANY_REQUESTS, "05", message)
        }
    }

    /// A budget for requests like this one is used up.
    pub(crate) fn exhausted(
        kind: &'static str,
        code: &'static str,
        message: impl Into<String>,
    ) -> Self {
        let code = Some(code);
        let form = BodyFormat::Request { kind, code };
        Self::of(StatusCode::PRECONDITION_FAILED, form, message)
    }

    /// The provider of the request has expired.
    pub(crate) fn expired(kind: &'static str, message: impl Into<String>) -> Self {
        let code = Some("01");
        Self::of(
            StatusCode::UNAUTHORIZED,
            BodyFormat::Request { kind, code },
            message,
        )
    }

    /// There are too many requests like this one.
    pub(crate) fn too_fast(kind: &'static str, message: impl Into<String>, seconds: u64) -> Self {
        let form = BodyFormat::Request { kind, code: None };
        Self {
            retry_after: Some(seconds),
            ..Self::of(StatusCode::TOO_MANY_REQUESTS, form, message)
        }
    }

    /// AB03 instead of AB08, as the API answers about many things that don't exist.
    pub(crate) fn hiding_absence(self) -> Self {
        match self.form {
            BodyFormat::Numbered("AB08") => Self::new(StatusCode::FORBIDDEN, "AB03", self.message),
            _ => self,
        }
    }

    pub(crate) fn status(&self) -> StatusCode {
        self.status
    }

    /// Whether it refuses one request rather than the caller, so that it is logged.
    pub(crate) fn leaves_a_log(&self) -> bool {
        matches!(self.form, BodyFormat::Request { .. })
    }

    /// The body of the answer.
    pub(crate) fn body(&self) -> Value {
        let message = &self.message;
        match self.form {
            BodyFormat::Numbered(code) => {
                json!({ "success": false, "data": { "message": message, "errorCode": code } })
            }
            BodyFormat::Bare => json!({ "error": message }),
            BodyFormat::Caller { code } => json!({
                "status": "failure",
                "message": message,
                "error": { "message": message, "code": code },
            }),
            BodyFormat::Request { kind, code } => json!({
                "error": { "message": message, "type": kind, "param": null, "code": code },
            }),
            BodyFormat::Token { code } => json!({ "error": code, "error_description": message }),
            BodyFormat::Policy => json!({}),
        }
    }

    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self::of(status, BodyFormat::Numbered(code), message)
    }

    fn caller(status: StatusCode, code: &'static str, message: &str) -> Self {
        let message = format!("Portkey Error: {message}. Error Code: {code}");
        Self::of(status, BodyFormat::Caller { code }, message)
    }

    fn of(status: StatusCode, form: BodyFormat, message: impl Into<String>) -> Self {
        Self {
            status,
            form,
            message: message.into(),
            retry_after: None,
        }
    }
}

/// Handlers check what they can foresee, so an error of SQLite is a defect of the sandbox.
impl From<rusqlite::Error> for Refusal {
    fn from(error: rusqlite::Error) -> Self {
        tracing::error!(%error, "the sandbox's database refused");
        Self::fault(format!("The sandbox's database refused: {error}"))
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.body())).into_response();
        if self.form == BodyFormat::Policy {
            let decision = HeaderValue::from_static("false");
            response.headers_mut().insert("x-opa-decision", decision);
        }
        if let Some(seconds) = self.retry_after {
            let headers = response.headers_mut();
            headers.insert(RETRY_AFTER, seconds.into());
        }
        response
    }
}
