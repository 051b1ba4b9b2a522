//! The description of a failed call: what happened, and what to do next.

use std::fmt;

use portkey_api_core::{Declaration, Operation};
use portkey_client::{Error, NotJson, Unsendable};

use super::{
    super::Missing,
    Failure,
    refused::{key_setting, refused},
};
use crate::{
    causes::{root_cause, with_causes},
    untrusted::quoted,
    wording::{Plain, Setting, Wording},
};

/// The description of a failure in the wording of one program.
#[derive(Debug)]
pub struct Report<'a> {
    failure: &'a Failure,
    wording: &'a dyn Wording,
}

impl Failure {
    /// Returns the description of this failure in this wording.
    pub fn describe<'a>(&'a self, wording: &'a dyn Wording) -> Report<'a> {
        Report {
            failure: self,
            wording,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.describe(&Plain).fmt(f)
    }
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let wording = self.wording;
        match self.failure {
            Failure::UnknownTool(unknown) => write!(f, "{unknown}"),
            Failure::Arguments(invalid) => {
                write!(f, "{invalid}\nNothing was sent. Correct the arguments and call again.")
            }
            Failure::Forbidden(forbidden) => write!(f, "{}.", forbidden.describe(wording)),
            Failure::NotInEdition { tool, edition } => write!(
                f,
                "{product} has no `{tool}`, so nothing was sent. What it has instead is done elsewhere: people and \
                 workspaces in Strata Cloud Manager; prompts, labels and collections have no place there.",
                product = edition.product()
            ),
            Failure::Lacking { tool, missing } => write!(
                f,
                "`{tool}` is needed for this, and {missing}. Get such a token and call again."
            ),
            Failure::Unconfirmed(refused) => refused.describe(f, wording),
            Failure::Unaudited(unwritable) => write!(
                f,
                "{unwritable}. A call that may change something is not made unless it can be written down. Nothing was \
                 sent. {}",
                wording.ask_operator(&format!("mend that, or set {} to another place", wording.setting(Setting::Audit)))
            ),
            Failure::Upstream {
                operation,
                error,
                missing,
                listings,
            } => upstream(f, operation, error, *missing, listings, wording),
            Failure::Unreadable { operation, reason } => write!(
                f,
                "Portkey answered `{}` in an unexpected form, which reads as {}. The call itself may have succeeded; \
                 look before you repeat it.",
                operation.declaration.name,
                quoted(reason)
            ),
            Failure::Download(error) => write!(
                f,
                "The exported file could not be downloaded: {}. `download_log_export` gives a fresh link to it.",
                in_short(error)
            ),
            Failure::Sink(failure) => write!(
                f,
                "{}. Nothing was sent. {}",
                with_causes(failure),
                wording.ask_operator(&failure.remedy(wording))
            ),
            Failure::SecretLost { answer, source } => write!(
                f,
                "The call succeeded, but its secret could not be kept: {}. Make a new one \
                 (`rotate_api_key`, `resend_user_invite`) when that is mended.\nThe answer without it, as data: {answer}",
                with_causes(source.as_ref())
            ),
            Failure::Redacted { text, .. } => f.write_str(text),
            Failure::Journal(failure) => write!(
                f,
                "{}. Nothing was changed, because it could not have been undone. {}",
                with_causes(failure),
                wording.ask_operator(&format!("mend the journal, or do without one ({} off)", wording.setting(Setting::Journal)))
            ),
            Failure::Undone { change } => write!(
                f,
                "The change {change} is being undone by another call, or was, and it may not be known how that ended. \
                 Nothing was sent. Look at `list_changes` and at the object before you try again."
            ),
            Failure::OutOfTime { limit } => write!(
                f,
                "The call was broken off after {} seconds, the most that {} grants. Ask for less at once \
                 (fewer pages, a shorter time). If it was to change something, a part of that may have been done: \
                 look before you repeat it.",
                limit.as_secs(),
                wording.setting(Setting::Timeout)
            ),
            Failure::Cancelled => f.write_str(
                "Cancelled. If the request was already on its way, Portkey may have carried it out.",
            ),
            Failure::Unlisted(name) => write!(
                f,
                "`{name}` is missing from this program's catalog. That is a defect of the program; please report it."
            ),
            Failure::NoRead(name) => write!(
                f,
                "`{name}` may change something and was to be used as a read; nothing was sent. That is a defect of the \
                 program; please report it."
            ),
        }
    }
}

fn upstream(
    f: &mut fmt::Formatter<'_>,
    operation: &Operation,
    error: &Error,
    missing: Option<Missing>,
    listings: &[&'static str],
    wording: &dyn Wording,
) -> fmt::Result {
    let declaration = &operation.declaration;
    match error {
        Error::Refused(refusal) => {
            return refused(f, operation, refusal, missing, listings, wording);
        }
        Error::NoKey => {
            let set = wording.provide_key(&key_setting(declaration, wording));
            return write!(
                f,
                "No Portkey API key is set, so `{}` cannot be called. {}",
                declaration.name,
                wording.ask_operator(&set)
            );
        }
        Error::NoOauthClient => {
            return write!(
                f,
                "`{}` was not sent: Prisma AIRS takes tokens and no API keys where its objects are managed. {}",
                declaration.name,
                wording.ask_operator(
                    "give the client of a service account: PORTKEY_CLIENT_ID, PORTKEY_CLIENT_SECRET and PORTKEY_TSG_ID"
                )
            );
        }
        Error::NoToken { url, source } => {
            let remedy = if matches!(source.as_ref(), Error::Refused(_)) {
                "check PORTKEY_CLIENT_ID, PORTKEY_CLIENT_SECRET and PORTKEY_TSG_ID: the service account must belong to that \
                 tenant or to one above it"
            } else {
                "check the network and PORTKEY_TOKEN_URL"
            };
            return write!(
                f,
                "`{}` was not sent, because {url} gave no token: {}. {}",
                declaration.name,
                in_short(source),
                wording.ask_operator(remedy)
            );
        }
        Error::NotJson {
            status,
            content_type,
            found,
            ..
        } => {
            write!(
                f,
                "`{}` failed: HTTP {status}: the answer is {}",
                declaration.name,
                found.form()
            )?;
            let kind = content_type.as_deref().map(|kind| format!("{kind}: "));
            let says = found.says().map(ToString::to_string);
            quote_upstream(f, &[kind.as_deref(), says.as_deref()])?;
        }
        Error::Redirected { status, location } => {
            write!(
                f,
                "`{}` failed: HTTP {status}: redirected elsewhere",
                declaration.name
            )?;
            quote_upstream(f, &[location.as_deref()])?;
        }
        _ => write!(f, "`{}` failed: {}.", declaration.name, in_short(error))?,
    }
    write!(f, " {}", technical(declaration, error, wording))
}

/// Ends a sentence, and quotes the text that Portkey or a proxy sent, if any.
fn quote_upstream(f: &mut fmt::Formatter<'_>, parts: &[Option<&str>]) -> fmt::Result {
    let text: String = parts.iter().flatten().copied().collect();
    if text.is_empty() {
        return f.write_str(".");
    }
    write!(f, ". Portkey said: {}.", quoted(&text))
}

/// The next step after a technical failure, as opposed to a refusal by Portkey.
fn technical(declaration: &Declaration, error: &Error, wording: &dyn Wording) -> String {
    let look_first = if declaration.repeatable {
        "It is safe to call again."
    } else {
        "It may have been carried out all the same: look before you repeat it."
    };
    match error {
        Error::Unsendable(Unsendable::Key) => {
            let key = key_setting(declaration, wording);
            let restart = if wording.restarts() {
                " and restart it"
            } else {
                ""
            };
            wording.ask_operator(&format!("correct {key}{restart}"))
        }
        Error::Connect { .. } => {
            let base_url = wording.setting(Setting::BaseUrl);
            let check = wording.ask_operator(&format!("check the network and {base_url}"));
            format!("Nothing was sent. {check} Then call again.")
        }
        Error::Busy { retry_after } => format!(
            "This server's own ceiling is reached, and nothing was sent. Wait {} seconds and call again.",
            retry_after.as_secs().max(1)
        ),
        Error::Suspended { .. } => "Nothing was sent. Call again after that.".to_owned(),
        Error::Tls { .. } => {
            let check = wording.ask_operator(&format!(
                "check that {} speaks TLS and that this system trusts its certificate ({} adds an authority)",
                wording.setting(Setting::BaseUrl),
                wording.setting(Setting::Authorities)
            ));
            format!("Nothing was sent. {check}")
        }
        Error::Timeout { .. } | Error::Interrupted(_) => {
            let timeout = wording.setting(Setting::Timeout);
            format!("{look_first} {timeout} sets how long a request may take.")
        }
        Error::TooLarge { .. } | Error::TooMany { .. } => {
            "Ask for less: a smaller `page_size`, or a filter.".to_owned()
        }
        Error::NotJson {
            found: NotJson::Html { .. },
            ..
        }
        | Error::Redirected { .. } => {
            format!(
                "{} seems to point at a web page or proxy rather than at Portkey's API.",
                wording.setting(Setting::BaseUrl)
            )
        }
        _ => look_first.to_owned(),
    }
}

/// The error and its root cause. The layers of the HTTP client between them add nothing for a reader.
fn in_short(error: &Error) -> String {
    match root_cause(error) {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}

#[cfg(test)]
mod tests;
