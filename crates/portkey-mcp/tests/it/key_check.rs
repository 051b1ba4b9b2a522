//! A key that does not work is told while a server starts, since clients show it as connected all the same.

use std::{
    fs::{self, File},
    path::PathBuf,
};

use serde_json::{Value, json};
use tempfile::TempDir;
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

use crate::{
    process::{SandboxProcess, Wire},
    served::{Served, initialize, message, until},
};

/// The setting that tests otherwise have on.
const CHECK: (&str, &str) = ("PORTKEY_SKIP_KEY_CHECK", "false");

/// A server on standard input and output, with the file of what it says on standard error.
struct Local {
    wire: Wire,
    log: PathBuf,
    _folder: TempDir,
}

impl Local {
    fn start(settings: &[(&str, &str)]) -> Self {
        let folder = TempDir::new().unwrap();
        let log = folder.path().join("log");
        Self {
            wire: Wire::start_logging(&[], settings, File::create(&log).unwrap().into()),
            log,
            _folder: folder,
        }
    }

    /// Waits until it says this on standard error.
    async fn says(&self, part: &str) {
        until(format!("it says {part}"), async || {
            let said = fs::read_to_string(&self.log).unwrap();
            said.contains(part).then_some(())
        })
        .await;
    }

    fn instructions(&mut self) -> String {
        let opened = self.wire.initialise("2025-11-25");
        opened["result"]["instructions"]
            .as_str()
            .unwrap()
            .to_owned()
    }
}

/// A Portkey that answers every request with an empty list.
async fn portkey() -> MockServer {
    let portkey = MockServer::start().await;
    let list = json!({ "object": "list", "total": 1, "data": [{ "organisation_id": "org-1" }] });
    Mock::given(any())
        .respond_with(ResponseTemplate::new(200).set_body_json(list))
        .mount(&portkey)
        .await;
    portkey
}

async fn requests(portkey: &MockServer) -> usize {
    portkey.received_requests().await.unwrap().len()
}

#[tokio::test]
async fn a_refused_key_is_said_in_the_log_and_in_the_instructions() {
    let sandbox = SandboxProcess::start();
    let settings = [
        ("PORTKEY_BASE_URL", sandbox.url.as_str()),
        ("PORTKEY_API_KEY", "c4n4ry-0123456789"),
        CHECK,
    ];
    let mut local = Local::start(&settings);
    local.says("does not accept PORTKEY_API_KEY").await;
    let instructions = local.instructions();
    assert!(
        instructions.starts_with("THE API KEY DOES NOT WORK: Portkey at "),
        "{instructions}"
    );
    assert!(!instructions.contains("c4n4ry"), "{instructions}");
    let told = local.wire.failure("list_workspaces", json!({}));
    assert!(told.contains("Check PORTKEY_API_KEY"), "{told}");
}

#[tokio::test]
async fn over_http_a_refused_key_is_said_too() {
    let sandbox = SandboxProcess::start();
    let settings = [
        ("PORTKEY_BASE_URL", sandbox.url.as_str()),
        ("PORTKEY_API_KEY", "c4n4ry-0123456789"),
        CHECK,
    ];
    let server = Served::start(&["--auth", "none"], &settings);
    server.says("does not accept PORTKEY_API_KEY").await;
    let opened = server.post(&initialize("2025-11-25")).send().await.unwrap();
    let opened = message(opened).await;
    let instructions = opened["result"]["instructions"].as_str().unwrap();
    assert!(
        instructions.starts_with("THE API KEY DOES NOT WORK:"),
        "{instructions}"
    );
}

#[tokio::test]
async fn a_placeholder_is_said_at_once_and_sent_nowhere() {
    let portkey = portkey().await;
    for key in [
        "your-api-key",
        "<your key>",
        "${PORTKEY_API_KEY}",
        "'quoted-0123'",
    ] {
        let url = portkey.uri();
        let settings = [
            ("PORTKEY_BASE_URL", url.as_str()),
            ("PORTKEY_API_KEY", key),
            CHECK,
        ];
        let mut local = Local::start(&settings);
        let instructions = local.instructions();
        assert!(
            instructions.starts_with("THE API KEY DOES NOT WORK: PORTKEY_API_KEY "),
            "{key}: {instructions}"
        );
        local.says("PORTKEY_API_KEY").await;
    }
    assert_eq!(requests(&portkey).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_costs_one_request_which_no_call_repeats() {
    let portkey = portkey().await;
    let url = portkey.uri();
    let settings = [
        ("PORTKEY_BASE_URL", url.as_str()),
        ("PORTKEY_API_KEY", "aB3dEfGh1jKlMn0p"),
        CHECK,
    ];
    let mut local = Local::start(&settings);
    until("the key is checked".to_owned(), async || {
        (requests(&portkey).await == 1).then_some(())
    })
    .await;
    let instructions = local.instructions();
    assert!(instructions.starts_with("Administers"), "{instructions}");
    let called = local
        .wire
        .call("list_workspaces", json!({ "page_size": 1 }));
    let origin: &Value = &called["_meta"]["portkey-mcp/origin"];
    assert_eq!(origin["organisation"], "org-1");
    assert_eq!(requests(&portkey).await, 2);
}

#[tokio::test]
async fn a_server_that_is_told_not_to_ask_does_not() {
    let portkey = portkey().await;
    let url = portkey.uri();
    let settings = [
        ("PORTKEY_BASE_URL", url.as_str()),
        ("PORTKEY_API_KEY", "aB3dEfGh1jKlMn0p"),
    ];
    let mut local = Local::start(&settings);
    local.instructions();
    local.wire.request("tools/list", json!({}));
    assert_eq!(requests(&portkey).await, 0);
}
