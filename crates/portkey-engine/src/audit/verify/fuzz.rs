//! Checks edited audit files.

use portkey_fuzz::{Corpus, check};

use super::*;
use crate::audit::{AuditEntry, Decision, Excerpt, chain::Link};

fn written() -> String {
    let call = |number: usize| AuditEntry {
        time: jiff::Timestamp::UNIX_EPOCH,
        principal: Excerpt::of("somebody"),
        client: Some(Excerpt::of(format!("client {number}"))),
        tool: "get_config",
        effect: "read",
        target: Some(Excerpt::of("configs/c")),
        workspace: None,
        decision: Decision::Allowed,
        outcome: "ok",
        duration_ms: 3,
        trace_id: None,
        requests: Vec::new(),
        more_requests: 0,
    };
    let (mut last, mut text) = (Link::default(), String::new());
    for number in 0..4 {
        let (line, next) = last.next(&call(number)).unwrap();
        text = text + &line + "\n";
        last = next;
    }
    text
}

#[test]
fn audit_files() {
    let text = written();
    assert!(verify(text.as_bytes(), None).is_ok());
    let corpus = Corpus::with([text.clone()]);
    check!().for_each(|choices| {
        let edited = corpus.edited(choices);
        // Without an expected hash, the only edit that a check may accept is the removal of complete lines at the end.
        if verify(edited.as_bytes(), None).is_ok() {
            let is_beginning = text.starts_with(&edited);
            assert!(is_beginning, "taken for a chain: {edited}");
        }
    });
}
