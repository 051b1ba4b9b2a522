//! New secrets go where the operator wants them, and nothing else is ever shown in clear.

use std::fs;

use serde_json::{Value, json};

use crate::process::{SandboxProcess, Wire};

fn new_key() -> Value {
    json!({ "type": "organisation", "sub_type": "service", "name": "canary", "scopes": ["workspaces.list"] })
}

#[test]
fn by_default_a_file_of_the_user_gets_the_key() {
    let mut wire = Wire::initialised(&["--sandbox"], &[]);
    let answer = wire.answer("create_api_key", new_key());
    let shown = answer["key"].as_str().unwrap();
    let path = wire.home.path().join("portkey-mcp/secrets.jsonl");
    assert!(
        shown.contains("*****") && shown.contains(path.to_str().unwrap()),
        "{shown}"
    );
    let line: Value = serde_json::from_str(fs::read_to_string(&path).unwrap().trim()).unwrap();
    assert_eq!(line["id"], answer["id"]);
    assert_eq!(line["tool"], "create_api_key");
    let secret = line["secret"].as_str().unwrap();
    assert!(!shown.contains(secret) && secret.len() > 12);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }
}

#[test]
fn inline_shows_the_key_once() {
    let mut wire = Wire::initialised(&["--sandbox", "--secrets", "inline"], &[]);
    let made = wire.answer("create_api_key", new_key());
    assert!(!made["key"].as_str().unwrap().contains('*'));
    let read = wire.answer("get_api_key", json!({ "id": made["id"] }));
    assert!(read["key"].as_str().unwrap().contains("*****"));
}

#[test]
fn mask_keeps_the_key_from_everyone() {
    let mut wire = Wire::initialised(&["--sandbox", "--secrets", "mask"], &[]);
    let made = wire.answer("create_api_key", new_key());
    assert!(made["key"].as_str().unwrap().contains("*****"));
}

#[test]
fn a_file_that_cannot_be_written_is_noticed_before_the_key_is_made() {
    let mut wire = Wire::initialised(&["--sandbox", "--secrets", "file:/dev/null/secrets"], &[]);
    let text = wire.failure("create_api_key", new_key());
    assert!(
        text.contains("--secrets") && text.contains("Nothing was sent"),
        "{text}"
    );
    let keys = wire.answer("list_api_keys", json!({}));
    let names: Vec<_> = keys["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|key| &key["name"])
        .collect();
    assert!(!names.contains(&&json!("canary")), "{names:?}");
}

#[test]
fn invitation_links_are_secrets() {
    let mut wire = Wire::initialised(&["--sandbox", "--secrets", "mask"], &[]);
    let workspaces = wire.answer("list_workspaces", json!({}));
    let invited = wire.answer(
        "invite_user",
        json!({
            "email": "new@example.com",
            "role": "member",
            "workspaces": [{ "id": workspaces["data"][0]["slug"], "role": "member" }],
        }),
    );
    assert!(
        invited["invite_link"].as_str().unwrap().contains("*****"),
        "{invited}"
    );
    let again = wire.answer("resend_user_invite", json!({ "invite_id": invited["id"] }));
    assert!(
        again["inviteLink"].as_str().unwrap().contains("*****"),
        "{again}"
    );
}

#[test]
fn secrets_inside_configs_and_provider_keys_never_come_back() {
    const CANARY: &str = "sk-canary-0123456789abcdef";
    let sandbox = SandboxProcess::start();
    let mut wire = Wire::initialised(&[], &sandbox.settings());
    let key = json!({ "name": "canary key", "provider": "openai", "key": CANARY });
    let made = wire.call("create_virtual_key", key);
    let config = json!({
        "name": "canary config",
        "config": { "strategy": { "mode": "single" }, "targets": [{ "provider": "openai", "api_key": CANARY }] },
    });
    let config = wire.answer("create_config", config);
    let read = wire.answer("get_config", json!({ "slug": config["slug"] }));
    let masked = read["config"]["targets"][0]["api_key"].as_str().unwrap();
    assert_eq!(masked, "sk*****def");
    let versions = wire.call("list_config_versions", json!({ "slug": config["slug"] }));
    let keys = wire.call("list_virtual_keys", json!({}));
    for shown in [&made, &read, &versions, &keys] {
        assert!(!shown.to_string().contains(CANARY), "{shown}");
    }
}

#[test]
fn a_preview_masks_what_the_request_would_carry() {
    const CANARY: &str = "sk-canary-0123456789abcdef";
    let arguments = [
        "call",
        "create_virtual_key",
        "--name",
        "n",
        "--provider",
        "openai",
        "--key",
        CANARY,
        "--dry-run",
    ];
    let output = crate::process::run(&arguments, &[]);
    let text = crate::process::text(&output.stdout);
    assert!(
        text.starts_with("POST /virtual-keys") && text.contains("sk*****def"),
        "{text}"
    );
    assert!(!text.contains(CANARY));
}
