//! The failure of a call.

mod airs;
mod display;
mod refused;

use std::time::Duration;

use portkey_api_core::{Edition, InvalidArguments, Operation, Problem};
use portkey_client::ErrorKind;
use serde_json::Value;

use super::Missing;
use crate::{
    audit::Unwritable,
    catalog::{Catalog, UnknownTool},
    confirm::ConfirmationRefused,
    journal::JournalFailure,
    policy::{Forbidden, MissingScopes},
    references::INVALID,
    secrets::{Redactor, SinkFailure},
    wording::Wording,
};

/// The failure of a call. Its [description](Self::describe) is a whole report: what happened, why, and what to do next.
/// It includes the cause, so that `source()` is only for programs and need not be shown too.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// No tool has this name.
    UnknownTool(#[from] UnknownTool),
    /// The arguments are invalid; nothing was sent.
    Arguments(#[from] InvalidArguments),
    /// The policy forbids the call; nothing was sent.
    Forbidden(#[from] Forbidden),
    /// The edition that calls go to lacks the tool; nothing was sent.
    NotInEdition {
        /// The tool that was called.
        tool: &'static str,
        /// The edition.
        edition: Edition,
    },
    /// The access token lacks scopes; nothing was sent.
    Lacking {
        /// The tool that was called.
        tool: &'static str,
        /// The scopes that are needed.
        missing: MissingScopes,
    },
    /// The confirmation token is not valid for this call; nothing was sent.
    Unconfirmed(#[from] ConfirmationRefused),
    /// The audit log cannot be written, so the call was not started.
    Unaudited(#[from] Unwritable),
    /// Portkey refused the request, or could not be reached.
    Upstream {
        /// The operation that was called.
        operation: &'static Operation,
        /// The error of the client.
        #[source]
        error: Box<portkey_client::Error>,
        /// The argument whose object was not found, if it is known.
        missing: Option<Missing>,
        /// The tools that list valid ids for the path of the operation, the innermost first.
        listings: Vec<&'static str>,
    },
    /// The file at a URL from an answer could not be downloaded.
    Download(#[source] Box<portkey_client::Error>),
    /// The form of Portkey's answer differs from the declared one, in an inner call of a workflow.
    Unreadable {
        /// The operation that was called.
        operation: &'static Operation,
        /// The message of the deserialiser.
        reason: String,
    },
    /// The sink for new secrets is unusable; nothing was sent.
    Sink(#[from] SinkFailure),
    /// The call succeeded, but the sink did not keep the new secret.
    SecretLost {
        /// The answer, with secrets masked.
        answer: Value,
        /// The failure of the sink.
        source: Box<SinkFailure>,
    },
    /// A failure whose description contained a secret of the call. Only its kind and the redacted text are left.
    Redacted {
        /// The [kind](Failure::kind) of the failure.
        kind: &'static str,
        /// The description, without the secret.
        text: String,
    },
    /// The journal cannot be written; nothing was sent.
    Journal(#[from] JournalFailure),
    /// Another call has undone the change, or is undoing it; nothing was sent.
    Undone {
        /// The id of the change.
        change: String,
    },
    /// The call took longer than the total timeout.
    OutOfTime {
        /// The total timeout of a call.
        limit: Duration,
    },
    /// The client withdrew the call.
    Cancelled,
    /// A workflow needs an operation, named here, that is not in the catalog.
    Unlisted(&'static str),
    /// An operation that may change something, named here, was used as a read; nothing was sent.
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

    /// The kind of the failure in a few words, for logs, metrics and the audit.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::UnknownTool(_) => "unknown tool",
            Self::Arguments(_) => "invalid arguments",
            Self::Forbidden(_) => "forbidden by policy",
            Self::NotInEdition { .. } => "not in this edition",
            Self::Lacking { .. } => "lacks a scope",
            Self::Unconfirmed(_) => "not confirmed",
            Self::Unaudited(_) => "no audit log",
            Self::Upstream { error, .. } => match error.kind() {
                ErrorKind::Unauthenticated => "unauthenticated",
                ErrorKind::Forbidden => "forbidden",
                ErrorKind::NotFound => "not found",
                ErrorKind::Conflict => "conflict",
                ErrorKind::Invalid => INVALID,
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

    /// Whether the policy, the token or the key does not permit the call, or the edition lacks what it needs.
    pub fn is_forbidden(&self) -> bool {
        match self {
            Self::Forbidden(_) | Self::NotInEdition { .. } | Self::Lacking { .. } => true,
            Self::Upstream { error, .. } => error.kind() == ErrorKind::Forbidden,
            _ => false,
        }
    }

    /// Returns this failure without the secrets of the call. If the description still contains one, it becomes
    /// [`Failure::Redacted`].
    pub(crate) fn without(mut self, redactor: &Redactor, wording: &dyn Wording) -> Self {
        // Before the description: it shortens quotations, and a secret that is cut off would not be recognised.
        match &mut self {
            Self::Upstream { error, .. } | Self::Download(error) => {
                error.rewrite(|text| redactor.hidden(text));
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

    /// Returns the failure of a call whose arguments break a rule.
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
    async fn a_failure_repeats_no_secret_of_the_call() {
        let mut redactor = Redactor::default();
        redactor.write("sesame-open");
        let catalog = toys::catalog();
        let failure = Failure::Unreadable {
            operation: catalog.operation("get_toy").unwrap(),
            reason: "no sesame-open here".to_owned(),
        };
        let failure = failure.without(&redactor, &Plain);
        assert_eq!(failure.kind(), "unreadable answer");
        let description = failure.describe(&Plain).to_string();
        assert!(!description.contains("sesame-open"), "{description}");
        let problem = Problem::rule("coupon", "sesame-open is used up");
        let failure = Failure::invalid("create_toy", problem).without(&redactor, &Plain);
        assert!(
            matches!(&failure, Failure::Redacted { kind: "invalid arguments", text } if !text.contains("sesame-open"))
        );
    }

    #[tokio::test]
    async fn a_not_found_names_the_tool_that_lists_valid_ids() {
        let bench = Bench::new().await;
        bench.answers("GET", "/toys/t1", 404, not_found()).await;
        let given = [("toy_id".to_owned(), "t1".into())].into_iter().collect();
        let permit = bench
            .context()
            .permit(bench.operation("get_toy"), given)
            .await;
        let failure = permit.unwrap().read().await.unwrap_err();
        assert_eq!(failure.kind(), "not found");
        let description = failure.describe(&Plain).to_string();
        assert!(
            description.contains("`list_toys` lists valid ids"),
            "{description}"
        );
    }
}
