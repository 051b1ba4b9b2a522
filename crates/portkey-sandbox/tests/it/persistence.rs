//! Sandboxes in files: what they keep, and which files they refuse.

use portkey_sandbox::{Options, Sandbox, StartFailure};
use serde_json::json;

use crate::client::start;

#[tokio::test]
async fn a_file_keeps_state_and_keys() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options {
        data: Some(folder.path().join("sandbox.db")),
        ..Options::default()
    };
    let first = start(options.clone()).await;
    let keys = first.sandbox.keys().clone();
    first
        .post("/admin/workspaces", json!({ "name": "Kept" }))
        .await;
    drop(first);

    let second = start(options.clone()).await;
    assert_eq!(*second.sandbox.keys(), keys);
    assert_eq!(
        second.get("/admin/workspaces?exact_name=Kept").await["total"],
        1
    );
    assert_eq!(second.get("/admin/users").await["total"], 8, "seeded once");
    drop(second);

    let chosen = Options {
        admin_key: Some("a key of my own choice".to_owned()),
        ..options
    };
    let third = start(chosen).await;
    assert_eq!(third.get("/admin/workspaces").await["total"], 4);
    let old = third.with_key(keys.admin);
    old.refusal("GET", "/admin/workspaces", json!({}))
        .await
        .is(401, "AB05", "");
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sandbox.db");
    let options = Options {
        data: Some(path.clone()),
        ..Options::default()
    };
    let admin = start(options).await;
    admin.get("/admin/workspaces").await;
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let mode = file.unwrap().metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[tokio::test]
async fn what_is_no_sandbox_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.txt");
    let text = "Not a database, but long enough to be taken for one. ".repeat(40);
    std::fs::write(&path, &text).unwrap();
    let options = Options {
        data: Some(path.clone()),
        ..Options::default()
    };
    let failure = Sandbox::start(options).await.unwrap_err();
    assert!(matches!(failure, StartFailure::File { .. }), "{failure}");
    assert_eq!(std::fs::read_to_string(path).unwrap(), text);
}

#[tokio::test]
async fn a_file_of_another_version_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options {
        data: Some(folder.path().join("sandbox.db")),
        ..Options::default()
    };
    start(options.clone()).await.get("/admin/workspaces").await;
    let file = rusqlite::Connection::open(options.data.as_ref().unwrap()).unwrap();
    file.pragma_update(None, "user_version", 99).unwrap();
    let failure = Sandbox::start(options).await.unwrap_err();
    assert!(
        matches!(failure, StartFailure::OtherVersion { found: 99, .. }),
        "{failure}"
    );
}

#[tokio::test]
async fn what_may_have_changed_something_leaves_a_trace() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sandbox.db");
    let options = Options {
        data: Some(path.clone()),
        ..Options::default()
    };
    let admin = start(options).await;
    admin.get("/admin/workspaces").await;
    admin
        .post("/admin/workspaces", json!({ "name": "Traced" }))
        .await;
    let twin = json!({ "name": "Traced" });
    admin
        .refusal("POST", "/admin/workspaces", twin)
        .await
        .is(409, "AB07", "name");
    let file = rusqlite::Connection::open(path).unwrap();
    let mut trail = file
        .prepare("SELECT resource_type, action, response_status_code, request_headers FROM audit_logs WHERE user_type = 'api_key' ORDER BY timestamp, response_status_code")
        .unwrap();
    let rows = trail.query_map([], |row| {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
    });
    let rows: Vec<(String, String, u16, String)> = rows.unwrap().collect::<Result<_, _>>().unwrap();
    let facts: Vec<_> = rows
        .iter()
        .map(|(resource, action, status, _)| (resource.as_str(), action.as_str(), *status))
        .collect();
    assert_eq!(
        facts,
        [("workspaces", "create", 200), ("workspaces", "create", 409)]
    );
    let key = &admin.sandbox.keys().admin;
    assert!(rows.iter().all(|(.., headers)| !headers.contains(key)));
}

#[tokio::test]
async fn a_taken_port_is_said_so() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let options = Options {
        port: taken.local_addr().unwrap().port(),
        ..Options::default()
    };
    let failure = Sandbox::start(options).await.unwrap_err();
    assert!(matches!(failure, StartFailure::Address { .. }), "{failure}");
}

#[tokio::test]
async fn keys_are_not_printed() {
    let sandbox = Sandbox::start(Options::default()).await.unwrap();
    let printed = format!("{sandbox:?}");
    assert!(!printed.contains(&sandbox.keys().admin));
    assert!(!printed.contains(&sandbox.keys().workspace));
}

#[tokio::test]
async fn a_dropped_sandbox_stops() {
    let admin = start(Options::default()).await;
    admin.get("/admin/workspaces").await;
    let address = admin.sandbox.url().strip_prefix("http://").unwrap();
    let address = address.strip_suffix("/v1").unwrap().to_owned();
    drop(admin);
    for _ in 0..100 {
        if tokio::net::TcpStream::connect(&address).await.is_err() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("it still listens");
}
