//! The description of a request that Portkey refused, and the next step.

use std::{borrow::Cow, fmt};

use portkey_api_core::{Declaration, Keys, Operation, Plan};
use portkey_client::{ErrorKind, Refusal};

use super::super::Missing;
use crate::{
    untrusted::quoted,
    wording::{Setting, Wording},
};

/// Writes what was refused, why, and the next step.
pub(super) fn refused(
    f: &mut fmt::Formatter<'_>,
    operation: &Operation,
    refusal: &Refusal,
    missing: Option<Missing>,
    listings: &[&'static str],
    wording: &dyn Wording,
) -> fmt::Result {
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
    write!(
        f,
        "\n{}",
        next_step(operation, refusal, missing, listings, wording)
    )?;
    match &refusal.trace_id {
        Some(trace) => write!(f, "\nTrace id: {}", quoted(trace)),
        None => Ok(()),
    }
}

/// Returns an error code as it is if it is a word of at most 40 characters, or else quoted as untrusted text.
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

fn next_step(
    operation: &Operation,
    refusal: &Refusal,
    missing: Option<Missing>,
    listings: &[&'static str],
    wording: &dyn Wording,
) -> String {
    let declaration = &operation.declaration;
    match refusal.kind() {
        ErrorKind::Unauthenticated => {
            let key = key_setting(declaration, wording);
            let restart = if wording.restarts() { " Restart the server after changing it." } else { "" };
            format!(
                "Check {key}: it may be mistyped, expired, rotated or deleted, or belong to another Portkey than \
                 {}.{restart}",
                wording.setting(Setting::BaseUrl)
            )
        }
        ErrorKind::Forbidden => forbidden(operation, listings, wording),
        ErrorKind::NotFound => not_found(operation, missing, listings, wording),
        ErrorKind::Conflict => "It exists already or is still in use; the message says what is in the way. Choose another \
                           name, or remove what is in the way first."
            .to_owned(),
        ErrorKind::Invalid => format!(
            "Correct what the message names and call again; {}.",
            wording.arguments_of(declaration.name)
        ),
        ErrorKind::RateLimited => {
            let wait = refusal.retry_after.map_or_else(
                || "Wait a minute".to_owned(),
                |wait| format!("Wait {} seconds", wait.as_secs().max(1)),
            );
            format!("{wait} before the next call; {} attempts were made.", refusal.attempts)
        }
        ErrorKind::Exhausted => "The subscription or budget is used up: raise the limit or wait for its reset.".to_owned(),
        _ if declaration.repeatable => {
            format!("The fault is Portkey's; {} attempts were made. Try again later.", refusal.attempts)
        }
        _ => "The fault is Portkey's. The change may have been made all the same: look before you repeat it."
            .to_owned(),
    }
}

/// The possible reasons for a 403. Portkey gives the same status for a missing scope, a wrong sort of key, a plan
/// without the feature and an unknown object; the declaration rules some of them out.
fn forbidden(operation: &Operation, listings: &[&'static str], wording: &dyn Wording) -> String {
    let declaration = &operation.declaration;
    let mut reasons: Vec<String> = Vec::new();
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
        Keys::Admin => reasons
            .push("it is a workspace key, and this needs an organisation (admin) key".to_owned()),
        Keys::Workspace => reasons.push(format!(
            "it is an organisation key, and this needs a workspace key (set {})",
            wording.setting(Setting::WorkspaceApiKey)
        )),
        Keys::Any | Keys::None => {}
    }
    if declaration.plan != Plan::Any {
        reasons.push("the plan does not include it (it needs Enterprise)".to_owned());
    }
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

fn not_found(
    operation: &Operation,
    missing: Option<Missing>,
    listings: &[&'static str],
    wording: &dyn Wording,
) -> String {
    if let Some(Missing { argument, listing }) = missing {
        return format!("`{argument}` names nothing that is there: `{listing}` lists what is.");
    }
    match listings {
        [] if !operation.path.contains('{') => format!(
            "This Portkey does not offer it, or {} is not its address.",
            wording.setting(Setting::BaseUrl)
        ),
        [] => "Check the ids in the arguments.".to_owned(),
        names => format!("`{}` lists valid ids.", names.join("`, `")),
    }
}

/// The setting that holds the key for this tool.
pub(super) fn key_setting(declaration: &Declaration, wording: &dyn Wording) -> String {
    let key = wording.setting(Setting::ApiKey);
    match declaration.keys {
        Keys::Workspace => format!("{} (or {key})", wording.setting(Setting::WorkspaceApiKey)),
        _ => key.to_owned(),
    }
}
