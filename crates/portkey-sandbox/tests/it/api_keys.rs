//! API keys: created, read, changed, rotated and deleted over HTTP.

use serde_json::{Value, json};

use crate::client::{Client, each, sandbox};

const HALF_AN_HOUR: u32 = 1_800_000;

async fn staging_key(admin: &Client, more: Value) -> Value {
    let mut body = json!({
        "name": "Nightly",
        "workspace_id": "ws-staging-51f0ae",
        "scopes": ["virtual_keys.list", "virtual_keys.read"],
    });
    body.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    admin.post("/api-keys/workspace/service", body).await
}

fn path(key: &Value) -> String {
    format!("/api-keys/{}", key["id"].as_str().unwrap())
}

#[tokio::test]
async fn a_new_key_shows_its_secret_once_and_opens_its_workspace() {
    let admin = sandbox().await;
    let key = staging_key(&admin, json!({})).await;
    let secret = key["key"].as_str().unwrap();
    let read = admin.get(&path(&key)).await;
    let masked = format!("{}*****{}", &secret[..2], &secret[secret.len() - 3..]);
    assert_eq!(read["key"], masked);
    assert_eq!(read["type"], "workspace-service");
    assert_eq!(read["defaults"]["allow_config_override"], true);
    let nightly = admin.with_key(secret);
    let seen = nightly.get("/virtual-keys").await;
    assert_eq!(each(&seen, "slug"), ["openai-stagi-9d10e5"]);

    admin.delete(&path(&key)).await;
    nightly
        .refusal("GET", "/virtual-keys", json!({}))
        .await
        .is(401, "AB05", "Invalid API Key");
    admin
        .refusal("GET", &path(&key), json!({}))
        .await
        .is(404, "AB08", "API key");
}

#[tokio::test]
async fn keys_need_what_their_kind_needs() {
    let admin = sandbox().await;
    let body = json!({ "name": "Key" });
    let service = "/api-keys/workspace/service";
    admin
        .refusal("POST", service, body.clone())
        .await
        .is(400, "AB01", "`workspace_id`");
    let body = json!({ "name": "Key", "workspace_id": "ws-staging-51f0ae" });
    admin
        .refusal("POST", service, body.clone())
        .await
        .is(400, "AB01", "`scopes`");
    let user = "/api-keys/workspace/user";
    admin
        .refusal("POST", user, body.clone())
        .await
        .is(400, "AB01", "`user_id`");
    let none = "/api-keys/organisation/user";
    admin
        .refusal("POST", none, body)
        .await
        .is(400, "AB01", "organisation/user");
    let body = json!({ "name": "Key", "scopes": ["logs.list"], "workspace_id": "ws-nowhere" });
    admin
        .refusal("POST", service, body)
        .await
        .is(400, "AB01", "`workspace_id`");
    let body = json!({ "name": "Key", "scopes": ["everything"] });
    let organisation = "/api-keys/organisation/service";
    admin
        .refusal("POST", organisation, body)
        .await
        .is(400, "AB01", "everything");
    let workspace = admin.in_workspace();
    let body = json!({ "name": "Key", "scopes": ["logs.list"] });
    workspace
        .refusal("POST", organisation, body)
        .await
        .is(403, "AB03", "");
}

#[tokio::test]
async fn null_clears_and_silence_keeps() {
    let admin = sandbox().await;
    let limits = json!({
        "usage_limits": { "credit_limit": 10, "type": "cost", "alert_threshold": 8 },
        "rate_limits": [{ "type": "requests", "unit": "rpm", "value": 60 }],
        "alert_emails": ["ada@northwind.example"],
        "expires_at": "2099-01-01T00:00:00Z",
        "defaults": { "metadata": { "team": "qa" } },
    });
    let key = staging_key(&admin, limits).await;
    assert_eq!(
        admin.put(&path(&key), json!({ "name": "Weekly" })).await,
        json!({})
    );
    let read = admin.get(&path(&key)).await;
    assert_eq!(read["name"], "Weekly");
    assert_eq!(read["usage_limits"]["credit_limit"], 10);
    assert_eq!(read["rate_limits"][0]["value"], 60);
    assert_eq!(read["expires_at"], "2099-01-01T00:00:00.000Z");
    assert_eq!(read["defaults"]["metadata"]["team"], "qa");

    let nothing = json!({ "usage_limits": null, "rate_limits": null, "alert_emails": null, "expires_at": null });
    admin.put(&path(&key), nothing).await;
    let read = admin.get(&path(&key)).await;
    assert_eq!(read["usage_limits"], Value::Null);
    assert_eq!(read["rate_limits"], json!([]));
    assert_eq!(read["alert_emails"], Value::Null);
    assert_eq!(read["expires_at"], Value::Null);
    let wrong = json!({ "usage_limits": { "credit_limit": 10, "alert_threshold": 11 } });
    admin
        .refusal("PUT", &path(&key), wrong)
        .await
        .is(400, "AB01", "alert_threshold");
    let wrong = json!({ "rate_limits": [{ "type": "requests", "unit": "yearly", "value": 1 }] });
    admin
        .refusal("PUT", &path(&key), wrong)
        .await
        .is(400, "AB01", "`rate_limits[0].unit`");
}

#[tokio::test]
async fn a_default_config_must_be_of_the_workspace() {
    let admin = sandbox().await;
    let body = json!({ "defaults": { "config_id": "pc-nothing-000000" } });
    let key = staging_key(&admin, json!({})).await;
    let refused = admin.refusal("PUT", &path(&key), body).await;
    refused.is(400, "AB01", "`defaults.config_id`");
}

#[tokio::test]
async fn an_expired_key_opens_nothing() {
    let admin = sandbox().await;
    let now = admin
        .put("/_sandbox/clock", json!({ "milliseconds": 0 }))
        .await["now"]
        .clone();
    let past = json!({ "expires_at": now });
    let refused = admin
        .refusal("PUT", &path(&staging_key(&admin, json!({})).await), past)
        .await;
    refused.is(400, "AB01", "`expires_at`");

    let tomorrow: jiff::Timestamp = now.as_str().unwrap().parse().unwrap();
    let tomorrow = tomorrow + jiff::SignedDuration::from_hours(24);
    let key = staging_key(&admin, json!({ "expires_at": tomorrow.to_string() })).await;
    let nightly = admin.with_key(key["key"].as_str().unwrap());
    nightly.get("/virtual-keys").await;
    admin
        .put("/_sandbox/clock", json!({ "milliseconds": 86_400_000 }))
        .await;
    nightly
        .refusal("GET", "/virtual-keys", json!({}))
        .await
        .is(401, "AB05", "");
    assert_eq!(admin.get(&path(&key)).await["status"], "expired");
}

#[tokio::test]
async fn both_secrets_work_while_a_rotation_is_in_transition() {
    let admin = sandbox().await;
    let key = staging_key(&admin, json!({})).await;
    let rotate = format!("{}/rotate", path(&key));
    let hasty = json!({ "key_transition_period_ms": 1000 });
    admin
        .refusal("POST", &rotate, hasty)
        .await
        .is(400, "AB01", "`key_transition_period_ms`");

    let rotated = admin.post(&rotate, json!({})).await;
    assert!(rotated["key_transition_expires_at"].is_string());
    let (old, new) = (
        admin.with_key(key["key"].as_str().unwrap()),
        admin.with_key(rotated["key"].as_str().unwrap()),
    );
    old.get("/virtual-keys").await;
    new.get("/virtual-keys").await;
    let again = json!({ "key_transition_period_ms": HALF_AN_HOUR });
    admin
        .refusal("POST", &rotate, again)
        .await
        .is(400, "AB01", "transition");

    admin
        .put("/_sandbox/clock", json!({ "milliseconds": HALF_AN_HOUR }))
        .await;
    old.refusal("GET", "/virtual-keys", json!({}))
        .await
        .is(401, "AB05", "");
    new.get("/virtual-keys").await;
    admin.post(&rotate, json!({})).await;
}

#[tokio::test]
async fn a_rotation_policy_knows_its_next_date() {
    let admin = sandbox().await;
    let policy = json!({ "rotation_policy": { "rotation_period": "monthly" } });
    let key = staging_key(&admin, policy).await;
    let read = admin.get(&path(&key)).await;
    let next = read["rotation_policy"]["next_rotation_at"]
        .as_str()
        .unwrap();
    assert!(next.ends_with("-01T00:00:00.000Z"), "{next}");
    assert_eq!(
        read["rotation_policy"]["key_transition_period_ms"],
        HALF_AN_HOUR
    );
    let both =
        json!({ "rotation_policy": { "rotation_period": "weekly", "rotation_period_days": 3 } });
    admin
        .refusal("PUT", &path(&key), both)
        .await
        .is(400, "AB01", "not both");
    admin
        .put(&path(&key), json!({ "rotation_policy": null }))
        .await;
    assert_eq!(admin.get(&path(&key)).await.get("rotation_policy"), None);
}

#[tokio::test]
async fn listings_show_what_the_caller_may_see() {
    let admin = sandbox().await;
    let all = admin.get("/api-keys").await;
    assert_eq!(all["total"], 4);
    let one = each(&all, "id")[0].as_str().unwrap();
    assert_eq!(admin.get(&format!("/api-keys?ids={one}")).await["total"], 1);
    assert_eq!(
        admin.get("/api-keys?workspace_id=ws-researc-e7b093").await["total"],
        1
    );
    assert_eq!(
        admin.get("/api-keys?current_page=1&page_size=3").await["data"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    assert_eq!(admin.in_workspace().get("/api-keys").await["total"], 1);
}
