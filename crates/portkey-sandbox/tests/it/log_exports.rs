//! Log exports: drafted, started, downloaded and restricted.

use serde_json::{Value, json};

use crate::client::{Client, each, sandbox};

fn job() -> Value {
    json!({
        "description": "Failures",
        "filters": { "status_code": "429,500", "virtual_keys": "openai-prod-4f2a91" },
        "requested_data": ["id", "created_at", "response_status_code", "cost", "metadata"],
    })
}

async fn create(client: &Client, job: Value) -> (String, Value) {
    let made = client.post("/logs/exports", job).await;
    let path = format!("/logs/exports/{}", made["id"].as_str().unwrap());
    (path, made["total"].clone())
}

async fn later(client: &Client, milliseconds: u32) {
    let body = json!({ "milliseconds": milliseconds });
    client.put("/_sandbox/clock", body).await;
}

#[tokio::test]
async fn an_export_becomes_a_file() {
    let admin = sandbox().await;
    let (path, total) = create(&admin, job()).await;
    let rows = total.as_u64().unwrap();
    assert!(rows > 10, "{total}");
    let read = admin.get(&path).await;
    assert_eq!(
        (&read["status"], &read["object"]),
        (&json!("draft"), &json!("export"))
    );
    assert_eq!(read["filters"], job()["filters"]);
    let not_yet = format!("{path}/download");
    admin
        .refusal("GET", &not_yet, json!({}))
        .await
        .is(400, "AB01", "draft");

    let started = admin.post(&format!("{path}/start"), json!({})).await;
    assert_eq!(started["object"], "export");
    assert_eq!(admin.get(&path).await["status"], "in_progress");
    later(&admin, 1000).await;
    assert_eq!(admin.get(&path).await["status"], "success");
    let listing = admin.get("/logs/exports").await;
    assert_eq!(each(&listing, "status"), ["success"]);

    let url = admin.get(&format!("{path}/download")).await;
    let url = url["signed_url"].as_str().unwrap();
    assert!(url.starts_with(admin.sandbox.url().strip_suffix("v1").unwrap()));
    let file = reqwest::get(url).await.unwrap();
    assert_eq!(file.status(), 200);
    let text = file.text().await.unwrap();
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len() as u64, rows);
    let names: Vec<_> = lines[0].as_object().unwrap().keys().collect();
    assert_eq!(
        names,
        [
            "id",
            "created_at",
            "response_status_code",
            "cost",
            "metadata"
        ]
    );
    let status = lines
        .iter()
        .map(|line| line["response_status_code"].as_u64().unwrap());
    assert!(status.clone().all(|status| [429, 500].contains(&status)));

    let forged = url.replace("expires=", "expires=9");
    assert_eq!(reqwest::get(&forged).await.unwrap().status(), 403);
    later(&admin, 3_700_000).await;
    assert_eq!(reqwest::get(url).await.unwrap().status(), 403);
}

#[tokio::test]
async fn an_export_is_changed_before_it_starts_and_stopped_before_it_ends() {
    let admin = sandbox().await;
    let (path, total) = create(&admin, job()).await;
    let change =
        json!({ "filters": { "status_code": "500", "page_size": 5 }, "requested_data": ["id"] });
    let changed = admin.put(&path, change.clone()).await;
    assert_eq!(changed["total"], 5);
    assert_ne!(changed["total"], total);
    let start = format!("{path}/start");
    admin.post(&start, json!({})).await;
    admin
        .refusal("PUT", &path, change)
        .await
        .is(400, "AB01", "in_progress");
    admin
        .refusal("POST", &start, json!({}))
        .await
        .is(400, "AB01", "in_progress");
    let cancel = format!("{path}/cancel");
    assert_eq!(admin.post(&cancel, json!({})).await["object"], "export");
    later(&admin, 60_000).await;
    assert_eq!(admin.get(&path).await["status"], "stopped");
    admin
        .refusal("POST", &cancel, json!({}))
        .await
        .is(400, "AB01", "stopped");
}

#[tokio::test]
async fn some_fields_must_not_leave_a_workspace() {
    let admin = sandbox().await;
    let path = "/logs/exports/field-restrictions?workspace_id=ws-researc-e7b093";
    assert_eq!(
        admin.get(path).await["deniedFields"],
        json!(["request", "response"])
    );
    let mut denied = json!({ "workspace_id": "ws-researc-e7b093", "filters": {}, "requested_data": ["id", "request"] });
    admin
        .refusal("POST", "/logs/exports", denied.clone())
        .await
        .is(400, "AB01", "`request`");
    denied["requested_data"] = json!(["id"]);
    create(&admin, denied.clone()).await;
    let control = "/_sandbox/workspaces/ws-researc-e7b093/export-restrictions";
    admin.put(control, json!({ "denied_fields": ["id"] })).await;
    admin
        .refusal("POST", "/logs/exports", denied)
        .await
        .is(400, "AB01", "`id`");
}

#[tokio::test]
async fn an_export_needs_filters_and_known_fields() {
    let admin = sandbox().await;
    for (body, names) in [
        (json!({ "requested_data": ["id"] }), "`filters`"),
        (json!({ "filters": {} }), "`requested_data`"),
        (
            json!({ "filters": {}, "requested_data": [] }),
            "`requested_data`",
        ),
        (
            json!({ "filters": {}, "requested_data": ["prompt"] }),
            "requested_data",
        ),
        (
            json!({ "filters": { "page_size": 50_001 }, "requested_data": ["id"] }),
            "`page_size`",
        ),
        (
            json!({ "filters": { "time_of_generation_min": "today" }, "requested_data": ["id"] }),
            "time_of_generation_min",
        ),
    ] {
        admin
            .refusal("POST", "/logs/exports", body)
            .await
            .is(400, "AB01", names);
    }
    let job =
        json!({ "workspace_id": "ws-staging-51f0ae", "filters": {}, "requested_data": ["id"] });
    let (path, _) = create(&admin, job).await;
    let member = admin.in_workspace();
    member
        .refusal("GET", &path, json!({}))
        .await
        .is(403, "AB03", "export");
    assert_eq!(member.get("/logs/exports").await["total"], 0);
    admin
        .refusal("GET", "/logs/exports/none", json!({}))
        .await
        .is(404, "AB08", "export");
}
