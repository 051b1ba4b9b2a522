//! Whether the key works, and what it is.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use portkey_api::last_four;
use portkey_client::{Error, SecretString};
use portkey_engine::keys::{KeyIdentity, Owner};
use secrecy::ExposeSecret as _;

use super::finding::Finding;
use crate::config::KeyFlaw;

const CHECK: &str = "key";

/// How long before its end a key is worth a warning.
const SOON: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What is wrong with a key before anybody is asked. `place` is where it is.
pub(super) fn before_asking(place: &str, key: Option<&SecretString>) -> Option<Finding> {
    let Some(key) = key else {
        return Some(Finding::problem(
            CHECK,
            format!("{place} is not set"),
            "Set it to a key of the Portkey dashboard, run `portkey-mcp login`, or try made-up data with --sandbox.",
        ));
    };
    let flaw = KeyFlaw::of(key)?;
    let remedy = match flaw {
        KeyFlaw::Reference => {
            "Set the variable where the client starts, or write the reference as this client wants it: see docs/clients.md."
        }
        KeyFlaw::Quoted => "Remove the quotes.",
        _ => "Replace it by a key of the Portkey dashboard.",
    };
    Some(Finding::problem(CHECK, format!("{place} {flaw}"), remedy))
}

/// What Portkey's answer says of a key.
pub(super) fn asked(
    place: &str,
    key: &SecretString,
    asked: &Result<Owner, Arc<Error>>,
    identity: &KeyIdentity,
) -> Vec<Finding> {
    let shown = last_four(key.expose_secret());
    match asked {
        Ok(_) => {
            let known = Finding::ok(CHECK, says(&shown, identity)).with_details(details(identity));
            let end = identity.expires_at.as_deref();
            let status = identity.status.as_deref();
            [known]
                .into_iter()
                .chain(end.and_then(|end| ending(end, Timestamp::now())))
                .chain(status.and_then(inactive))
                .collect()
        }
        Err(error) => vec![unanswered(place, &shown, error)],
    }
}

fn unanswered(place: &str, shown: &str, error: &Error) -> Finding {
    match error {
        Error::Refused(refusal) if refusal.status == 401 => Finding::problem(
            CHECK,
            format!("Portkey does not accept {place} ({shown})"),
            "It may be mistyped, expired, rotated or deleted, or belong to another Portkey: copy a key from the dashboard, \
             and check PORTKEY_BASE_URL.",
        ),
        error => Finding::problem(
            CHECK,
            format!("{place} ({shown}) could not be checked: {error}"),
            "Mend the way to Portkey first.",
        ),
    }
}

fn says(shown: &str, identity: &KeyIdentity) -> String {
    let kind = identity.kind.map(|kind| format!("{} ", kind.as_str()));
    let name = identity.name.as_ref().map(|name| format!(" `{name}`"));
    format!(
        "Portkey accepts {shown}, the {}key{}",
        kind.unwrap_or_default(),
        name.unwrap_or_default()
    )
}

fn details(identity: &KeyIdentity) -> Vec<String> {
    let organisation = identity.organisation_id.as_ref();
    let workspace = identity.workspace_id.as_ref();
    let scopes = identity.scopes.as_ref();
    let known = [
        organisation.map(|id| format!("organisation {id}")),
        workspace.map(|id| format!("workspace {id}")),
        scopes.map(|scopes| format!("{} scopes", scopes.len())),
    ];
    // The plan has a finding of its own.
    let unknown = identity
        .unknown
        .iter()
        .filter(|what| !what.starts_with("plan: "));
    let unknown = unknown.map(|unknown| format!("unknown {unknown}"));
    known.into_iter().flatten().chain(unknown).collect()
}

/// The end of a key, if that is soon or was.
fn ending(end: &str, now: Timestamp) -> Option<Finding> {
    let end: Timestamp = end.parse().ok()?;
    let left = end.duration_since(now);
    if left.is_negative() {
        let says = format!("the key expired at {end}");
        return Some(Finding::problem(
            CHECK,
            says,
            "Create another key, or move its end.",
        ));
    }
    let says = format!("the key expires at {end}");
    (left < SOON).then(|| Finding::warning(CHECK, says, "Rotate it, or move its end, before then."))
}

fn inactive(status: &str) -> Option<Finding> {
    let says = format!("the status of the key is `{status}`");
    let remedy = "Look at its budget and its end in the dashboard.";
    (status != "active").then(|| Finding::warning(CHECK, says, remedy))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_is_none_is_told_without_asking() {
        let missing = before_asking("PORTKEY_API_KEY", None).unwrap();
        assert_eq!(missing.says, "PORTKEY_API_KEY is not set");
        let placeholder = before_asking("PORTKEY_API_KEY", Some(&"your-key".into())).unwrap();
        assert_eq!(
            placeholder.says,
            "PORTKEY_API_KEY is a placeholder and no key"
        );
        assert_eq!(
            before_asking("PORTKEY_API_KEY", Some(&"aB3dEfGh1jKl".into())),
            None
        );
    }

    #[test]
    fn the_end_of_a_key_is_told_when_it_is_near() {
        let now: Timestamp = "2026-11-30T00:00:00Z".parse().unwrap();
        assert_eq!(ending("2027-11-30T00:00:00Z", now), None);
        assert!(
            ending("2026-12-02T00:00:00Z", now)
                .unwrap()
                .says
                .contains("expires at")
        );
        assert!(
            ending("2026-11-29T00:00:00Z", now)
                .unwrap()
                .says
                .contains("expired at")
        );
    }

    #[test]
    fn a_key_that_nobody_could_check_is_a_problem_and_shows_its_end_alone() {
        let error = Error::Timeout {
            after: std::time::Duration::from_secs(5),
        };
        let key = "abcdefghijklmnop7f3a".into();
        let found = asked(
            "PORTKEY_API_KEY",
            &key,
            &Err(Arc::new(error)),
            &KeyIdentity::default(),
        );
        assert_eq!(
            found[0].says,
            "PORTKEY_API_KEY (*****7f3a) could not be checked: no answer within 5s"
        );
    }
}
