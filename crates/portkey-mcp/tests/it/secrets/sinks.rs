//! Where new secrets go is nobody else's, and says nothing of them.

use std::{
    fs::{self, Permissions},
    os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown, symlink},
    path::Path,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::new_key;
use crate::process::Wire;

/// Makes a key with a command as the sink, and returns the key and what the assistant is told of it.
fn kept_by(script: &str) -> (String, String) {
    let folder = TempDir::new().unwrap();
    let vault = folder.path().join("vault");
    let sink = format!("exec:sh -c 'tee {} | {script}'", vault.display());
    let mut wire = Wire::initialised(&["--sandbox", "--secrets", &sink], &[]);
    let answer = wire.answer("create_api_key", new_key());
    let record: Value = serde_json::from_str(&fs::read_to_string(vault).unwrap()).unwrap();
    let secret = record["secret"].as_str().unwrap().to_owned();
    (secret, answer["key"].as_str().unwrap().to_owned())
}

#[test]
fn a_command_that_prints_of_what_it_keeps_is_not_quoted() {
    let bare = r#"tr -d "\"{}" | sed "s/.*secret://""#;
    for script in [
        "cat".to_owned(),
        format!("{bare} | cut -c 1-12"),
        format!("{bare} | cut -c 9-20 | sed \"s/^/kept as /\""),
        format!("{bare} | base64 -w 0"),
        format!("{bare} | od -An -v -tx1 | tr -d \" \\n\""),
        format!("{bare} | fold -w 4 | tr \"\\n\" -"),
        format!("sed \"s/^/{}/\"", "x".repeat(180)),
        format!("{bare} > /dev/null; echo in the vault"),
    ] {
        let (secret, shown) = kept_by(&script);
        let last = &secret[secret.len() - 4..];
        let told = if script.ends_with("vault") {
            "in the vault"
        } else {
            "the operator's sh"
        };
        assert_eq!(
            shown,
            format!("*****{last} (in full with {told})"),
            "{script}"
        );
    }
}

#[test]
fn a_command_that_leaves_a_child_behind_has_the_secret() {
    let sink = "exec:sh -c 'cat > /dev/null; echo vault; sleep 30 & exit 0'";
    let mut wire = Wire::initialised(&["--sandbox", "--secrets", sink], &[]);
    let begun = Instant::now();
    let answer = wire.answer("create_api_key", new_key());
    let shown = answer["key"].as_str().unwrap();
    assert!(shown.ends_with("(in full with vault)"), "{shown}");
    // Far below what a command may take, and what the child takes.
    assert!(begun.elapsed() < Duration::from_secs(9));
}

/// What is said of a sink that is not taken, which must be before the key is made.
fn refused(sink: &Path, more: &[&str]) -> String {
    let sink = format!("file:{}", sink.display());
    let mut arguments = vec!["--sandbox", "--secrets", &sink];
    arguments.extend(more);
    let mut wire = Wire::initialised(&arguments, &[]);
    let told = wire.failure("create_api_key", new_key());
    assert!(told.contains("Nothing was sent"), "{told}");
    let keys = wire.answer("list_api_keys", json!({}));
    assert!(!keys.to_string().contains("canary"), "{keys}");
    told
}

#[test]
fn a_link_in_the_place_of_the_file_is_not_followed() {
    let folder = TempDir::new().unwrap();
    let [target, link, hard] = ["target", "link", "hard"].map(|name| folder.path().join(name));
    fs::write(&target, "mine\n").unwrap();
    fs::set_permissions(&target, Permissions::from_mode(0o644)).unwrap();
    symlink(&target, &link).unwrap();
    fs::hard_link(&target, &hard).unwrap();
    assert!(refused(&link, &[]).contains("symbolic link"));
    assert!(refused(&hard, &[]).contains("hard link"));
    assert_eq!(fs::read_to_string(&target).unwrap(), "mine\n");
    let mode = fs::metadata(&target).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o644);
}

#[test]
fn a_file_of_somebody_else_gets_no_secret_even_from_the_superuser() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("secrets.jsonl");
    fs::write(&file, "").unwrap();
    if fs::metadata(&file).unwrap().uid() != 0 {
        eprintln!("SKIPPED: only the superuser can give a file away");
        return;
    }
    chown(&file, Some(65534), Some(65534)).unwrap();
    assert!(refused(&file, &[]).contains("another user"));
    assert_eq!(fs::read_to_string(&file).unwrap(), "");
}

#[test]
fn a_file_of_the_server_is_no_place_for_secrets() {
    let folder = TempDir::new().unwrap();
    let audit = folder.path().join("audit.jsonl");
    let setting = format!("--audit=file:{}", audit.display());
    let told = refused(&audit, &[&setting]);
    assert!(told.contains("this server's own"), "{told}");
    assert!(
        !fs::read_to_string(&audit)
            .unwrap_or_default()
            .contains("secret\"")
    );
}

#[test]
fn a_line_that_was_cut_off_does_not_spoil_the_next_secret() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("secrets.jsonl");
    let torn = r#"{"time":"2026-07-28T09:00:00Z","tool":"create_api_key","secr"#;
    fs::write(&file, torn).unwrap();
    let sink = format!("file:{}", file.display());
    let mut wire = Wire::initialised(&["--sandbox", "--secrets", &sink], &[]);
    let answer = wire.answer("create_api_key", new_key());
    wire.answer("create_api_key", new_key());
    let text = fs::read_to_string(&file).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!((lines.len(), lines[0]), (3, torn), "{text}");
    let kept: Value = serde_json::from_str(lines[1]).unwrap();
    assert_eq!(kept["id"], answer["id"]);
    assert!(text.ends_with('\n'));
}
