//! Why a call cannot be sent.

use portkey_api_core::InvalidArguments;

/// The call cannot be written as an HTTP request.
#[derive(Debug, thiserror::Error)]
pub enum Unsendable {
    /// The key contains a line break, a typographic quotation mark or another invalid character.
    #[error("the API key holds characters other than printable ASCII")]
    Key,
    /// A header has an invalid name or value.
    #[error("the header `{name}` cannot be sent")]
    Header {
        /// The name of the header.
        name: &'static str,
        /// The error of the HTTP library.
        source: http::Error,
    },
    /// An argument in the path consists of dots, which URLs treat as steps to another path.
    #[error("the path `{path}` would lead elsewhere: an id cannot be `.` or `..`")]
    Path {
        /// The path with the argument.
        path: String,
    },
    /// The arguments are not valid.
    #[error(transparent)]
    Arguments(#[from] InvalidArguments),
    /// The address and the path do not form a valid URL.
    #[error("the request's URL is invalid")]
    Url(#[source] url::ParseError),
    /// The URL cannot be sent over HTTP.
    #[error("the request's URL cannot be sent")]
    Uri(#[source] http::uri::InvalidUri),
    /// The HTTP client cannot make the request. Nothing was sent.
    #[error("the request cannot be written")]
    Request(#[source] reqwest::Error),
    /// The body cannot be written as JSON.
    #[error("the request's body cannot be written as JSON")]
    Body(#[source] serde_json::Error),
}
