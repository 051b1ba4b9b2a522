//! Tokens made, listed and taken back from the command line, in a file that a server follows.

use std::{fs, os::unix::fs::PermissionsExt as _};

use reqwest::StatusCode;
use serde_json::json;
use tempfile::TempDir;

use crate::{
    process::{run, text},
    served::{Served, until},
};

#[tokio::test]
async fn a_token_is_made_listed_and_taken_back_in_its_file() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("tokens.toml");
    let file = path.to_str().unwrap();
    let output = run(
        &[
            "token",
            "new",
            "ci",
            "--file",
            file,
            "--groups",
            "ops,qa",
            "--expires",
            "90d",
        ],
        &[],
    );
    assert!(output.status.success(), "{output:?}");
    assert!(output.stdout.is_empty());
    let mode = || fs::metadata(&path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(), 0o600);
    let secret = text(&output.stderr);
    let secret = secret.trim().rsplit(' ').next().unwrap().to_owned();
    assert!(!fs::read_to_string(&path).unwrap().contains(&secret));

    // Its group may read it, as that of a container does.
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    assert!(
        run(&["token", "new", "ada", "--file", file], &[])
            .status
            .success()
    );
    assert_eq!(mode(), 0o640);
    let again = run(&["token", "new", "ci", "--file", file], &[]);
    assert_eq!(again.status.code(), Some(2));
    assert!(text(&again.stderr).contains("token revoke ci"), "{again:?}");

    let listed = text(&run(&["token", "list", "--file", file], &[]).stdout);
    let lines: Vec<_> = listed.lines().collect();
    assert!(
        lines[0].starts_with("ci  groups ops,qa  expires 2"),
        "{listed}"
    );
    assert_eq!(lines[1..], ["ada"]);

    let server = Served::on_sandbox(&["--tokens", file]);
    assert!(
        !server.told.iter().any(|line| line.contains("everybody")),
        "{:?}",
        server.told
    );
    let status = async || {
        let request = server.modern("tools/list", json!({})).bearer_auth(&secret);
        request.send().await.unwrap().status()
    };
    assert_eq!(status().await, StatusCode::OK);
    assert!(
        run(&["token", "revoke", "ci", "--file", file], &[])
            .status
            .success()
    );
    until("the token is taken back".to_owned(), async || {
        (status().await == StatusCode::UNAUTHORIZED).then_some(())
    })
    .await;
    let gone = run(&["token", "revoke", "ci", "--file", file], &[]);
    assert_eq!(gone.status.code(), Some(2), "{gone:?}");
    for expires in ["soon", "2001-01-01"] {
        let refused = run(
            &["token", "new", "b", "--file", file, "--expires", expires],
            &[],
        );
        assert_eq!(refused.status.code(), Some(2), "{expires}");
    }
}
