//! Why a call did not succeed.

use std::{error::Error as StdError, io, iter, time::Duration};

use crate::{ErrorKind, Quote, Refusal, Unsendable};

/// Why a call did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The operation needs a key and the settings hold none.
    #[error("no API key is set")]
    NoKey,
    /// The call cannot be written as an HTTP request.
    #[error(transparent)]
    Unsendable(#[from] Unsendable),
    /// The HTTP client cannot be set up, for instance because this system trusts no certificates.
    #[error("the HTTP client cannot be set up")]
    Setup(#[source] reqwest::Error),
    /// No connection came about; the call was not processed.
    #[error("cannot connect to {origin}: {obstacle}")]
    Connect {
        /// Scheme, host and port.
        origin: String,
        /// What stood in the way.
        obstacle: Obstacle,
        /// The whole story.
        source: reqwest::Error,
    },
    /// No secure connection came about; the call was not processed.
    #[error("no secure connection to {origin}: {reason}")]
    Tls {
        /// Scheme, host and port.
        origin: String,
        /// What is wrong with the certificate or the handshake.
        reason: rustls::Error,
        /// The whole story.
        source: reqwest::Error,
    },
    /// The ceiling of this client's own is reached: too many requests came first. Nothing was sent.
    #[error("too many requests to Portkey are waiting for their turn")]
    Busy {
        /// When there may be room.
        retry_after: Duration,
    },
    /// The server failed so often in a row that it is left alone for a while. Nothing was sent.
    #[error("Portkey failed {failures} times in a row and is not asked again for {} s", retry_after.as_secs().max(1))]
    Suspended {
        /// The failures that it takes.
        failures: u32,
        /// When it is asked again.
        retry_after: Duration,
    },
    /// The server did not answer in time; it may have processed the call.
    #[error("no answer within {after:?}")]
    Timeout {
        /// The limit that passed: that of a silent server, or of the whole call.
        after: Duration,
    },
    /// The connection broke before the whole answer was here; the call may have been processed.
    #[error("the connection broke before the answer was complete")]
    Interrupted(#[source] reqwest::Error),
    /// The answer is larger than the settings allow.
    #[error("the answer is larger than {limit} bytes")]
    TooLarge {
        /// The limit.
        limit: usize,
    },
    /// The answer holds more than the settings allow.
    #[error("the answer holds more than {limit} values")]
    TooMany {
        /// How many values, counting every member and entry.
        limit: usize,
    },
    /// The call succeeded, but the answer has no list where the operation promises one.
    #[error("the answer to `{operation}` has no list in it")]
    NoList {
        /// The operation.
        operation: &'static str,
    },
    /// The server points elsewhere, which is not followed.
    #[error("HTTP {status}: redirected{}; set the base URL to the address that answers itself",
        location.as_ref().map(|to| format!(" to {to}")).unwrap_or_default())]
    Redirected {
        /// The HTTP status.
        status: u16,
        /// Where it points, without the query.
        location: Option<String>,
    },
    /// The call succeeded, but what came is not JSON.
    #[error("HTTP {status}: the answer is {found} ({})",
        content_type.as_deref().unwrap_or("no content type"))]
    NotJson {
        /// The HTTP status.
        status: u16,
        /// As the server calls it.
        content_type: Option<String>,
        /// What came instead.
        found: NotJson,
        /// Where it stopped being JSON.
        source: serde_json::Error,
    },
    /// The call succeeded, but its answer does not have the form the operation declares.
    #[error("the answer to `{operation}` does not have the expected form")]
    Unreadable {
        /// The operation.
        operation: &'static str,
        /// What did not fit.
        source: serde_json::Error,
    },
    /// The server declined.
    #[error(transparent)]
    Refused(#[from] Refusal),
}

/// What stood in the way of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Obstacle {
    /// Nothing listens there.
    #[error("connection refused")]
    Refused,
    /// The name has no address.
    #[error("host not found")]
    UnknownHost,
    /// Nothing answered.
    #[error("no answer")]
    TimedOut,
    /// Something else; the source tells.
    #[error("connection failed")]
    Other,
}

/// What came in place of JSON. A body that begins like JSON is never quoted: it may hold keys.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotJson {
    /// A page, most likely of a proxy or of another web site.
    #[error("HTML{}", title.as_ref().map(|title| format!(" titled `{title}`")).unwrap_or_default())]
    Html {
        /// Its title.
        title: Option<Quote>,
    },
    /// JSON that ends too early.
    #[error("JSON cut off after {bytes} bytes")]
    Truncated {
        /// How much came.
        bytes: usize,
    },
    /// JSON with a mistake in it.
    #[error("malformed JSON")]
    Malformed,
    /// Something else.
    #[error("not JSON but `{excerpt}`")]
    Text {
        /// How it begins.
        excerpt: Quote,
    },
}

impl NotJson {
    /// What it is, in our words.
    pub fn form(&self) -> &'static str {
        match self {
            Self::Html { .. } => "HTML",
            Self::Truncated { .. } => "JSON that was cut off",
            Self::Malformed => "malformed JSON",
            Self::Text { .. } => "not JSON",
        }
    }

    /// What it says, in its own.
    pub fn says(&self) -> Option<&Quote> {
        match self {
            Self::Html { title } => title.as_ref(),
            Self::Text { excerpt } => Some(excerpt),
            Self::Truncated { .. } | Self::Malformed => None,
        }
    }
}

impl Error {
    /// What sort of error it is.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::NoKey | Self::Unsendable(Unsendable::Key) => ErrorKind::Unauthenticated,
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

    /// Puts what `change` makes of it in the place of what the server said in its own words.
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

    /// What it means that sending to `origin` failed.
    pub(crate) fn of_sending(error: reqwest::Error, origin: &str, read_timeout: Duration) -> Self {
        // The URL holds the query, which may hold what nobody else should read.
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

    /// What it means that the exchange failed over a connection that stood.
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

/// The first cause of this type.
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
