//! Rate limits: which requests are refused, and for how long.

use serde_json::{Value, json};

use super::{HOUR, Scene, ask, rate};

#[tokio::test]
async fn a_key_that_asks_too_often_waits_as_long_as_it_is_told() {
    let scene = Scene::new().await;
    let limits = json!({ "rate_limits": rate("requests", "rph", 2) });
    let (client, key) = scene.key(limits).await;
    assert_eq!(scene.ask(&client).await.status, 200);
    scene.forward(HOUR / 2).await;
    assert_eq!(scene.ask(&client).await.status, 200);
    let refused = scene.ask(&client).await;
    assert_eq!(refused.status, 429);
    assert_eq!(refused.body["error"]["code"], "05");
    // Until the first request is an hour old.
    assert!(
        (1700..=1800).contains(&refused.seconds()),
        "{}",
        refused.seconds()
    );
    assert_eq!(scene.status(&key).await, "active");
    scene.forward(HOUR / 4).await;
    let refused = scene.ask(&client).await;
    assert_eq!(refused.status, 429);
    scene.forward(refused.seconds() * 1000).await;
    // The window slides: there is room for one, then the second is still too young.
    for expected in [200, 429] {
        assert_eq!(scene.ask(&client).await.status, expected);
    }
}

#[tokio::test]
async fn rates_of_tokens_leave_room_for_what_is_asked_for() {
    let scene = Scene::new().await;
    let limit = json!({ "rate_limits": rate("tokens", "rpd", 64) });
    scene.admin.put(&scene.provider, limit).await;
    // 0 + 15 and 25 + 15 fit, 50 + 15 does not.
    for expected in [200, 200] {
        assert_eq!(scene.ask(&scene.owner).await.status, expected);
    }
    let refused = scene.ask(&scene.owner).await;
    refused.is(429, "virtual_key_rate_limit_error", &Value::Null);
    scene.forward(refused.seconds() * 1000).await;
    assert_eq!(scene.ask(&scene.owner).await.status, 200);

    // What never fits is told to wait the whole time; nothing at all fits into nothing.
    for value in [14, 0] {
        let limit = json!({ "rate_limits": rate("tokens", "rpm", value) });
        scene.admin.put(&scene.provider, limit).await;
        let refused = scene.ask(&scene.owner).await;
        assert_eq!((refused.status, refused.seconds()), (429, 60));
    }
}

#[tokio::test]
async fn a_workspace_that_asks_too_often_waits() {
    let scene = Scene::new().await;
    let path = "/admin/workspaces/ws-product-8c41d2";
    // The sandbox has had requests in this workspace before, so the clock goes to where there are none.
    scene.forward(48 * HOUR).await;
    let limit = json!({ "rate_limits": rate("tokens", "rpd", 26) });
    scene.admin.put(path, limit).await;
    for expected in [200, 200, 429] {
        assert_eq!(scene.ask(&scene.owner).await.status, expected);
    }
}

#[tokio::test]
async fn rate_policies_throttle_each_group() {
    let scene = Scene::new().await;
    let slug = scene.provider.rsplit('/').next().unwrap();
    let body = json!({
        "conditions": [{ "key": "model", "value": format!("@{slug}/*"), "excludes": "*/gpt-4.1" }],
        "group_by": [{ "key": "metadata.team" }],
        "type": "requests", "unit": "rph", "value": 1,
    });
    let made = scene.owner.post("/policies/rate-limits", body).await;
    // One about tools has no say here.
    let tools = json!({
        "conditions": [{ "key": "api_key", "value": "*" }], "group_by": [{ "key": "api_key" }],
        "type": "requests", "unit": "rpw", "value": 1, "target": "mcp_tools",
    });
    scene.owner.post("/policies/rate-limits", tools).await;
    for (team, expected) in [("search", 200), ("search", 429), ("ads", 200), ("ads", 429)] {
        assert_eq!(scene.ask_for(team).await, expected);
    }
    let refused = ask(&scene.owner, &scene.path, json!({ "team": "search" })).await;
    refused.is(429, "rate_limits_policy_exhaust_error", &Value::Null);
    let message = refused.body["error"]["message"].as_str().unwrap();
    assert!(message.contains("metadata.team:search"), "{message}");
    let headers = [("x-portkey-metadata", r#"{ "team": "search" }"#)];
    let body = json!({ "variables": { "text": "" }, "model": "gpt-4.1" });
    let path = format!("{}/completions", scene.path);
    assert_eq!(scene.owner.post_with(&path, &headers, body).await.0, 200);

    scene.forward(refused.seconds() * 1000).await;
    assert_eq!(scene.ask_for("search").await, 200);
    let path = format!("/policies/rate-limits/{}", made["id"].as_str().unwrap());
    scene.owner.put(&path, json!({ "value": 2 })).await;
    for expected in [200, 429] {
        assert_eq!(scene.ask_for("search").await, expected);
    }
}
