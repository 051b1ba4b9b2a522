//! Why a call did not succeed.

use std::{error::Error as StdError, io, iter, sync::Arc, time::Duration};

use crate::{ErrorKind, Quote, Refusal, Unsendable};

/// Why a call did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The operation needs a key, and the settings have none.
    #[error("no API key is set")]
    NoKey,
    /// The operation needs a token of Prisma AIRS, and the settings have no OAuth client that could get one.
    #[error(
        "no OAuth client is set, and Prisma AIRS takes nothing but tokens where its objects are managed"
    )]
    NoOauthClient,
    /// There is no token for the call, so that nothing was sent.
    #[error("{url} gave no token: {source}")]
    NoToken {
        /// Where the token was asked for.
        url: String,
        /// Why there is none.
        source: Arc<Error>,
    },
    /// The call cannot be written as an HTTP request.
    #[error(transparent)]
    Unsendable(#[from] Unsendable),
    /// The HTTP client cannot be set up, for example because the system trusts no certificates.
    #[error("the HTTP client cannot be set up")]
    Setup(#[source] reqwest::Error),
    /// The connection failed. The call was not processed.
    #[error("cannot connect to {origin}: {obstacle}")]
    Connect {
        /// Scheme, host and port.
        origin: String,
        /// The reason, as far as it is known.
        obstacle: Obstacle,
        /// The error of the HTTP client.
        source: reqwest::Error,
    },
    /// The secure connection failed. The call was not processed.
    #[error("no secure connection to {origin}: {reason}")]
    Tls {
        /// Scheme, host and port.
        origin: String,
        /// The problem with the certificate or the handshake.
        reason: rustls::Error,
        /// The error of the HTTP client.
        source: reqwest::Error,
    },
    /// Too many requests of this client are waiting. Nothing was sent.
    #[error("too many requests to Portkey are waiting for their turn")]
    Busy {
        /// The time after which another attempt may succeed.
        retry_after: Duration,
    },
    /// The server failed so often in a row that no requests are sent for a while. Nothing was sent.
    #[error("Portkey failed {failures} times in a row and is not asked again for {} s", retry_after.as_secs().max(1))]
    Suspended {
        /// The number of consecutive failures that leads to this.
        failures: u32,
        /// The time after which the next request is sent.
        retry_after: Duration,
    },
    /// The server did not answer in time. It may have processed the call.
    #[error("no answer within {after:?}")]
    Timeout {
        /// The timeout: the longest silence of the server, or the longest duration of the call.
        after: Duration,
    },
    /// The connection broke before the answer was complete. The call may have been processed.
    #[error("the connection broke before the answer was complete")]
    Interrupted(#[source] reqwest::Error),
    /// The answer is larger than the settings allow.
    #[error("the answer is larger than {limit} bytes")]
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// The answer contains more values than the settings allow.
    #[error("the answer holds more than {limit} values")]
    TooMany {
        /// The limit, in values. Every member and entry counts.
        limit: usize,
    },
    /// The call succeeded, but the operation is a listing and the answer has no list.
    #[error("the answer to `{operation}` has no list in it")]
    NoList {
        /// The name of the operation.
        operation: &'static str,
    },
    /// The server redirects to another address. Redirects are not followed.
    #[error("HTTP {status}: redirected{}; set the base URL to the address that answers itself",
        location.as_ref().map(|to| format!(" to {to}")).unwrap_or_default())]
    Redirected {
        /// The HTTP status.
        status: u16,
        /// The other address, without its query.
        location: Option<String>,
    },
    /// The call succeeded, but the answer is not JSON.
    #[error("HTTP {status}: the answer is {found} ({})",
        content_type.as_deref().unwrap_or("no content type"))]
    NotJson {
        /// The HTTP status.
        status: u16,
        /// The content type that the server gave.
        content_type: Option<String>,
        /// What the answer is instead.
        found: NotJson,
        /// The error of the JSON parser.
        source: serde_json::Error,
    },
    /// The call succeeded, but the answer does not have the declared form.
    #[error("the answer to `{operation}` does not have the expected form")]
    Unreadable {
        /// The name of the operation.
        operation: &'static str,
        /// The mismatch.
        source: serde_json::Error,
    },
    /// The server answered with an error status.
    #[error(transparent)]
    Refused(#[from] Refusal),
}

/// Why a connection failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Obstacle {
    /// No program listens at the address.
    #[error("connection refused")]
    Refused,
    /// The host name has no address.
    #[error("host not found")]
    UnknownHost,
    /// The host did not answer.
    #[error("no answer")]
    TimedOut,
    /// Another reason, which the source gives.
    #[error("connection failed")]
    Other,
}

/// What an answer is instead of valid JSON. A body that begins like JSON is never quoted, because it may contain keys.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotJson {
    /// An HTML page, probably from a proxy or another web site.
    #[error("HTML{}", title.as_ref().map(|title| format!(" titled `{title}`")).unwrap_or_default())]
    Html {
        /// The title of the page.
        title: Option<Quote>,
    },
    /// JSON that ends too early.
    #[error("JSON cut off after {bytes} bytes")]
    Truncated {
        /// The number of bytes that were received.
        bytes: usize,
    },
    /// JSON with a syntax error.
    #[error("malformed JSON")]
    Malformed,
    /// Other text.
    #[error("not JSON but `{excerpt}`")]
    Text {
        /// The beginning of the text.
        excerpt: Quote,
    },
}

impl NotJson {
    /// Returns a description of the content.
    pub fn form(&self) -> &'static str {
        match self {
            Self::Html { .. } => "HTML",
            Self::Truncated { .. } => "JSON that was cut off",
            Self::Malformed => "malformed JSON",
            Self::Text { .. } => "not JSON",
        }
    }

    /// Returns a quotation from the content.
    pub fn says(&self) -> Option<&Quote> {
        match self {
            Self::Html { title } => title.as_ref(),
            Self::Text { excerpt } => Some(excerpt),
            Self::Truncated { .. } | Self::Malformed => None,
        }
    }
}

impl Error {
    /// Returns the kind of the error.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::NoKey | Self::NoOauthClient | Self::Unsendable(Unsendable::Key) => {
                ErrorKind::Unauthenticated
            }
            Self::NoToken { source, .. } => match source.kind() {
                // Its words for a wrong id, secret or tenant.
                ErrorKind::Invalid | ErrorKind::Forbidden => ErrorKind::Unauthenticated,
                kind => kind,
            },
            Self::Unsendable(_) => ErrorKind::Invalid,
            Self::Timeout { .. } => ErrorKind::TimedOut,
            Self::Busy { .. } => ErrorKind::RateLimited,
            Self::Suspended { .. }
            | Self::Setup(_)
            | Self::Connect { .. }
            | Self::Tls { .. }
            | Self::Interrupted(_)
            | Self::Redirected { .. } => ErrorKind::Unreachable,
            Self::TooLarge { .. }
            | Self::TooMany { .. }
            | Self::NoList { .. }
            | Self::NotJson { .. }
            | Self::Unreadable { .. } => ErrorKind::Unexpected,
            Self::Refused(refusal) => refusal.kind(),
        }
    }

    /// Replaces text that the server sent by the result of `change`, if that is `Some`.
    pub fn rewrite(&mut self, change: impl FnOnce(&str) -> Option<String>) {
        match self {
            Self::Refused(refusal) => refusal.message.rewrite(change),
            Self::NotJson {
                found: NotJson::Html { title: Some(said) } | NotJson::Text { excerpt: said },
                ..
            } => said.rewrite(change),
            _ => {}
        }
    }

    /// Returns the error for a failure to send a request to `origin`.
    pub(crate) fn of_sending(error: reqwest::Error, origin: &str, read_timeout: Duration) -> Self {
        // The URL contains the query, which may be confidential.
        let source = error.without_url();
        if source.is_builder() {
            return Unsendable::Request(source).into();
        }
        if !source.is_connect() {
            return Self::of_exchange(source, read_timeout);
        }
        let origin = origin.to_owned();
        match find::<rustls::Error>(&source).cloned() {
            Some(reason) => Self::Tls {
                origin,
                reason,
                source,
            },
            None => Self::Connect {
                obstacle: Obstacle::of(&source),
                origin,
                source,
            },
        }
    }

    /// Returns the error for a failure after the connection was established.
    pub(crate) fn of_exchange(error: reqwest::Error, read_timeout: Duration) -> Self {
        if error.is_timeout() {
            Self::Timeout {
                after: read_timeout,
            }
        } else {
            Self::Interrupted(error.without_url())
        }
    }
}

impl Obstacle {
    fn of(error: &reqwest::Error) -> Self {
        let refused = |io: &io::Error| io.kind() == io::ErrorKind::ConnectionRefused;
        if error.is_dns() {
            Self::UnknownHost
        } else if error.is_timeout() {
            Self::TimedOut
        } else if find::<io::Error>(error).is_some_and(refused) {
            Self::Refused
        } else {
            Self::Other
        }
    }
}

/// Returns the first cause of this type.
fn find<'a, E: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a E> {
    iter::successors(Some(error), |&error| {
        // `source` of an I/O error skips the error it wraps.
        match error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref)
        {
            Some(wrapped) => Some(wrapped),
            None => error.source(),
        }
    })
    .find_map(|error| error.downcast_ref())
}
