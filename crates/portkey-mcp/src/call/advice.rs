//! What a failed call says: what happened, and what to do next.

use std::{borrow::Cow, fmt};

use portkey_api::{Declaration, Keys, Operation, Plan};
use portkey_client::{Error, Kind, NotJson, Refusal, Unsendable};

use super::Failure;
use crate::{catalog::listings, untrusted::quoted};

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownTool(unknown) => write!(f, "{unknown}"),
            Self::Arguments(invalid) => {
                write!(f, "{invalid}\nNothing was sent. Correct the arguments and call again.")
            }
            Self::Forbidden(forbidden) => write!(f, "{forbidden}."),
            Self::Lacking { tool, denial } => write!(
                f,
                "`{tool}` is needed for this, and {denial}. Get such a token and call again."
            ),
            Self::Unconfirmed(refused) => write!(f, "{refused}"),
            Self::Unaudited(unwritable) => write!(
                f,
                "{unwritable}. A call that may change something is not made unless it can be written down. Nothing was \
                 sent. The operator of this server can mend that, or set --audit to another place."
            ),
            Self::Upstream { operation, error } => upstream(f, operation, error),
            Self::Unreadable { operation, reason } => write!(
                f,
                "Portkey answered `{}` in an unexpected form, which reads as {}. The call itself may have succeeded; \
                 look before you repeat it.",
                operation.declaration.name,
                quoted(reason)
            ),
            Self::Download(error) => write!(
                f,
                "The exported file could not be downloaded: {error}{}. `download_log_export` gives a fresh link to it.",
                cause(error)
            ),
            Self::Sink(failure) => write!(f, "{failure}{}. Nothing was sent.", cause(failure)),
            Self::SecretLost { answer, source } => write!(
                f,
                "The call succeeded, but its secret could not be kept: {source}{}. Make a new one \
                 (`rotate_api_key`, `resend_user_invite`) when that is mended.\nThe answer without it, as data: {answer}",
                cause(source)
            ),
            Self::Redacted { text, .. } => f.write_str(text),
            Self::Journal(failure) => write!(
                f,
                "{failure}. Nothing was changed, because it could not have been undone. The operator of this server can \
                 mend the journal, or do without one (--journal off)."
            ),
            Self::Undone { change } => write!(
                f,
                "The change {change} is being undone by another call, or was, and it may not be known how that ended. \
                 Nothing was sent. Look at `list_changes` and at the object before you try again."
            ),
            Self::OutOfTime { limit } => write!(
                f,
                "The call was broken off after {} seconds, the most that PORTKEY_TIMEOUT grants. Ask for less at once \
                 (fewer pages, a shorter time). If it was to change something, a part of that may have been done: \
                 look before you repeat it.",
                limit.as_secs()
            ),
            Self::Cancelled => f.write_str(
                "Cancelled. If the request was already on its way, Portkey may have carried it out.",
            ),
            Self::Unlisted(name) => write!(
                f,
                "`{name}` is missing from this program's catalog. That is a defect of the program; please report it."
            ),
        }
    }
}

fn upstream(f: &mut fmt::Formatter<'_>, operation: &Operation, error: &Error) -> fmt::Result {
    let declaration = &operation.declaration;
    match error {
        Error::Refused(refusal) => return refused(f, operation, refusal),
        Error::NoKey => {
            return write!(
                f,
                "No Portkey API key is set, so `{}` cannot be called. Set {} in the environment of this server and \
                 restart it, or start it with --sandbox to try it on made-up data.",
                declaration.name,
                key_setting(declaration)
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
            said(f, &[kind.as_deref(), says.as_deref()])?;
        }
        Error::Redirected { status, location } => {
            write!(
                f,
                "`{}` failed: HTTP {status}: redirected elsewhere",
                declaration.name
            )?;
            said(f, &[location.as_deref()])?;
        }
        _ => write!(f, "`{}` failed: {error}{}.", declaration.name, cause(error))?,
    }
    write!(f, " {}", technical(declaration, error))
}

/// Ends a sentence, and quotes what came from elsewhere.
fn said(f: &mut fmt::Formatter<'_>, parts: &[Option<&str>]) -> fmt::Result {
    let text: String = parts.iter().flatten().copied().collect();
    if text.is_empty() {
        return f.write_str(".");
    }
    write!(f, ". Portkey said: {}.", quoted(&text))
}

/// What to do about a failure that is not Portkey's decision.
fn technical(declaration: &Declaration, error: &Error) -> String {
    let look_first = if declaration.repeatable {
        "It is safe to call again."
    } else {
        "It may have been carried out all the same: look before you repeat it."
    };
    match error {
        Error::Unsendable(Unsendable::Key) => {
            format!("Correct {} and restart the server.", key_setting(declaration))
        }
        Error::Connect { .. } => {
            "Nothing was sent. Check the network and PORTKEY_BASE_URL, then call again.".to_owned()
        }
        Error::Busy { retry_after } => format!(
            "This server's own ceiling is reached, and nothing was sent. Wait {} seconds and call again.",
            retry_after.as_secs().max(1)
        ),
        Error::Suspended { .. } => "Nothing was sent. Call again after that.".to_owned(),
        Error::Tls { .. } => "Nothing was sent. Check that PORTKEY_BASE_URL speaks TLS and that this system trusts its \
                              certificate (SSL_CERT_FILE adds an authority)."
            .to_owned(),
        Error::Timeout { .. } | Error::Interrupted(_) => {
            format!("{look_first} PORTKEY_TIMEOUT sets how long a request may take.")
        }
        Error::TooLarge { .. } | Error::TooMany { .. } => "Ask for less: a smaller `page_size`, or a filter.".to_owned(),
        Error::NotJson { found: NotJson::Html { .. }, .. } | Error::Redirected { .. } => {
            "PORTKEY_BASE_URL seems to point at a web page or proxy rather than at Portkey's API.".to_owned()
        }
        _ => look_first.to_owned(),
    }
}

fn refused(f: &mut fmt::Formatter<'_>, operation: &Operation, refusal: &Refusal) -> fmt::Result {
    let declaration = &operation.declaration;
    write!(
        f,
        "Portkey refused `{}` ({}",
        declaration.name, refusal.status
    )?;
    if let Some(code) = &refusal.code {
        write!(f, " {}", code_word(code))?;
    }
    write!(
        f,
        "). Portkey said: {}",
        quoted(&refusal.message.to_string())
    )?;
    write!(f, "\n{}", next_step(operation, refusal))?;
    match &refusal.trace_id {
        Some(trace) => write!(f, "\nTrace id: {}", quoted(trace)),
        None => Ok(()),
    }
}

/// The vendor's codes are words; anything else is quoted like all that it says.
fn code_word(code: &str) -> Cow<'_, str> {
    let is_word = code
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    if is_word && code.len() <= 40 {
        code.into()
    } else {
        quoted(code).into()
    }
}

fn next_step(operation: &Operation, refusal: &Refusal) -> String {
    let declaration = &operation.declaration;
    match refusal.kind() {
        Kind::Unauthenticated => format!(
            "Check {}: it may be mistyped, expired, rotated or deleted, or belong to another Portkey than \
             PORTKEY_BASE_URL. Restart the server after changing it.",
            key_setting(declaration)
        ),
        Kind::Forbidden => forbidden(operation),
        Kind::NotFound => not_found(operation),
        Kind::Conflict => "It exists already or is still in use; the message says what is in the way. Choose another \
                           name, or remove what is in the way first."
            .to_owned(),
        Kind::Invalid => format!(
            "Correct what the message names and call again; `portkey-mcp describe {}` shows every argument.",
            declaration.name
        ),
        Kind::RateLimited => {
            let wait = refusal.retry_after.map_or_else(
                || "Wait a minute".to_owned(),
                |wait| format!("Wait {} seconds", wait.as_secs().max(1)),
            );
            format!("{wait} before the next call; {} attempts were made.", refusal.attempts)
        }
        Kind::Exhausted => "The subscription or budget is used up: raise the limit or wait for its reset.".to_owned(),
        _ if declaration.repeatable => {
            format!("The fault is Portkey's; {} attempts were made. Try again later.", refusal.attempts)
        }
        _ => "The fault is Portkey's. The change may have been made all the same: look before you repeat it."
            .to_owned(),
    }
}

/// Portkey says 403 for four different things; the catalog knows which of them can be.
fn forbidden(operation: &Operation) -> String {
    let declaration = &operation.declaration;
    let mut reasons = Vec::new();
    match declaration.scopes.names {
        [] => {}
        [scope] => reasons.push(format!("the key lacks the scope `{scope}`")),
        scopes => {
            let all = if declaration.scopes.all {
                "one of"
            } else {
                "every one of"
            };
            reasons.push(format!(
                "the key lacks {all} the scopes `{}`",
                scopes.join("`, `")
            ));
        }
    }
    match declaration.keys {
        Keys::Admin => reasons.push("it is a workspace key, and this needs an organisation (admin) key".to_owned()),
        Keys::Workspace => reasons.push(
            "it is an organisation key, and this needs a workspace key (set PORTKEY_WORKSPACE_API_KEY)".to_owned(),
        ),
        Keys::Any | Keys::None => {}
    }
    if declaration.plan != Plan::Any {
        reasons.push("the plan does not include it (it needs Enterprise)".to_owned());
    }
    let listings = listings(operation);
    if !listings.is_empty() {
        reasons.push(format!(
            "what was named does not exist or belongs to another workspace (`{}` shows what there is)",
            listings.join("`, `")
        ));
    }
    if reasons.is_empty() {
        reasons.push("the key may not do this".to_owned());
    }
    format!("Possible reasons: {}.", reasons.join("; "))
}

fn not_found(operation: &Operation) -> String {
    match listings(operation).as_slice() {
        [] if !operation.path.contains('{') => {
            "This Portkey does not offer it, or PORTKEY_BASE_URL is not its address.".to_owned()
        }
        [] => "Check the ids in the arguments.".to_owned(),
        names => format!("`{}` lists valid ids.", names.join("`, `")),
    }
}

/// The variable that holds the key this tool is called with.
fn key_setting(declaration: &Declaration) -> &'static str {
    match declaration.keys {
        Keys::Workspace => "PORTKEY_WORKSPACE_API_KEY (or PORTKEY_API_KEY)",
        _ => "PORTKEY_API_KEY",
    }
}

/// The innermost cause, which is the one that says something.
fn cause(error: &dyn std::error::Error) -> String {
    let mut innermost = None;
    let mut next = error.source();
    while let Some(source) = next {
        innermost = Some(source);
        next = source.source();
    }
    innermost
        .map(|source| format!(": {source}"))
        .unwrap_or_default()
}
