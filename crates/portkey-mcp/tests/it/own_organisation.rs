//! The organisation of the key need not be named.

use serde_json::json;
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::path};

use crate::process::{Wire, run, text};

#[test]
fn what_wants_the_organisation_named_takes_that_of_the_key() {
    let mut wire = Wire::initialised(&["--sandbox", "--toolsets", "all"], &[]);
    let switch = json!([{ "workspace_id": "ws-staging-51f0ae", "excluded": true }]);
    for direction in ["input", "output"] {
        let tool = |verb| format!("{verb}_{direction}_guardrail_workspace_exclusions");
        wire.answer(&tool("update"), json!({ "workspaces": switch }));
        let listed = wire.answer(&tool("list"), json!({}));
        let ids = listed.to_string();
        assert!(ids.contains("\"excluded\":true"), "{ids}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_does_not_tell_is_named_as_the_reason() {
    let portkey = MockServer::start().await;
    let lists_no_keys = ResponseTemplate::new(403);
    Mock::given(path("/api-keys"))
        .respond_with(lists_no_keys)
        .mount(&portkey)
        .await;
    let url = portkey.uri();
    let settings = [("PORTKEY_BASE_URL", url.as_str()), ("PORTKEY_API_KEY", "k")];
    let refused = Wire::initialised(&["--toolsets", "all"], &settings)
        .failure("list_input_guardrail_workspace_exclusions", json!({}));
    for part in ["`organisation_id`: is missing", "UUID"] {
        assert!(refused.contains(part), "{refused}");
    }
    let asked = portkey.received_requests().await.unwrap();
    assert!(
        asked
            .iter()
            .all(|request| !request.url.path().starts_with("/workspace-exclusions"))
    );
}

#[test]
fn a_dry_run_without_a_key_shows_the_request_all_the_same() {
    let output = run(
        &[
            "call",
            "update_input_guardrail_workspace_exclusions",
            "--dry-run",
            "--workspaces",
            r#"[{"workspace_id": "ws-1", "excluded": true}]"#,
        ],
        &[("PORTKEY_BASE_URL", "http://127.0.0.1:9")],
    );
    assert!(output.status.success(), "{}", text(&output.stderr));
    let shown = text(&output.stdout);
    assert!(
        shown.starts_with("PUT /workspace-exclusions/input-guardrails\n"),
        "{shown}"
    );
}
