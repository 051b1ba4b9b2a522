//! Lines and bodies that are almost messages: whatever comes, the server answers the next one.

use std::{panic::AssertUnwindSafe, sync::Mutex};

use portkey_fuzz::{Corpus, check};
use serde_json::json;
use tokio::runtime::Runtime;

use crate::{process::Wire, served::Served};

#[test]
fn lines_on_standard_input() {
    let corpus = Corpus::of("messages");
    let wire = Wire::initialised(&[], &[("PORTKEY_SANDBOX", "true")]);
    let wire = Mutex::new((wire, 0));
    check!().for_each(|choices| {
        let (wire, count) = &mut *wire.lock().unwrap();
        *count += 1;
        let id = format!("still there {count}");
        wire.line(&corpus.edited(choices));
        wire.send(&json!({ "jsonrpc": "2.0", "id": id, "method": "ping" }));
        while wire.next()["id"] != id.as_str() {}
    });
}

#[test]
fn bodies_over_http() {
    let corpus = Corpus::of("messages");
    let server = AssertUnwindSafe(Served::on_sandbox(&["--max-concurrent", "64"]));
    let runtime = AssertUnwindSafe(Runtime::new().unwrap());
    let session = runtime.block_on(server.session());
    check!().for_each(|choices| {
        let revision = ["2025-03-26", "2025-11-25", "2026-07-28"];
        let revision = revision[choices.len() % revision.len()];
        let body = corpus.edited(choices);
        let request = server
            .post(&json!(null))
            .header("mcp-session-id", &session)
            .header("mcp-protocol-version", revision)
            .body(body.clone());
        // Streams of answers may stay open; the head of the answer has to do.
        let status = runtime.block_on(request.send()).unwrap().status();
        assert!(!status.is_server_error(), "{status} for {body}");
    });
}
