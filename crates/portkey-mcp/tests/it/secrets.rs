//! New secrets go where the operator wants them, and nothing else is ever shown in clear.

mod oracles;
mod recorded;
#[cfg(unix)]
mod sinks;
#[cfg(unix)]
mod sources;

use std::{fs, process::Command};

#[cfg(target_os = "linux")]
use portkey_testing::outside;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::process::{SandboxProcess, Wire, program};

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

#[cfg(unix)]
#[test]
fn a_command_of_the_operator_gets_the_key() {
    let folder = TempDir::new().unwrap();
    let (vault, seen) = (folder.path().join("vault"), folder.path().join("seen"));
    let script = format!(
        "cat >> {vault}; echo \"$PORTKEY_API_KEY$PORTKEY_SECRETS\" > {seen}; echo vault: team/keys",
        vault = vault.display(),
        seen = seen.display(),
    );
    let sandbox = SandboxProcess::start();
    let sink = format!("exec:sh -c '{script}'");
    let mut settings = sandbox.settings().to_vec();
    settings.push(("PORTKEY_SECRETS", &sink));
    let mut wire = Wire::initialised(&[], &settings);
    let answer = wire.answer("create_api_key", new_key());
    let record: Value = serde_json::from_str(&fs::read_to_string(vault).unwrap()).unwrap();
    let secret = record["secret"].as_str().unwrap();
    let last = &secret[secret.len() - 4..];
    assert_eq!(
        answer["key"],
        format!("*****{last} (in full with vault: team/keys)")
    );
    assert_eq!(record["id"], answer["id"]);
    assert_eq!(record["tool"], "create_api_key");
    assert_eq!(record["field"], "key");
    assert_eq!(record["principal"], "local");
    assert_eq!(
        fs::read_to_string(seen).unwrap(),
        "\n",
        "a command sees neither keys nor settings"
    );
}

#[cfg(unix)]
#[test]
fn what_a_command_does_not_take_is_said_to_be_lost() {
    let sink = "exec:sh -c 'cat >/dev/null; exit 3'";
    let mut wire = Wire::initialised(&["--sandbox", "--secrets", sink], &[]);
    let text = wire.failure("create_api_key", new_key());
    for part in [
        "could not be kept",
        "exit status: 3",
        "rotate_api_key",
        "\"key\":\"*****",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn a_sink_that_is_not_there_is_noticed_before_the_key_is_made() {
    let nowhere = [
        ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent"),
        ("XDG_RUNTIME_DIR", "/nonexistent"),
    ];
    for sink in ["exec:no-such-command-here", "keyring"] {
        // Other systems have their own store, which may well be there.
        if sink == "keyring" && !cfg!(target_os = "linux") {
            continue;
        }
        let mut wire = Wire::initialised(&["--sandbox", "--secrets", sink], &nowhere);
        let text = wire.failure("create_api_key", new_key());
        assert!(
            text.contains("--secrets") && text.contains("Nothing was sent"),
            "{text}"
        );
        let keys = wire.answer("list_api_keys", json!({}));
        assert!(!keys.to_string().contains("canary"), "{keys}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn the_keyring_gets_the_key() {
    let Some(daemon) = outside("TEST_SECRET_SERVICE", "the program `gnome-keyring-daemon`") else {
        return;
    };
    let home = TempDir::new().unwrap();
    let script = format!(
        "echo pw | {} --unlock --components=secrets >/dev/null 2>&1; \
         exec {} call create_api_key --sandbox --secrets keyring --type organisation --sub-type service \
         --name canary --scopes '[\"workspaces.list\"]'",
        daemon.display(),
        program().display()
    );
    let output = Command::new("dbus-run-session")
        .args(["--", "sh", "-c", &script])
        .env("HOME", home.path())
        .env("XDG_DATA_HOME", home.path())
        .env("XDG_RUNTIME_DIR", home.path())
        .output()
        .unwrap();
    let text = crate::process::text(&output.stdout);
    let (told, stderr) = (&text, String::from_utf8_lossy(&output.stderr));
    let answer: Value = serde_json::from_str(told).unwrap_or_else(|_| panic!("{told}{stderr}"));
    let shown = answer["key"].as_str().unwrap();
    let account = format!(
        "account create_api_key/{}/key",
        answer["id"].as_str().unwrap()
    );
    assert!(
        shown.starts_with("*****") && shown.contains(&account),
        "{shown}"
    );
    assert!(home.path().join("keyrings").is_dir());
}

#[test]
fn a_reference_brings_the_secret_past_the_chat() {
    const CANARY: &str = "sk-canary-0123456789abcdef";
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("openai");
    fs::write(&path, format!("{CANARY}\n")).unwrap();
    let allowed = format!("env:OPENAI_*,file:{}/*", folder.path().display());
    let sandbox = SandboxProcess::start();
    let mut settings = sandbox.settings().to_vec();
    settings.push(("PORTKEY_MCP_SECRET_SOURCES", &allowed));
    settings.push(("OPENAI_KEY", CANARY));
    let mut wire = Wire::initialised(&["--toolsets", "all"], &settings);
    let file = format!("file:{}", path.display());
    for (slug, reference) in [("by-name", "env:OPENAI_KEY"), ("by-path", &file)] {
        let arguments =
            json!({ "name": slug, "ai_provider_id": "openai", "slug": slug, "key": reference });
        let mut preview = arguments.clone();
        preview["dry_run"] = true.into();
        let preview = wire.answer("create_integration", preview);
        assert!(preview.to_string().contains(reference), "{preview}");
        wire.answer("create_integration", arguments);
        let made = wire.answer("get_integration", json!({ "slug": slug }));
        assert_eq!(made["masked_key"], "sk*****def", "{made}");
    }
}

#[test]
fn a_reference_that_is_not_allowed_is_never_sent() {
    let settings = [("OPENAI_KEY", "sk-1"), ("PORTKEY_SANDBOX", "true")];
    let arguments = |reference: &str| json!({ "name": "n", "ai_provider_id": "openai", "slug": "by-name", "key": reference });
    let mut wire = Wire::initialised(&["--toolsets", "all"], &settings);
    let text = wire.failure("create_integration", arguments("env:OPENAI_KEY"));
    for part in [
        "`key`",
        "PORTKEY_MCP_SECRET_SOURCES",
        "never needs to be in the chat",
        "Nothing was sent",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let mut dry_run = arguments("env:OPENAI_KEY");
    dry_run["dry_run"] = true.into();
    wire.failure("create_integration", dry_run);
    let mut wire = Wire::initialised(
        &["--toolsets", "all", "--secret-sources", "env:*"],
        &settings,
    );
    let text = wire.failure("create_integration", arguments("env:PORTKEY_API_KEY"));
    assert!(text.contains("this server's own"), "{text}");
}

#[test]
fn a_source_that_is_none_stops_the_program() {
    let output = crate::process::run(&["tools", "--secret-sources", "OPENAI_KEY"], &[]);
    assert!(!output.status.success());
    let text = crate::process::text(&output.stderr);
    assert!(text.contains("env:NAME"), "{text}");
}
