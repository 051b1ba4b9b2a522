//! A restriction that is misspelt does not leave the server unrestricted: it does not start.

use std::fs;

use tempfile::TempDir;

use crate::process::{run, text};

/// What a server says that must not start, on either transport.
fn refusals(arguments: &[&str], settings: &[(&str, &str)]) -> Vec<String> {
    let transports: [&[&str]; 2] = [&["serve"], &["http"]];
    let mut told = Vec::new();
    for transport in transports {
        let words: Vec<&str> = transport.iter().chain(arguments).copied().collect();
        let mut all = vec![("PORTKEY_SANDBOX", "true"), ("MCP_PORT", "0")];
        all.extend(settings);
        let ended = run(&words, &all);
        let said = text(&ended.stderr);
        assert_eq!(ended.status.code(), Some(2), "{words:?}: {said}");
        assert!(!said.contains("serving MCP"), "{said}");
        told.push(said);
    }
    told
}

#[test]
fn a_misspelt_flag_or_variable_names_the_setting_that_is_meant() {
    for (arguments, settings, meant) in [
        (&["--read-onyl"][..], &[][..], "--read-only"),
        (&["--readonly"], &[], "--read-only"),
        (&["--only-workspace", "a"], &[], "--only-workspaces"),
        (&["--quota-delets", "1/h"], &[], "--quota-deletes"),
        (
            &[],
            &[("PORTKEY_MCP_READONLY", "true")],
            "PORTKEY_MCP_READ_ONLY",
        ),
        (
            &[],
            &[("PORTKEY_MCP_READ_ONYL", "true")],
            "PORTKEY_MCP_READ_ONLY",
        ),
        (
            &[],
            &[("PORTKEY_MCP_ONLY_WORKSPACE", "a")],
            "PORTKEY_MCP_ONLY_WORKSPACES",
        ),
        (&[], &[("PORTKEY_MCP_DENIES", "users")], "PORTKEY_MCP_DENY"),
    ] {
        for told in refusals(arguments, settings) {
            assert!(told.contains(meant), "{arguments:?} {settings:?}: {told}");
        }
    }
}

#[test]
fn a_value_that_means_nothing_does_not_start_the_server() {
    for (arguments, meant) in [
        (["--effects", "read,delet"], "did you mean `delete`?"),
        (["--effects", ""], "expected some of"),
        (["--allow", "workspacs"], "did you mean `workspaces`?"),
        (["--deny", "delete_usr"], "did you mean `delete_user`?"),
        (["--deny", ""], "expected the names"),
        (["--only-workspaces", " , "], "slugs or UUIDs"),
        (["--quota-deletes", "many"], "such as `10/s`"),
    ] {
        for told in refusals(&arguments, &[]) {
            assert!(told.contains(meant), "{arguments:?}: {told}");
        }
    }
    for told in refusals(&["--read-only=yess"], &[]) {
        assert!(told.contains("--read-only"), "{told}");
    }
}

#[test]
fn the_file_is_as_strict() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("portkey.toml");
    for (content, meant) in [
        ("read-onyl = true\n", "did you mean `read-only`?"),
        ("effects = ['delet']\n", "did you mean `delete`?"),
        (
            "[[grants]]\nread-onyl = true\n",
            "unknown field `read-onyl`",
        ),
        ("[[grants]]\neffects = 'delet'\n", "did you mean `delete`?"),
        (
            "[[grants]]\nquotas = { delete = '1/h' }\n",
            "unknown field `delete`",
        ),
    ] {
        fs::write(&path, content).unwrap();
        for told in refusals(&["--config", path.to_str().unwrap()], &[]) {
            assert!(told.contains(meant), "{content}: {told}");
        }
    }
}
