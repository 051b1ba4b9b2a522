//! Budgets: what uses them up, and when they are reset.

use serde_json::{Value, json};

use super::{HOUR, Scene, ask, prompt, rate, say, tokens};
use crate::client::each;

#[tokio::test]
async fn a_key_is_exhausted_until_its_budget_is_raised_or_started_again() {
    let scene = Scene::new().await;
    let (client, key) = scene.key(json!({ "usage_limits": tokens(50) })).await;
    for expected in [200, 200, 412] {
        assert_eq!(scene.ask(&client).await.status, expected);
    }
    let refused = scene.ask(&client).await;
    assert_eq!(refused.body["status"], "failure");
    assert_eq!(refused.body["error"]["code"], "04");
    assert_eq!(refused.body["message"], refused.body["error"]["message"]);
    // It may neither render nor log, but another key may.
    let variables = json!({ "variables": { "text": "" } });
    let render = format!("{}/render", scene.path);
    let (status, _, _) = client.post_with(&render, &[], variables.clone()).await;
    assert_eq!(status, 412);
    let log = json!({ "request": { "url": "https://api.openai.com", "body": {} }, "response": { "body": {} } });
    assert_eq!(client.post_with("/logs", &[], log).await.0, 412);
    assert_eq!(scene.ask(&scene.owner).await.status, 200);

    assert_eq!(scene.status(&key).await, "exhausted");
    let id = key.rsplit('/').next().unwrap();
    let listing = scene.admin.get(&format!("/api-keys?ids={id}")).await;
    assert_eq!(each(&listing, "status"), ["exhausted"]);

    let change = json!({ "usage_limits": tokens(75) });
    scene.admin.put(&key, change).await;
    assert_eq!(scene.status(&key).await, "active");
    for expected in [200, 412] {
        assert_eq!(scene.ask(&client).await.status, expected);
    }
    scene.admin.put(&key, json!({ "reset_usage": true })).await;
    scene.forward(10).await;
    assert_eq!(scene.status(&key).await, "active");
    for expected in [200, 200, 200, 412] {
        assert_eq!(scene.ask(&client).await.status, expected);
    }
    scene.admin.put(&key, json!({ "usage_limits": null })).await;
    assert_eq!(scene.ask(&client).await.status, 200);
}

#[tokio::test]
async fn callers_that_are_turned_away_leave_no_log_and_requests_leave_one_that_costs_nothing() {
    let scene = Scene::new().await;
    let (client, key) = scene.key(json!({ "usage_limits": tokens(25) })).await;
    let id = key.rsplit('/').next().unwrap();
    let period =
        "time_of_generation_min=2000-01-01T00:00:00Z&time_of_generation_max=2100-01-01T00:00:00Z";
    let count = async |what: &str| {
        let path = format!("/analytics/graphs/{what}?{period}&api_key_ids={id}");
        scene.owner.get(&path).await["summary"]["total"].clone()
    };
    assert_eq!(scene.ask(&client).await.status, 200);
    assert_eq!(scene.ask(&client).await.status, 412);
    assert_eq!(
        (count("requests").await, count("errors").await),
        (json!(1), json!(0))
    );

    scene
        .admin
        .put(&key, json!({ "usage_limits": tokens(50) }))
        .await;
    let limit = json!({ "rate_limits": rate("requests", "rpd", 1) });
    scene.admin.put(&scene.provider, limit).await;
    for _ in 0..3 {
        assert_eq!(scene.ask(&client).await.status, 429);
    }
    assert_eq!(
        (count("requests").await, count("errors").await),
        (json!(4), json!(3))
    );
    assert_eq!(count("tokens").await, 25);
    assert_eq!(scene.status(&key).await, "active");
}

#[tokio::test]
async fn a_provider_is_exhausted_in_tokens_and_in_dollars() {
    let scene = Scene::new().await;
    let limit = json!({ "usage_limits": tokens(26) });
    scene.admin.put(&scene.provider, limit).await;
    for _ in 0..2 {
        assert_eq!(scene.ask(&scene.owner).await.status, 200);
    }
    let refused = scene.ask(&scene.owner).await;
    refused.is(412, "virtual_key_exhaust_error", &json!("04"));
    assert!(refused.headers.contains_key("x-portkey-trace-id"));
    let older = scene.provider.replace("providers", "virtual-keys");
    for path in [&scene.provider, &older] {
        assert_eq!(scene.status(path).await, "exhausted");
    }

    // 400000 tokens in are a dollar; so far it is 2 * (10 * 0.00025 + 15 * 0.001) cents.
    let limit = json!({ "usage_limits": { "credit_limit": 1 } });
    scene.admin.put(&scene.provider, limit).await;
    assert_eq!(scene.status(&scene.provider).await, "active");
    let long = "four".repeat(400_000);
    assert_eq!(
        say(&scene.owner, &scene.path, json!({}), &long)
            .await
            .status,
        200
    );
    assert_eq!(scene.ask(&scene.owner).await.status, 412);
    scene
        .admin
        .put(&scene.provider, json!({ "reset_usage": true }))
        .await;
    let read = scene.admin.get(&scene.provider).await;
    assert_eq!(read["status"], "active");
    assert!(read["last_reset_at"].is_string());
}

#[tokio::test]
async fn a_provider_that_expired_refuses() {
    let scene = Scene::new().await;
    let end = scene
        .admin
        .put("/_sandbox/clock", json!({ "milliseconds": HOUR }))
        .await;
    let change = json!({ "expires_at": end["now"] });
    let refused = scene.admin.refusal("PUT", &scene.provider, change).await;
    refused.is(400, "AB01", "expires_at");
    let change = json!({ "expires_at": "2090-01-01T00:00:00Z" });
    scene.admin.put(&scene.provider, change).await;
    assert_eq!(scene.ask(&scene.owner).await.status, 200);
    scene.forward(100 * 365 * 24 * HOUR).await;
    let refused = scene.ask(&scene.owner).await;
    refused.is(401, "virtual_key_expired_error", &json!("01"));
    assert_eq!(scene.status(&scene.provider).await, "expired");
}

#[tokio::test]
async fn a_workspace_shares_its_budget_from_when_it_has_one() {
    let scene = Scene::new().await;
    let (client, _) = scene.key(json!({})).await;
    let path = "/admin/workspaces/ws-product-8c41d2";
    let limit = json!({ "usage_limits": [tokens(50)] });
    scene.admin.put(path, limit).await;
    assert_eq!(scene.ask(&client).await.status, 200);
    assert_eq!(scene.ask(&scene.owner).await.status, 200);
    for refused in [scene.ask(&client).await, scene.ask(&scene.owner).await] {
        assert_eq!(
            (refused.status, &refused.body["error"]["code"]),
            (412, &json!("04"))
        );
    }
    assert_eq!(scene.status(path).await, "exhausted");
    let read = scene.admin.get(path).await;
    assert_eq!(read["usage_limits"], json!([tokens(50)]));
    scene.admin.put(path, json!({ "usage_limits": [] })).await;
    assert_eq!(scene.status(path).await, "active");
    assert_eq!(scene.ask(&client).await.status, 200);
}

#[tokio::test]
async fn a_grant_counts_what_all_providers_of_the_workspace_take() {
    let scene = Scene::new().await;
    let second = prompt(&scene.owner, "openai-prod-4f2a91").await;
    let path = "/integrations/openai-northwind/workspaces";
    let grant = |change: Value| {
        let mut grant = json!({ "id": "ws-product-8c41d2", "enabled": true });
        grant
            .as_object_mut()
            .unwrap()
            .extend(change.as_object().unwrap().clone());
        json!({ "workspaces": [grant] })
    };
    scene
        .admin
        .put(path, grant(json!({ "usage_limits": [tokens(50)] })))
        .await;
    assert_eq!(scene.ask(&scene.owner).await.status, 200);
    assert_eq!(ask(&scene.owner, &second, json!({})).await.status, 200);
    let refused = scene.ask(&scene.owner).await;
    refused.is(412, "integration_exhaust_error", &json!("04"));
    let listing = scene.admin.get(path).await;
    assert_eq!(listing["workspaces"][0]["status"], "exhausted");

    scene
        .admin
        .put(path, grant(json!({ "reset_usage": true })))
        .await;
    scene.forward(10).await;
    let listing = scene.admin.get(path).await;
    assert_eq!(listing["workspaces"][0]["status"], "active");
    let limit = json!({ "rate_limits": rate("requests", "rph", 1) });
    scene.admin.put(path, grant(limit)).await;
    let refused = scene.ask(&scene.owner).await;
    refused.is(429, "integration_rate_limit_error", &Value::Null);

    scene
        .admin
        .put(path, grant(json!({ "enabled": false })))
        .await;
    assert_eq!(scene.ask(&scene.owner).await.status, 400);
    // Without a word of its own a workspace has what all have.
    let everyone = json!({
        "override_existing_workspace_access": true,
        "global_workspace_access": { "enabled": true, "usage_limits": [tokens(25)] },
    });
    scene.admin.put(path, everyone).await;
    for expected in [200, 412] {
        assert_eq!(scene.ask(&scene.owner).await.status, expected);
    }
}

#[tokio::test]
async fn usage_policies_count_each_group_apart() {
    let scene = Scene::new().await;
    let slug = scene.path.rsplit('/').next().unwrap();
    let body = json!({
        "conditions": [
            { "key": "prompt", "value": slug },
            { "key": "metadata.team", "value": "*", "excludes": ["staff"] },
        ],
        "group_by": [{ "key": "metadata.team" }, { "key": "api_key" }],
        "type": "requests", "credit_limit": 2,
    });
    let made = scene.owner.post("/policies/usage-limits", body).await;
    let path = format!("/policies/usage-limits/{}", made["id"].as_str().unwrap());
    for expected in [200, 200, 412, 412] {
        assert_eq!(scene.ask_for("search").await, expected);
    }
    for _ in 0..3 {
        assert_eq!(scene.ask_for("staff").await, 200);
        assert_eq!(scene.ask(&scene.owner).await.status, 200);
    }
    assert_eq!(scene.ask_for("ads").await, 200);
    let (other, _) = scene.key(json!({})).await;
    let search = json!({ "team": "search" });
    assert_eq!(ask(&other, &scene.path, search.clone()).await.status, 200);

    let refused = ask(&scene.owner, &scene.path, search).await;
    refused.is(412, "usage_limits_policy_exhaust_error", &json!("06"));
    let exhausted = scene
        .owner
        .get(&format!("{path}/entities?status=exhausted"))
        .await;
    // What was refused is not counted.
    assert_eq!(each(&exhausted, "current_usage"), [2]);
    let group = exhausted["data"][0]["value_key"].as_str().unwrap();
    assert!(
        refused.body["error"]["message"]
            .as_str()
            .unwrap()
            .contains(group)
    );

    let entity = exhausted["data"][0]["id"].as_str().unwrap();
    scene
        .owner
        .put(&format!("{path}/entities/{entity}/reset"), json!({}))
        .await;
    scene.forward(10).await;
    for expected in [200, 200, 412] {
        assert_eq!(scene.ask_for("search").await, expected);
    }
    scene.owner.delete(&path).await;
    assert_eq!(scene.ask_for("search").await, 200);
}

#[tokio::test]
async fn budgets_start_again_by_the_calendar() {
    let scene = Scene::new().await;
    let mut limit = tokens(25);
    limit["periodic_reset"] = json!("weekly");
    let (client, key) = scene.key(json!({ "usage_limits": limit })).await;
    for expected in [200, 412] {
        assert_eq!(scene.ask(&client).await.status, expected);
    }
    let next = scene.admin.get(&key).await["next_usage_reset_at"].clone();
    assert!(next.as_str().unwrap().ends_with("T00:00:00.000Z"), "{next}");
    scene.forward(7 * 24 * HOUR).await;
    let read = scene.admin.get(&key).await;
    assert_eq!(
        (&read["status"], &read["last_reset_at"]),
        (&json!("active"), &next)
    );
    for expected in [200, 412] {
        assert_eq!(scene.ask(&client).await.status, expected);
    }

    // One that starts again at a moment of its own, and every three days from then.
    let limit = json!({
        "credit_limit": 25, "type": "tokens", "periodic_reset_days": 3,
        "next_usage_reset_at": "2090-01-01T00:00:00Z",
    });
    scene
        .admin
        .put(&key, json!({ "usage_limits": limit }))
        .await;
    scene.forward(70 * 365 * 24 * HOUR).await;
    let read = scene.admin.get(&key).await;
    assert_eq!(read["status"], "active");
    let day = |moment: &Value| moment.as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
    let between = day(&read["next_usage_reset_at"]).duration_since(day(&read["last_reset_at"]));
    assert_eq!(between.as_hours(), 72);
    assert_eq!(
        read["usage_limits"]["next_usage_reset_at"],
        read["next_usage_reset_at"]
    );
    let wrong = json!({ "usage_limits": { "credit_limit": 1, "next_usage_reset_at": "soon" } });
    let refused = scene.admin.refusal("PUT", &key, wrong).await;
    refused.is(400, "AB01", "next_usage_reset_at");
}

#[tokio::test]
async fn inserted_logs_use_budgets_up_as_well() {
    let scene = Scene::new().await;
    let limit = json!({ "usage_limits": { "credit_limit": 1, "type": "cost" } });
    let (client, key) = scene.key(limit).await;
    // 100000 tokens out are a dollar.
    let log = json!({
        "request": { "url": "https://api.openai.com/v1/chat/completions", "body": { "model": "gpt-4o" } },
        "response": { "body": { "usage": { "prompt_tokens": 0, "completion_tokens": 99_999 } } },
    });
    client.post("/logs", log).await;
    assert_eq!(scene.status(&key).await, "active");
    assert_eq!(scene.ask(&client).await.status, 200);
    assert_eq!(scene.status(&key).await, "exhausted");
}

#[tokio::test]
async fn a_key_and_its_workspace_give_requests_a_config_and_metadata() {
    let scene = Scene::new().await;
    let of_all = json!({ "defaults": { "metadata": { "origin": "product" } } });
    scene
        .admin
        .put("/admin/workspaces/ws-product-8c41d2", of_all)
        .await;
    let config = "pc-cached-support-90be1f";
    let defaults = json!({ "config_id": config, "metadata": { "team": "search" }, "allow_config_override": false });
    let (client, key) = scene.key(json!({ "defaults": defaults })).await;
    let body = json!({
        "conditions": [
            { "key": "config", "value": config },
            { "key": "metadata.team", "value": "search" },
            { "key": "metadata.origin", "value": "product" },
        ],
        "group_by": [{ "key": "config" }],
        "type": "requests", "credit_limit": 1,
    });
    scene.owner.post("/policies/usage-limits", body).await;
    let ads = json!({ "team": "ads" });
    for expected in [200, 412] {
        assert_eq!(
            ask(&client, &scene.path, ads.clone()).await.status,
            expected
        );
    }
    let body = json!({ "variables": { "text": "" } });
    let path = format!("{}/completions", scene.path);
    let headers = [("x-portkey-config", "pc-primary-fallback-2d71c4")];
    assert_eq!(client.post_with(&path, &headers, body.clone()).await.0, 400);
    let change = json!({ "defaults": { "allow_config_override": true } });
    scene.admin.put(&key, change).await;
    assert_eq!(client.post_with(&path, &headers, body).await.0, 200);
}
