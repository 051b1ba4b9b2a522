//! Other shapes of answers, by fault.

use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{Client, each, sandbox};

const CONFIG: &str = "config";

impl Client {
    /// A read in another shape, and whether it says so.
    async fn shaped(&self, path: &str, shape: &str) -> (Value, bool) {
        let fault = format!("shape={shape}");
        let request = self.request(Method::GET, path);
        let response = request
            .header("x-sandbox-fault", &fault)
            .send()
            .await
            .unwrap();
        let said = response.headers().get("x-sandbox-fault");
        let said = said.is_some_and(|said| *said == fault);
        (response.json().await.unwrap(), said)
    }
}

async fn first(admin: &Client, list: &str, name: &str) -> String {
    let listing = admin.get(list).await;
    each(&listing, name)[0].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn configs_answer_flat() {
    let admin = sandbox().await;
    let flat = [("x-sandbox-fault", "shape=flat-configs")];
    let body = json!({ "name": "Flat", "config": { "retry": { "attempts": 2 } } });
    let (status, headers, made) = admin
        .in_workspace()
        .post_with("/configs", &flat, body)
        .await;
    assert_eq!(status, 200, "{made}");
    assert_eq!(headers["x-sandbox-fault"], "shape=flat-configs");
    assert!(
        made["slug"].is_string() && made.get("data").is_none(),
        "{made}"
    );
}

#[tokio::test]
async fn configs_are_objects() {
    let admin = sandbox().await;
    let slug = first(&admin, "/configs", "slug").await;
    let path = format!("/configs/{slug}");
    let usual = admin.get(&path).await;
    let (config, said) = admin.shaped(&path, "config-objects").await;
    assert!(usual[CONFIG].is_string() && config[CONFIG].is_object() && said);
    let (versions, _) = admin
        .shaped(&format!("{path}/versions"), "config-objects")
        .await;
    assert!(
        each(&versions, CONFIG)
            .iter()
            .all(|config| config.is_object())
    );
}

#[tokio::test]
async fn lists_come_bare() {
    let admin = sandbox().await;
    let prompt = first(&admin, "/prompts", "slug").await;
    let partial = first(&admin, "/prompts/partials", "slug").await;
    for path in [
        "/prompts/partials".to_owned(),
        format!("/prompts/{prompt}/versions"),
        format!("/prompts/partials/{partial}/versions"),
    ] {
        let usual = admin.get(&path).await;
        let (bare, said) = admin.shaped(&path, "bare-lists").await;
        assert!(said);
        assert_eq!(bare, usual["data"], "{path}");
    }
    let (others, said) = admin.shaped("/prompts", "bare-lists").await;
    assert!(others["data"].is_array() && !said);
}

#[tokio::test]
async fn limits_come_as_object_and_as_list() {
    let admin = sandbox().await;
    let slug = first(&admin, "/virtual-keys", "slug").await;
    let limits = json!({
        "usage_limits": { "credit_limit": 10, "type": "cost" },
        "rate_limits": [{ "type": "requests", "unit": "rpm", "value": 5 }],
    });
    admin.put(&format!("/virtual-keys/{slug}"), limits).await;
    for (path, limits, shape) in [
        ("/admin/workspaces", "usage_limits", "swapped-usage-limits"),
        ("/virtual-keys", "usage_limits", "swapped-usage-limits"),
        ("/virtual-keys", "rate_limits", "rate-limit-objects"),
    ] {
        let usual = admin.get(path).await;
        let (other, said) = admin.shaped(path, shape).await;
        let (usual, other) = (each(&usual, limits), each(&other, limits));
        let mut pairs = usual.iter().zip(&other);
        let differing = pairs.find(|(usual, other)| usual != other);
        let (usual, other) = differing.unwrap_or_else(|| panic!("{path}: {usual:?}"));
        assert!(said);
        assert!(usual.is_array() != other.is_array(), "{usual} {other}");
    }
}

#[tokio::test]
async fn what_is_missing_is_forbidden() {
    let admin = sandbox().await;
    admin
        .put(
            "/_sandbox/faults",
            json!({ "rules": ["shape=forbidden-for-missing"] }),
        )
        .await;
    admin
        .refusal("GET", "/prompts/pp-none", json!({}))
        .await
        .is(403, "AB03", "prompt");
}
