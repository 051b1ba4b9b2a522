//! What failures say to an assistant, by the sort of failure.

use std::time::Duration;

use serde_json::{Value, json};

use super::*;
use crate::{journal::JournalFailure, journal::Use, policy::MissingScopes, toys};

fn failed(tool: &str, error: Error) -> String {
    let catalog = toys::catalog();
    let operation = catalog.operation(tool).unwrap();
    let failure = Failure::upstream(catalog, operation, error);
    assert_eq!(failure.to_string(), failure.describe(&Plain).to_string());
    failure.to_string()
}

fn silence() -> Error {
    Error::Timeout {
        after: Duration::from_secs(30),
    }
}

#[test]
fn only_what_can_be_repeated_is_said_to_be_safe_to_call_again() {
    for repeatable in ["get_toy", "update_toy", "delete_toy"] {
        let told = failed(repeatable, silence());
        assert!(told.contains("It is safe to call again."), "{told}");
        assert!(!told.contains("look before"), "{told}");
    }
    for once in ["create_toy", "wind_toy"] {
        let told = failed(once, silence());
        assert!(told.contains("look before you repeat it"), "{told}");
        assert!(!told.contains("safe to call again"), "{told}");
    }
}

#[test]
fn what_was_held_back_here_was_not_sent_and_says_when_to_call_again() {
    let retry_after = Duration::from_millis(2500);
    let told = failed("create_toy", Error::Busy { retry_after });
    let wait = "nothing was sent. Wait 2 seconds and call again.";
    assert!(told.ends_with(wait), "{told}");
    // Nobody is asked to wait for no time at all.
    let retry_after = Duration::ZERO;
    let told = failed("create_toy", Error::Busy { retry_after });
    assert!(told.contains("Wait 1 seconds"), "{told}");
    let failures = 5;
    let retry_after = Duration::from_secs(7);
    let told = failed(
        "create_toy",
        Error::Suspended {
            failures,
            retry_after,
        },
    );
    assert!(told.contains("for 7 s. Nothing was sent."), "{told}");
}

#[test]
fn a_key_that_is_missing_or_cannot_be_sent_is_for_the_operator_to_set() {
    assert_eq!(
        failed("get_toy", Error::NoKey),
        "No Portkey API key is set, so `get_toy` cannot be called. The operator of this server can set the API key."
    );
    let told = failed("get_toy", Error::Unsendable(Unsendable::Key));
    let correct = "The operator of this server can correct the API key.";
    assert!(told.ends_with(correct), "{told}");
}

#[test]
fn an_answer_that_is_too_large_asks_for_less() {
    for error in [Error::TooLarge { limit: 9 }, Error::TooMany { limit: 9 }] {
        let told = failed("list_toys", error);
        assert!(
            told.contains("a smaller `page_size`, or a filter"),
            "{told}"
        );
    }
}

#[test]
fn a_web_page_or_a_redirect_says_that_the_address_is_not_that_of_the_api() {
    let page = Error::NotJson {
        status: 200,
        content_type: Some("text/html".to_owned()),
        found: NotJson::Html { title: None },
        source: serde_json::from_str::<Value>("<html>").unwrap_err(),
    };
    let told = failed("get_toy", page);
    let html = "`get_toy` failed: HTTP 200: the answer is HTML.";
    assert!(told.starts_with(html), "{told}");
    assert!(told.contains("the base URL seems to point at"), "{told}");
    let moved = Error::Redirected {
        status: 301,
        location: Some("https://elsewhere.test/\u{202e}\"".to_owned()),
    };
    let told = failed("get_toy", moved);
    let said = r#"Portkey said: "https://elsewhere.test/⟨U+202E⟩\""."#;
    assert!(told.contains(said), "{told}");
    assert!(told.contains("the base URL seems to point at"), "{told}");
}

#[test]
fn json_that_was_cut_off_says_nothing_of_the_address() {
    let cut = Error::NotJson {
        status: 200,
        content_type: None,
        found: NotJson::Truncated { bytes: 12 },
        source: serde_json::from_str::<Value>("{").unwrap_err(),
    };
    assert_eq!(
        failed("get_toy", cut),
        "`get_toy` failed: HTTP 200: the answer is JSON that was cut off. It is safe to call again."
    );
}

#[test]
fn what_never_reached_portkey_says_so_and_names_the_next_step() {
    let missing = MissingScopes {
        needed: ["portkey:read", "portkey:write"].map(str::to_owned).into(),
    };
    let lacking = Failure::Lacking {
        tool: "update_toy",
        missing,
    };
    assert_eq!(
        lacking.to_string(),
        "`update_toy` is needed for this, and the token lacks a scope; it needs `portkey:read portkey:write`. Get \
         such a token and call again."
    );
    let journal = Failure::Journal(JournalFailure {
        place: "toys.sqlite".to_owned(),
        used: Use::Write,
        source: "the disk is full".into(),
    });
    assert_eq!(
        journal.to_string(),
        "the journal toys.sqlite cannot be written: the disk is full. Nothing was changed, because it could not have \
         been undone. The operator of this server can mend the journal, or do without one (the journal off)."
    );
    let undone = Failure::Undone {
        change: "c-1".to_owned(),
    };
    let told = undone.to_string();
    let next = "Nothing was sent. Look at `list_changes`";
    assert!(told.contains("c-1") && told.contains(next), "{told}");
    let defect = Failure::NoRead("wind_toy").to_string();
    assert!(defect.contains("nothing was sent"), "{defect}");
}

#[test]
fn what_may_have_been_carried_out_asks_to_look_before_repeating() {
    let late = Failure::OutOfTime {
        limit: Duration::from_secs(90),
    };
    let operation = toys::catalog().operation("create_toy").unwrap();
    let odd = Failure::Unreadable {
        operation,
        reason: "no \"id\"\nin it".to_owned(),
    };
    for (failure, part) in [
        (late, "broken off after 90 seconds"),
        (odd, r#"reads as "no \"id\"\nin it"."#),
    ] {
        let told = failure.to_string();
        assert!(told.contains(part), "{told}");
        assert!(told.contains("look before you repeat it"), "{told}");
    }
    let told = Failure::Cancelled.to_string();
    assert!(told.contains("Portkey may have carried it out"), "{told}");
}

#[test]
fn a_secret_that_could_not_be_kept_says_that_the_call_succeeded_and_how_to_get_another() {
    let lost = Failure::SecretLost {
        answer: json!({ "id": "t1", "key": "pk***ef" }),
        source: Box::new(crate::secrets::SinkFailure::Refused {
            program: "vault".to_owned(),
            ended: "exit code 1".to_owned(),
        }),
    };
    let told = lost.to_string();
    assert!(
        told.starts_with("The call succeeded, but its secret could not be kept: "),
        "{told}"
    );
    assert!(told.contains("`rotate_api_key`"), "{told}");
    assert!(told.ends_with(r#"{"id":"t1","key":"pk***ef"}"#), "{told}");
}
