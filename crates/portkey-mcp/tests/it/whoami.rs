//! Whose the key is, asked by a tool.

use serde_json::json;
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

use crate::process::{SandboxProcess, Wire};

#[test]
fn an_organisation_key_knows_itself() {
    let arguments = ["--sandbox", "--toolsets", "essentials", "--read-only"];
    let mut wire = Wire::initialised(&arguments, &[]);
    let told = wire.answer("whoami", json!({}));
    assert_eq!(told["kind"], "organisation", "{told}");
    assert_eq!(told["edition"], "classic");
    assert_eq!(told["profile"], "default");
    assert_eq!(told["policy"]["read_only"], true);
    assert_eq!(told["policy"]["confirm"], "auto");
    assert_eq!(told["workspaces"].as_array().unwrap().len(), 3);
    assert!(told["organisation_id"].is_string(), "{told}");
    assert!(told["scopes"].as_array().unwrap().len() > 20, "{told}");
    let shorter = wire.answer("whoami", json!({ "scopes": false }));
    assert!(shorter["scopes"].is_null(), "{shorter}");
    assert_eq!(told["unknown"].as_array().unwrap().len(), 1, "{told}");
    assert!(told["unknown"][0].as_str().unwrap().starts_with("plan: "));
}

#[test]
fn a_workspace_key_sees_its_workspace_alone() {
    let sandbox = SandboxProcess::start();
    let settings = [
        ("PORTKEY_BASE_URL", sandbox.url.as_str()),
        ("PORTKEY_API_KEY", sandbox.workspace_key.as_str()),
    ];
    let mut wire = Wire::initialised(&["--toolsets", "all"], &settings);
    let told = wire.answer("whoami", json!({}));
    assert_eq!(told["kind"], "workspace", "{told}");
    assert!(told["workspace_id"].is_string(), "{told}");
    assert_eq!(told["workspaces"].as_array().unwrap().len(), 1, "{told}");
    assert!(!told.to_string().contains(&sandbox.workspace_key), "{told}");
}

#[test]
fn whoever_is_limited_to_a_workspace_hears_of_no_other() {
    let arguments = [
        "--sandbox",
        "--toolsets",
        "all",
        "--only-workspaces",
        "ws-staging-51f0ae",
    ];
    let mut wire = Wire::initialised(&arguments, &[]);
    let told = wire.answer("whoami", json!({}));
    let names = told["workspaces"].to_string();
    assert!(!names.contains("Production"), "{told}");
    let restrictions = told["policy"]["restrictions"].as_str().unwrap();
    assert!(restrictions.contains("ws-staging-51f0ae"), "{restrictions}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_key_does_not_show_is_said() {
    let portkey = MockServer::start().await;
    Mock::given(any())
        .respond_with(ResponseTemplate::new(403))
        .mount(&portkey)
        .await;
    let url = portkey.uri();
    let settings = [("PORTKEY_BASE_URL", url.as_str()), ("PORTKEY_API_KEY", "k")];
    let mut wire = Wire::initialised(&["--toolsets", "all"], &settings);
    let told = wire.answer("whoami", json!({}));
    let unknown = told["unknown"].to_string();
    for part in [
        "kind: this key may not list",
        "scopes: ",
        "organisation_id: ",
        "plan: ",
        "workspaces: ",
    ] {
        assert!(unknown.contains(part), "{unknown}");
    }
}

#[test]
fn a_key_that_is_refused_is_nobodys() {
    let sandbox = SandboxProcess::start();
    let settings = [
        ("PORTKEY_BASE_URL", sandbox.url.as_str()),
        ("PORTKEY_API_KEY", "wrong"),
    ];
    let mut wire = Wire::initialised(&["--toolsets", "all"], &settings);
    let told = wire.failure("whoami", json!({}));
    assert!(told.contains("Check PORTKEY_API_KEY"), "{told}");
}
