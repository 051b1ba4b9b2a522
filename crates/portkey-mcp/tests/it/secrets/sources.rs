//! The server's own files are no sources of secrets, under whatever name they are reached.

use std::{fs, os::unix::fs::symlink, path::Path};

use serde_json::json;
use tempfile::TempDir;

use super::new_key;
use crate::process::{SandboxProcess, Wire};

fn refused(wire: &mut Wire, path: &Path) -> String {
    let reference = format!("file:{}", path.display());
    let arguments =
        json!({ "name": "n", "ai_provider_id": "openai", "slug": "own", "key": reference });
    wire.failure("create_integration", arguments)
}

#[test]
fn own_files_cannot_be_referred_to_by_another_name() {
    let sandbox = SandboxProcess::start();
    let folder = TempDir::new().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("config.toml"), "toolsets = \"all\"\n").unwrap();
    let config = format!("--config={}", at("config.toml").display());
    let audit = format!("--audit=file:{}", at("audit.jsonl").display());
    let sources = format!("--secret-sources=file:{}/**/*", folder.path().display());
    let journal = format!("--journal=sqlite:{}", at("journal.sqlite").display());
    let secrets = format!("--secrets=file:{}", at("secrets.jsonl").display());
    let arguments = [
        config.as_str(),
        audit.as_str(),
        sources.as_str(),
        journal.as_str(),
        secrets.as_str(),
    ];
    let mut wire = Wire::initialised(&arguments, &sandbox.settings());
    wire.answer("create_api_key", new_key());
    fs::create_dir(at("other")).unwrap();
    for name in [
        "config.toml",
        "audit.jsonl",
        "secrets.jsonl",
        "journal.sqlite",
        "journal.sqlite-quotas",
    ] {
        let told = refused(&mut wire, &at(name));
        assert!(told.contains("this server's own"), "{name}: {told}");
        let soft = at(&format!("soft-{name}"));
        symlink(at(name), &soft).unwrap();
        let told = refused(&mut wire, &soft);
        assert!(told.contains("this server's own"), "{name}: {told}");
        // An audit log with a second name is not written to, so that nothing is changed at all.
        if name == "audit.jsonl" {
            continue;
        }
        let hard = at("other").join(name);
        fs::hard_link(at(name), &hard).unwrap();
        let told = refused(&mut wire, &hard);
        assert!(told.contains("this server's own"), "{name}: {told}");
        fs::remove_file(hard).unwrap();
    }
}

#[test]
fn files_that_no_setting_names_are_own_all_the_same() {
    let sandbox = SandboxProcess::start();
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("portkey-mcp");
    let sources = format!("file:{}/*", data.display());
    let mut settings = sandbox.settings().to_vec();
    settings.push(("PORTKEY_MCP_SECRET_SOURCES", &sources));
    settings.push(("XDG_DATA_HOME", folder.path().to_str().unwrap()));
    let mut wire = Wire::initialised(&["--toolsets=all"], &settings);
    wire.answer("create_api_key", new_key());
    for name in ["audit.jsonl", "secrets.jsonl", "journal.sqlite"] {
        assert!(data.join(name).exists(), "{name}");
        let told = refused(&mut wire, &data.join(name));
        assert!(told.contains("this server's own"), "{name}: {told}");
    }
}
