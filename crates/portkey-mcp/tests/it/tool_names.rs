//! Names of tools as hosts and models make them lead to the tool, and around nothing that stands before it.

use std::fs;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::process::Wire;

const SPELLINGS: [&str; 6] = [
    "delete_config",
    "mcp__portkey__delete_config",
    "portkey.deleteConfig",
    "portkey-mcp_delete_config",
    "functions.delete-config",
    "DELETE_CONFIG",
];

/// What is said of a call, whether the protocol refuses it or the tool.
fn told(wire: &mut Wire, name: &str) -> String {
    let call = json!({ "name": name, "arguments": { "slug": "pc-none" } });
    let answer = wire.request("tools/call", call);
    assert_ne!(answer["result"]["isError"], false, "{name}: {answer}");
    answer.to_string()
}

#[test]
fn a_tool_answers_to_the_names_that_hosts_make_of_it() {
    let mut wire = Wire::initialised(&["--sandbox"], &[]);
    for name in [
        "mcp__portkey__list_configs",
        "portkey.listConfigs",
        "list-configs",
        "functions.list_configs",
    ] {
        let configs = wire.answer(name, json!({ "page_size": 1 }));
        assert!(configs["data"].is_array(), "{name}: {configs}");
    }
    let told = told(&mut wire, "mcp__portkey__delete_configg");
    assert!(told.contains("`delete_config`"), "{told}");
}

#[test]
fn no_spelling_gets_around_tool_sets_policy_or_confirmation() {
    for (flags, reason) in [
        (
            &["--toolsets", "list_configs"][..],
            "not in this server's tool sets",
        ),
        (&["--deny", "delete_config"], "`--deny` names it"),
        (&["--read-only"], "read-only"),
    ] {
        let flags = [&["--sandbox"], flags].concat();
        let mut wire = Wire::initialised(&flags, &[]);
        for name in SPELLINGS {
            let told = told(&mut wire, name);
            assert!(told.contains(reason), "{flags:?} {name}: {told}");
        }
    }
    let mut wire = Wire::initialised(&["--sandbox", "--confirm", "always"], &[]);
    let slug = wire.answer("list_configs", json!({}))["data"][0]["slug"].clone();
    for name in SPELLINGS {
        let asked = wire.answer(name, json!({ "slug": slug }));
        assert_eq!(asked["done"], false, "{name}: {asked}");
    }
}

#[test]
fn the_audit_has_the_name_of_the_catalog() {
    let folder = TempDir::new().unwrap();
    let log = folder.path().join("audit.jsonl");
    let audit = format!("file:{}", log.display());
    let mut wire = Wire::initialised(
        &["--sandbox", "--deny", "delete_config", "--audit", &audit],
        &[],
    );
    wire.answer("portkey__listConfigs", json!({}));
    told(&mut wire, "mcp__portkey__delete_config");
    wire.close();
    let text = fs::read_to_string(log).unwrap();
    let tools: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["tool"].clone())
        .collect();
    assert_eq!(tools, ["list_configs", "delete_config"]);
}
