use std::time::Duration;

use portkey_api::{InvalidArguments, Operation, Problem};
use portkey_client::Kind;
use serde_json::Value;

use crate::{
    catalog::UnknownTool, journal::JournalFailure, policy::Forbidden, secrets::SinkFailure,
};

/// Why a call did not end well. What a reader sees, with what to do next, is in its `Display`.
#[derive(Debug)]
pub enum Failure {
    /// There is no such tool.
    UnknownTool(UnknownTool),
    /// The arguments cannot be meant; nothing was sent.
    Arguments(InvalidArguments),
    /// The operator does not allow it; nothing was sent.
    Forbidden(Forbidden),
    /// Portkey refused, or could not be asked.
    Upstream {
        /// What was asked for.
        operation: &'static Operation,
        /// Why it failed.
        error: Box<portkey_client::Error>,
    },
    /// A file that an answer pointed at could not be fetched.
    Download(Box<portkey_client::Error>),
    /// Portkey's answer to a call of a workflow has another form than promised.
    Unreadable {
        /// What was asked for.
        operation: &'static Operation,
        /// What was wrong.
        source: serde_json::Error,
    },
    /// A new secret has nowhere to go; nothing was sent.
    Sink(SinkFailure),
    /// A new secret was made but could not be kept.
    SecretLost {
        /// The answer, masked.
        answer: Value,
        /// Why.
        source: SinkFailure,
    },
    /// What would be changed cannot be written down; nothing was sent.
    Journal(JournalFailure),
    /// All the requests of the call together took too long.
    OutOfTime {
        /// How long they may take.
        limit: Duration,
    },
    /// The client withdrew the call.
    Cancelled,
    /// A workflow wants an operation that is not in the catalog.
    Unlisted(&'static str),
}

impl Failure {
    pub(crate) fn upstream(operation: &'static Operation, error: portkey_client::Error) -> Self {
        Self::Upstream {
            operation,
            error: Box::new(error),
        }
    }

    /// What sort of failure it is, in a word for logs.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::UnknownTool(_) => "unknown tool",
            Self::Arguments(_) => "invalid arguments",
            Self::Forbidden(_) => "forbidden by policy",
            Self::Upstream { error, .. } => match error.kind() {
                Kind::Unauthenticated => "unauthenticated",
                Kind::Forbidden => "forbidden",
                Kind::NotFound => "not found",
                Kind::Conflict => "conflict",
                Kind::Invalid => "invalid",
                Kind::RateLimited => "rate limited",
                Kind::Exhausted => "exhausted",
                Kind::TimedOut => "timed out",
                Kind::Unreachable => "unreachable",
                Kind::Unexpected => "unexpected",
            },
            Self::Download(_) => "no download",
            Self::Unreadable { .. } => "unreadable answer",
            Self::Sink(_) | Self::SecretLost { .. } => "no place for secrets",
            Self::Journal(_) => "no journal",
            Self::OutOfTime { .. } => "timed out",
            Self::Cancelled => "cancelled",
            Self::Unlisted(_) => "unlisted operation",
        }
    }

    /// A workflow's arguments break a rule.
    pub(crate) fn invalid(tool: &'static str, problem: Problem) -> Self {
        Self::Arguments(InvalidArguments {
            tool,
            problems: vec![problem],
        })
    }
}

impl From<InvalidArguments> for Failure {
    fn from(error: InvalidArguments) -> Self {
        Self::Arguments(error)
    }
}

impl From<SinkFailure> for Failure {
    fn from(error: SinkFailure) -> Self {
        Self::Sink(error)
    }
}

impl From<JournalFailure> for Failure {
    fn from(error: JournalFailure) -> Self {
        Self::Journal(error)
    }
}

impl From<Forbidden> for Failure {
    fn from(error: Forbidden) -> Self {
        Self::Forbidden(error)
    }
}

impl From<UnknownTool> for Failure {
    fn from(error: UnknownTool) -> Self {
        Self::UnknownTool(error)
    }
}

impl std::error::Error for Failure {}
