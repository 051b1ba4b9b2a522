//! Reset, snapshots, the plan, and who may use the controls.

use std::net::Ipv4Addr;

use portkey_sandbox::{Options, Plan};
use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{Client, each, sandbox, start};

impl Client {
    async fn workspace(&self, name: &str) {
        let body = json!({ "name": name });
        self.post("/admin/workspaces", body).await;
    }

    async fn names(&self) -> Vec<String> {
        let listing = self.get("/admin/workspaces").await;
        let names = each(&listing, "name").into_iter();
        names
            .map(|name| name.as_str().unwrap().to_owned())
            .collect()
    }
}

#[tokio::test]
async fn a_reset_brings_back_the_start() {
    let admin = sandbox().await;
    let start = admin.names().await;
    let prompts = admin.get("/prompts").await["total"].clone();
    for _ in 0..2 {
        admin.workspace("Gone").await;
        let prompt = admin.get("/prompts").await["data"][0]["slug"].clone();
        admin
            .delete(&format!("/prompts/{}", prompt.as_str().unwrap()))
            .await;
        let year = json!({ "milliseconds": 365 * 86_400_000_i64 });
        admin.put("/_sandbox/clock", year).await;
        admin.put("/_sandbox/plan", json!({ "plan": "free" })).await;
        admin
            .put("/_sandbox/faults", json!({ "rules": ["reset"] }))
            .await;
        admin.post("/_sandbox/reset", json!({})).await;

        assert_eq!(admin.names().await, start);
        assert_eq!(admin.get("/prompts").await["total"], prompts);
        assert_eq!(
            admin.in_workspace().get("/admin/workspaces").await["total"],
            1
        );
        let state = admin.get("/_sandbox").await;
        assert_eq!(
            (&state["plan"], &state["faults"]),
            (&json!("enterprise"), &json!([]))
        );
        let now: jiff::Timestamp = state["now"].as_str().unwrap().parse().unwrap();
        let ahead = now.duration_since(jiff::Timestamp::now());
        assert!(ahead < jiff::SignedDuration::from_hours(1));
    }
}

#[tokio::test]
async fn a_file_is_reset_for_good() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options {
        data: Some(folder.path().join("sandbox.db")),
        ..Options::default()
    };
    let admin = start(options.clone()).await;
    admin.workspace("Gone").await;
    let made = admin.post("/_sandbox/snapshots", json!({})).await;
    admin.post("/_sandbox/reset", json!({})).await;
    let id = made["id"].as_str().unwrap();
    admin
        .post(&format!("/_sandbox/snapshots/{id}/restore"), json!({}))
        .await;
    assert_eq!(admin.names().await.len(), 4);
    admin.post("/_sandbox/reset", json!({})).await;
    let keys = admin.sandbox.keys().clone();
    drop(admin);
    let again = start(options).await;
    assert_eq!(*again.sandbox.keys(), keys);
    assert_eq!(again.names().await.len(), 3);
}

#[tokio::test]
async fn snapshots_are_kept_and_come_back() {
    let admin = sandbox().await;
    admin.workspace("One").await;
    let one = admin
        .post("/_sandbox/snapshots", json!({ "name": "one" }))
        .await;
    admin
        .refusal("POST", "/_sandbox/snapshots", json!({ "name": "one" }))
        .await
        .is(409, "AB07", "name");
    admin.workspace("Two").await;
    let two = admin.post("/_sandbox/snapshots", json!({})).await;
    let listed = admin.get("/_sandbox/snapshots").await;
    assert_eq!(each(&listed, "id"), [&one["id"], &two["id"]]);

    admin
        .post("/_sandbox/snapshots/one/restore", json!({}))
        .await;
    assert_eq!(admin.names().await.len(), 4);
    admin.workspace("Three").await;
    let path = format!("/_sandbox/snapshots/{}", two["id"].as_str().unwrap());
    admin.post(&format!("{path}/restore"), json!({})).await;
    let names = admin.names().await;
    assert!(names.contains(&"Two".to_owned()) && !names.contains(&"Three".to_owned()));

    admin.delete(&path).await;
    for (method, path) in [
        ("DELETE", path.clone()),
        ("POST", format!("{path}/restore")),
    ] {
        let refused = admin.refusal(method, &path, json!({})).await;
        refused.is(404, "AB08", "snapshot");
    }
}

#[tokio::test]
async fn coming_back_ends_what_is_stale() {
    let admin = sandbox().await;
    let late = [("x-sandbox-fault", "stale=60000")];
    let body = json!({ "name": "Late" });
    admin.post_with("/admin/workspaces", &late, body).await;
    admin
        .post("/_sandbox/snapshots", json!({ "name": "all" }))
        .await;
    assert_eq!(admin.names().await.len(), 3);
    admin
        .post("/_sandbox/snapshots/all/restore", json!({}))
        .await;
    assert_eq!(admin.names().await.len(), 4);
}

#[tokio::test]
async fn the_free_plan_holds_three_prompts() {
    let options = Options {
        plan: Some(Plan::Free),
        ..Options::default()
    };
    let admin = start(options).await;
    let refused = admin.refusal("GET", "/admin/users", json!({})).await;
    refused.is(403, "AB03", "Enterprise");
    let listing = admin.get("/prompts").await;
    let prompts = each(&listing, "slug");
    for prompt in &prompts[2..] {
        admin
            .delete(&format!("/prompts/{}", prompt.as_str().unwrap()))
            .await;
    }
    let collection = listing["data"][0]["collection_id"].clone();
    let path = format!("/prompts/{}", prompts[0].as_str().unwrap());
    let model = admin.get(&path).await;
    let prompt = json!({
        "name": "Another", "collection_id": collection, "string": "Hello",
        "parameters": {}, "virtual_key": model["virtual_key"], "model": model["model"],
    });
    admin.post("/prompts", prompt.clone()).await;
    let refused = admin.refusal("POST", "/prompts", prompt.clone()).await;
    refused.is(403, "AB03", "holds 3 prompt");
    admin.put("/_sandbox/plan", json!({ "plan": "pro" })).await;
    admin.post("/prompts", prompt).await;
    admin.post("/_sandbox/reset", json!({})).await;
    assert_eq!(admin.get("/_sandbox").await["plan"], "free");
    let body = json!({ "plan": "platinum" });
    admin
        .refusal("PUT", "/_sandbox/plan", body)
        .await
        .is(400, "AB01", "enterprise");
}

#[tokio::test]
async fn a_file_stays_on_its_plan_unless_told_otherwise() {
    let folder = tempfile::tempdir().unwrap();
    let on = |plan| Options {
        data: Some(folder.path().join("sandbox.db")),
        plan,
        ..Options::default()
    };
    for (plan, then) in [
        (Some(Plan::Free), "free"),
        (None, "free"),
        (Some(Plan::Pro), "pro"),
    ] {
        let admin = start(on(plan)).await;
        assert_eq!(admin.get("/_sandbox").await["plan"], then);
    }
}

#[tokio::test]
async fn every_control_is_listed() {
    let admin = sandbox().await.with_key("");
    let state = admin.get("/_sandbox").await;
    let controls = state["controls"].as_array().unwrap();
    for control in controls {
        let (method, path) = (&control["method"], control["path"].as_str().unwrap());
        let method: Method = method.as_str().unwrap().parse().unwrap();
        let (_, answer) = admin.send(method, path, None).await;
        assert_ne!(answer["data"]["errorCode"], "AB02", "{control}");
    }
    assert!(controls.len() > 10);
    let text = state.to_string();
    let keys = admin.sandbox.keys();
    assert!(!text.contains(&keys.admin) && !text.contains(&keys.workspace));
}

#[tokio::test]
async fn who_listens_to_others_asks_them_for_the_key() {
    let options = Options {
        bind: Ipv4Addr::UNSPECIFIED.into(),
        ..Options::default()
    };
    let admin = start(options).await;
    for key in ["", "nobody's key", &admin.sandbox.keys().workspace] {
        let stranger = admin.with_key(key);
        for (method, path) in [("GET", "/_sandbox"), ("POST", "/_sandbox/reset")] {
            let refused = stranger.refusal(method, path, json!({})).await;
            refused.is(401, "AB05", "Invalid API Key");
        }
    }
    admin.post("/_sandbox/reset", json!({})).await;
}

#[tokio::test]
async fn pages_in_a_browser_are_no_operators() {
    let stranger = sandbox().await.with_key("");
    let request = stranger.request(Method::POST, "/_sandbox/reset");
    let page = request.header("origin", "https://elsewhere.example");
    assert_eq!(page.send().await.unwrap().status(), 401);
    let answer: Value = stranger.post("/_sandbox/reset", json!({})).await;
    assert_eq!(answer, json!({}));
}
