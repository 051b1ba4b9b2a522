//! Why a call did not end well.

mod display;
mod refused;

use std::time::Duration;

use portkey_api_core::{InvalidArguments, Operation, Problem};
use portkey_client::ErrorKind;
use serde_json::Value;

use super::Missing;
use crate::{
    audit::Unwritable,
    catalog::{Catalog, UnknownTool},
    confirm::ConfirmationRefused,
    journal::JournalFailure,
    policy::{Forbidden, MissingScopes},
    secrets::{Redactor, SinkFailure},
    wording::Wording,
};

/// Why a call did not end well. What it says [to a reader](Self::describe) is a whole report: what happened, why, and what to
/// do next. Its source is there for programs that look for a cause, and need not be shown beside.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// There is no such tool.
    UnknownTool(#[from] UnknownTool),
    /// The arguments cannot be meant; nothing was sent.
    Arguments(#[from] InvalidArguments),
    /// The operator does not allow it; nothing was sent.
    Forbidden(#[from] Forbidden),
    /// The token that was brought is too weak for it; nothing was sent.
    Lacking {
        /// What was called.
        tool: &'static str,
        /// Which scopes are needed.
        missing: MissingScopes,
    },
    /// Nobody agreed to it.
    Unconfirmed(#[from] ConfirmationRefused),
    /// It cannot be written down, so it was not begun.
    Unaudited(#[from] Unwritable),
    /// Portkey refused, or could not be asked.
    Upstream {
        /// What was asked for.
        operation: &'static Operation,
        /// Why it failed.
        #[source]
        error: Box<portkey_client::Error>,
        /// Which of the things that the call names is not there.
        missing: Option<Missing>,
        /// The tools that list valid ids for its path, the innermost first.
        listings: Vec<&'static str>,
    },
    /// A file that an answer pointed at could not be fetched.
    Download(#[source] Box<portkey_client::Error>),
    /// Portkey's answer to a call of a workflow has another form than promised.
    Unreadable {
        /// What was asked for.
        operation: &'static Operation,
        /// What was wrong.
        reason: String,
    },
    /// A new secret has nowhere to go; nothing was sent.
    Sink(#[from] SinkFailure),
    /// A new secret was made but could not be kept.
    SecretLost {
        /// The answer, masked.
        answer: Value,
        /// Why.
        source: Box<SinkFailure>,
    },
    /// It repeats a secret of the call, so this is what remains of it.
    Redacted {
        /// What sort of failure it is.
        kind: &'static str,
        /// What it says, without the secret.
        text: String,
    },
    /// What would be changed cannot be written down; nothing was sent.
    Journal(#[from] JournalFailure),
    /// The change that this call would undo is being undone by another, or was; nothing was sent.
    Undone {
        /// Which one.
        change: String,
    },
    /// All the requests of the call together took too long.
    OutOfTime {
        /// How long they may take.
        limit: Duration,
    },
    /// The client withdrew the call.
    Cancelled,
    /// A workflow wants an operation that is not in the catalog.
    Unlisted(&'static str),
    /// What was to be read is asked for by an operation that may change something; nothing was sent.
    NoRead(&'static str),
}

impl Failure {
    pub(crate) fn upstream(
        catalog: &Catalog,
        operation: &'static Operation,
        error: portkey_client::Error,
    ) -> Self {
        Self::Upstream {
            operation,
            error: Box::new(error),
            missing: None,
            listings: catalog.listings(operation),
        }
    }

    /// What sort of failure it is, in a word for logs.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::UnknownTool(_) => "unknown tool",
            Self::Arguments(_) => "invalid arguments",
            Self::Forbidden(_) => "forbidden by policy",
            Self::Lacking { .. } => "lacks a scope",
            Self::Unconfirmed(_) => "not confirmed",
            Self::Unaudited(_) => "no audit log",
            Self::Upstream { error, .. } => match error.kind() {
                ErrorKind::Unauthenticated => "unauthenticated",
                ErrorKind::Forbidden => "forbidden",
                ErrorKind::NotFound => "not found",
                ErrorKind::Conflict => "conflict",
                ErrorKind::Invalid => "invalid",
                ErrorKind::RateLimited => "rate limited",
                ErrorKind::Exhausted => "exhausted",
                ErrorKind::TimedOut => "timed out",
                ErrorKind::Unreachable => "unreachable",
                ErrorKind::Unexpected => "unexpected",
            },
            Self::Download(_) => "no download",
            Self::Unreadable { .. } => "unreadable answer",
            Self::Sink(_) | Self::SecretLost { .. } => "no place for secrets",
            Self::Redacted { kind, .. } => kind,
            Self::Journal(_) => "no journal",
            Self::Undone { .. } => "undone already",
            Self::OutOfTime { .. } => "timed out",
            Self::Cancelled => "cancelled",
            Self::Unlisted(_) => "unlisted operation",
            Self::NoRead(_) => "no read",
        }
    }

    /// The same without the secrets of the call, should what it says repeat one.
    pub(crate) fn without(mut self, redactor: &Redactor, wording: &dyn Wording) -> Self {
        // Quotations are cut when they are shown, and a part of a secret would not be recognised.
        match &mut self {
            Self::Upstream { error, .. } | Self::Download(error) => {
                error.rewrite(|said| redactor.hidden(said));
            }
            Self::Unreadable { reason, .. } => {
                if let Some(hidden) = redactor.hidden(reason) {
                    *reason = hidden;
                }
            }
            _ => {}
        }
        match redactor.hidden(&self.describe(wording).to_string()) {
            Some(text) => Self::Redacted {
                kind: self.kind(),
                text,
            },
            None => self,
        }
    }

    pub(crate) fn unreadable(operation: &'static Operation, error: &serde_json::Error) -> Self {
        Self::Unreadable {
            operation,
            reason: error.to_string(),
        }
    }

    /// A workflow's arguments break a rule.
    pub fn invalid(tool: &'static str, problem: Problem) -> Self {
        Self::Arguments(InvalidArguments {
            tool,
            problems: vec![problem],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        call::testing::{Bench, not_found},
        toys,
        wording::Plain,
    };

    #[tokio::test]
    async fn a_failure_says_none_of_the_secrets_that_the_call_carried() {
        let mut redactor = Redactor::default();
        redactor.write("sesame-open");
        let catalog = toys::catalog();
        let failure = Failure::Unreadable {
            operation: catalog.operation("get_toy").unwrap(),
            reason: "no sesame-open here".to_owned(),
        };
        let told = failure.without(&redactor, &Plain);
        assert_eq!(told.kind(), "unreadable answer");
        let told = told.describe(&Plain).to_string();
        assert!(!told.contains("sesame-open"), "{told}");
        let problem = Problem::rule("coupon", "sesame-open is used up");
        let told = Failure::invalid("create_toy", problem).without(&redactor, &Plain);
        assert!(
            matches!(&told, Failure::Redacted { kind: "invalid arguments", text } if !text.contains("sesame-open"))
        );
    }

    #[tokio::test]
    async fn what_was_not_found_comes_with_the_tool_that_lists_what_there_is() {
        let bench = Bench::new().await;
        bench.answers("GET", "/toys/t1", 404, not_found()).await;
        let given = [("toy_id".to_owned(), "t1".into())].into_iter().collect();
        let permit = bench
            .context()
            .permit(bench.operation("get_toy"), given)
            .await;
        let failure = permit.unwrap().read().await.unwrap_err();
        assert_eq!(failure.kind(), "not found");
        let told = failure.describe(&Plain).to_string();
        assert!(told.contains("`list_toys` lists valid ids"), "{told}");
    }
}
