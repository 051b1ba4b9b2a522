//! Why a call cannot be sent at all.

use portkey_api_core::InvalidArguments;

/// Why a call cannot be written as an HTTP request.
#[derive(Debug, thiserror::Error)]
pub enum Unsendable {
    /// The key holds a line break, a typographic quote or the like.
    #[error("the API key holds characters other than printable ASCII")]
    Key,
    /// A header has a name or a value that is none.
    #[error("the header `{name}` cannot be sent")]
    Header {
        /// Its name.
        name: &'static str,
        /// What is wrong with it.
        source: http::Error,
    },
    /// An argument in the path consists of dots, which URLs take for steps to another path.
    #[error("the path `{path}` would lead elsewhere: an id cannot be `.` or `..`")]
    Path {
        /// The path that was meant.
        path: String,
    },
    /// The arguments make no request.
    #[error(transparent)]
    Arguments(#[from] InvalidArguments),
    /// Address and path make no URL.
    #[error("the request's URL is invalid")]
    Url(#[source] url::ParseError),
    /// HTTP cannot carry the URL.
    #[error("the request's URL cannot be sent")]
    Uri(#[source] http::uri::InvalidUri),
    /// The HTTP client cannot write it. Nothing was sent.
    #[error("the request cannot be written")]
    Request(#[source] reqwest::Error),
    /// The body cannot be written as JSON.
    #[error("the request's body cannot be written as JSON")]
    Body(#[source] serde_json::Error),
}
