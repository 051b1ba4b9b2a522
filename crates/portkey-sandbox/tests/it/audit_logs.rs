//! Audit logs: what is recorded, and how it is filtered.

use serde_json::{Value, json};

use crate::client::{Client, sandbox};

/// The path to the trail of all times.
async fn trail(admin: &Client) -> String {
    let integrations = admin.get("/integrations").await;
    let organisation = integrations["data"][0]["organisation_id"].as_str().unwrap();
    format!(
        "/audit-logs?start_time=2000-01-01T00:00:00Z&end_time=2100-01-01T00:00:00Z&organisation_id={organisation}"
    )
}

fn uris(trail: &Value) -> Vec<&str> {
    let records = trail["records"].as_array().unwrap().iter();
    records
        .map(|record| record["uri"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn changes_leave_a_trail() {
    let admin = sandbox().await;
    let all = trail(&admin).await;
    let before = admin.get(&all).await;
    assert_eq!(
        (&before["object"], &before["total"]),
        (&json!("analytics-graph"), &json!(5))
    );
    admin
        .post("/admin/workspaces", json!({ "name": "Traced" }))
        .await;
    let path = "/collections/none";
    admin.refusal("DELETE", path, json!({})).await;

    let after = admin.get(&all).await;
    assert_eq!(after["total"], 7, "reads leave none");
    let newest = &after["records"][0];
    assert_eq!(
        (&newest["method"], &newest["uri"]),
        (&json!("DELETE"), &json!("/v1/collections/none"))
    );
    assert_eq!(
        (&newest["response_status_code"], &newest["user_type"]),
        (&json!(404), &json!("api_key"))
    );
    assert_eq!(
        (&newest["resource_type"], &newest["action"]),
        (&json!("prompts"), &json!("delete"))
    );
    assert_eq!(after["records"][1]["request_body"], r#"{"name":"Traced"}"#);
    assert!(!newest.to_string().contains(&admin.sandbox.keys().admin));
}

#[tokio::test]
async fn the_trail_is_filtered_and_paged() {
    let admin = sandbox().await;
    let all = trail(&admin).await;
    for (filter, expected) in [
        ("method=DELETE", vec!["/v1/virtual-keys/openai-prod-4f2a91"]),
        (
            "response_status_code=403",
            vec!["/v1/virtual-keys/openai-prod-4f2a91"],
        ),
        (
            "action=publish",
            vec!["/v1/prompts/pp-support-reply-4c91f2/makeDefault"],
        ),
        ("resource_type=collections", vec!["/v1/collections"]),
        ("workspace_id=ws-researc-e7b093", vec!["/v1/collections"]),
        (
            "uri=/v1/admin/users/invites",
            vec!["/v1/admin/users/invites"],
        ),
        ("user_type=api_key", vec![]),
        (
            "page_size=1&current_page=3",
            vec!["/v1/configs/pc-primary-fallback-2d71c4"],
        ),
    ] {
        let found = admin.get(&format!("{all}&{filter}")).await;
        assert_eq!(uris(&found), expected, "{filter}");
    }
    let early = all.replace("2100-", "2001-");
    assert_eq!(admin.get(&early).await["total"], 0);
}

#[tokio::test]
async fn the_trail_is_asked_for_by_period_and_organisation() {
    let admin = sandbox().await;
    let all = trail(&admin).await;
    for (cut, names) in [
        ("start_time=2000-01-01T00:00:00Z", "`start_time`"),
        ("end_time=2100-01-01T00:00:00Z", "`end_time`"),
    ] {
        admin
            .refusal("GET", &all.replace(cut, ""), json!({}))
            .await
            .is(400, "AB01", names);
    }
    let (period, organisation) = all.split_once("&organisation_id=").unwrap();
    admin
        .refusal("GET", period, json!({}))
        .await
        .is(400, "AB01", "`organisation_id`");
    let other = all.replace(organisation, "another");
    admin
        .refusal("GET", &other, json!({}))
        .await
        .is(403, "AB03", "organisation");
    let wrong = format!("{all}&method=GET");
    admin
        .refusal("GET", &wrong, json!({}))
        .await
        .is(400, "AB01", "method");
    admin
        .in_workspace()
        .refusal("GET", &all, json!({}))
        .await
        .is(403, "AB03", "organisation API key");
}

#[tokio::test]
async fn a_page_that_no_list_has_is_empty() {
    let admin = sandbox().await;
    let all = trail(&admin).await;
    let path = format!("{all}&page_size=100&current_page=18446744073709551615");
    assert_eq!(admin.get(&path).await["records"], json!([]));
    let configs = admin
        .get("/configs?current_page=18446744073709551615")
        .await;
    assert_eq!(configs["data"], json!([]));
}
