//! What sandboxes begin with.

use portkey_sandbox::{Options, Seed};
use serde_json::{Value, json};

use crate::client::{Client, each, start};

const EVER: &str =
    "time_of_generation_min=2000-01-01T00:00:00Z&time_of_generation_max=2100-01-01T00:00:00Z";

async fn seeded(seed: Seed) -> Client {
    let options = Options {
        seed,
        ..Options::default()
    };
    start(options).await
}

#[tokio::test]
async fn an_empty_sandbox_has_two_people_a_workspace_and_its_keys() {
    let admin = seeded(Seed::Empty).await;
    let users = admin.get("/admin/users").await;
    let mut roles = each(&users, "role");
    roles.sort_by_key(ToString::to_string);
    assert_eq!(roles, ["member", "owner"]);
    let workspaces = admin.get("/admin/workspaces").await;
    assert_eq!(each(&workspaces, "is_default"), [1]);
    assert_eq!(admin.get("/api-keys").await["total"], 2);
    let owner = admin.in_workspace();
    assert_eq!(each(&owner.get("/collections").await, "is_default"), [1]);
    let labels = owner.get("/labels").await;
    let mut names = each(&labels, "name");
    names.sort_by_key(ToString::to_string);
    assert_eq!(names, ["development", "production", "staging"]);
    for path in [
        "/configs",
        "/prompts",
        "/prompts/partials",
        "/providers",
        "/integrations",
        "/guardrails",
        "/admin/users/invites",
        "/mcp-integrations",
        "/logs/exports",
    ] {
        assert_eq!(admin.get(path).await["data"], json!([]), "{path}");
    }
    let requests = owner
        .get(&format!("/analytics/graphs/requests?{EVER}"))
        .await;
    assert_eq!(requests["summary"]["total"], 0);
    assert_eq!(requests["data_points"], json!([]));
}

#[tokio::test]
async fn an_empty_sandbox_can_be_built_upon() {
    let admin = seeded(Seed::Empty).await;
    let made = admin
        .post("/admin/workspaces", json!({ "name": "Second" }))
        .await;
    assert_eq!(made["name"], "Second");
    let config = json!({ "name": "First", "config": { "retry": { "attempts": 1 } } });
    let made = admin.in_workspace().post("/configs", config).await;
    assert!(made["data"]["slug"].is_string(), "{made}");
}

#[tokio::test]
async fn a_file_keeps_what_it_began_with() {
    let folder = tempfile::tempdir().unwrap();
    let options = |seed| Options {
        data: Some(folder.path().join("sandbox.db")),
        seed,
        ..Options::default()
    };
    let first = start(options(Seed::Empty)).await;
    assert!(first.sandbox.is_new());
    assert_eq!(first.get("/admin/users").await["total"], 2);
    drop(first);
    let second = start(options(Seed::Demo)).await;
    assert!(!second.sandbox.is_new());
    assert_eq!(second.get("/admin/users").await["total"], Value::from(2));
}
