//! Prompts: created, changed in versions, published, rendered and completed.

use serde_json::{Value, json};

use crate::client::{Client, each, sandbox};

const PROVIDER: &str = "openai-prod-4f2a91";

fn draft(string: &Value) -> Value {
    json!({
        "name": "Haiku",
        "collection_id": "",
        "string": string.to_string(),
        "parameters": { "temperature": 0.9 },
        "virtual_key": PROVIDER,
        "model": "gpt-4o",
    })
}

/// A prompt in the default collection.
async fn created(owner: &Client) -> Value {
    let collections = owner.get("/collections?search=Default").await;
    let mut body = draft(&json!([{ "role": "user", "content": "A haiku on {{topic}}" }]));
    body["collection_id"] = collections["data"][0]["id"].clone();
    owner.post("/prompts", body).await
}

fn path(prompt: &Value) -> String {
    format!("/prompts/{}", prompt["slug"].as_str().unwrap())
}

async fn rendered(owner: &Client, reference: &str) -> Value {
    let body = json!({ "variables": { "topic": "rain" } });
    let answer = owner.post(&format!("{reference}/render"), body).await;
    assert_eq!(answer["success"], true);
    answer["data"]["messages"][0]["content"].clone()
}

#[tokio::test]
async fn a_prompt_from_its_first_version_to_its_end() {
    let owner = sandbox().await.in_workspace();
    let made = created(&owner).await;
    let path = path(&made);
    let read = owner.get(&path).await;
    assert_eq!(read["prompt_version"], 1);
    assert_eq!(read["prompt_version_id"], made["version_id"]);
    assert_eq!(
        read["parameters"],
        json!({ "temperature": 0.9, "model": "gpt-4o" })
    );
    assert_eq!(read["variable_components"]["variables"], json!(["topic"]));
    assert_eq!(
        (&read["is_raw_template"], &read["tools"]),
        (&json!(0), &Value::Null)
    );

    let string = json!([{ "role": "user", "content": "Two haiku on {{topic}}" }]).to_string();
    let body = json!({ "patch": true, "string": string, "version_description": "Two" });
    let updated = owner.put(&path, body).await;
    assert_eq!(updated["id"], made["id"]);
    let versions = owner.get(&format!("{path}/versions")).await;
    assert_eq!(each(&versions, "prompt_version"), [2, 1]);
    assert_eq!(versions["data"][0]["id"], updated["prompt_version_id"]);
    assert_eq!(
        owner.get(&path).await["prompt_version"],
        1,
        "not published yet"
    );
    let draft = owner.get(&format!("{path}?version=2")).await;
    assert_eq!(draft["prompt_version_description"], "Two");
    assert_eq!(
        draft["virtual_key"], PROVIDER,
        "patched over the version before"
    );

    assert_eq!(rendered(&owner, &path).await, "A haiku on rain");
    assert_eq!(
        rendered(&owner, &format!("{path}@latest")).await,
        "Two haiku on rain"
    );
    owner
        .put(&format!("{path}/makeDefault"), json!({ "version": 2 }))
        .await;
    assert_eq!(rendered(&owner, &path).await, "Two haiku on rain");
    assert_eq!(
        rendered(&owner, &format!("{path}@1")).await,
        "A haiku on rain"
    );
    owner
        .put(&format!("{path}/makeDefault"), json!({ "version": 1 }))
        .await;
    assert_eq!(
        rendered(&owner, &path).await,
        "A haiku on rain",
        "rolled back"
    );

    owner.delete(&path).await;
    let refused = owner.refusal("GET", &path, json!({})).await;
    refused.is(404, "AB08", "prompt");
}

#[tokio::test]
async fn name_and_collection_change_in_place() {
    let owner = sandbox().await.in_workspace();
    let path = path(&created(&owner).await);
    let writing = &owner.get("/collections?search=Writing").await["data"][0];
    let body = json!({ "name": "Haiku!", "collection_id": writing["slug"] });
    assert_eq!(owner.put(&path, body).await, json!({}));
    assert_eq!(
        owner
            .put(&path, json!({ "version_description": "Alone" }))
            .await,
        json!({})
    );
    let read = owner.get(&path).await;
    assert_eq!(
        (&read["name"], &read["collection_id"]),
        (&json!("Haiku!"), &writing["id"])
    );
    assert_eq!(owner.get(&format!("{path}/versions")).await["total"], 1);
}

#[tokio::test]
async fn without_patch_a_version_must_be_complete() {
    let owner = sandbox().await.in_workspace();
    let path = path(&created(&owner).await);
    let mut body = json!({ "string": "Plain {{topic}}" });
    for field in ["parameters", "model", "virtual_key"] {
        let refused = owner.refusal("PUT", &path, body.clone()).await;
        refused.is(400, "AB01", field);
        body[field] = match field {
            "parameters" => json!({}),
            "model" => json!("gpt-4.1"),
            "virtual_key" => json!(PROVIDER),
            _ => json!(0),
        };
    }
    owner.put(&path, body).await;
    let read = owner.get(&format!("{path}?version=latest")).await;
    assert_eq!(
        (&read["string"], &read["model"]),
        (&json!("Plain {{topic}}"), &json!("gpt-4.1"))
    );
    let refused = owner
        .refusal("PUT", &path, json!({ "prompt_template": "x" }))
        .await;
    refused.is(400, "AB01", "`string`");
}

#[tokio::test]
async fn what_a_prompt_names_must_exist() {
    let owner = sandbox().await.in_workspace();
    let good = json!({
        "name": "P", "collection_id": owner.get("/collections").await["data"][0]["id"],
        "string": "x", "parameters": {}, "virtual_key": PROVIDER,
    });
    for (field, value) in [
        ("collection_id", json!("nowhere")),
        ("virtual_key", json!("openai-stagi-9d10e5")),
        ("string", json!("{{#open}}")),
        ("parameters", json!("none")),
        ("name", json!("")),
    ] {
        let mut body = good.clone();
        body[field] = value;
        let refused = owner.refusal("POST", "/prompts", body).await;
        refused.is(400, "AB01", &format!("`{field}`"));
    }
    let path = path(&created(&owner).await);
    let refused = owner
        .refusal(
            "PUT",
            &format!("{path}/makeDefault"),
            json!({ "version": 9 }),
        )
        .await;
    refused.is(404, "AB08", "version");
    let refused = owner
        .refusal("PUT", &format!("{path}/publish"), json!({ "version": 1 }))
        .await;
    refused.is(404, "AB02", "route");
}

#[tokio::test]
async fn a_version_is_read_by_its_uuid() {
    let owner = sandbox().await.in_workspace();
    let path = "/prompts/pp-support-reply-4c91f2";
    let versions = owner.get(&format!("{path}/versions")).await;
    assert_eq!(
        each(&versions, "prompt_version"),
        [3, 2, 1],
        "the newest is a draft"
    );
    let newest = versions["data"][0]["id"].as_str().unwrap();
    let read = owner.get(&format!("{path}/versions/{newest}")).await;
    assert_eq!(read["prompt_version"], 3);
    assert_eq!(
        read["variable_components"]["sections"],
        json!(["customer_name", "order"])
    );
}

#[tokio::test]
async fn prompts_are_listed_at_once_unless_paged() {
    let owner = sandbox().await.in_workspace();
    let all = owner.get("/prompts").await;
    assert_eq!(all["total"], 8);
    assert_eq!(all["data"].as_array().unwrap().len(), 8);
    assert!(each(&all, "string").iter().all(|string| string.is_null()));
    let page = owner.get("/prompts?page_size=3&current_page=2").await;
    assert_eq!(page["data"][1], all["data"][7]);
    let found = owner.get("/prompts?search=sql").await;
    assert_eq!(each(&found, "slug"), ["pp-sql-assistant-52cc9d"]);
    let writing = &owner.get("/collections?search=Writing").await["data"][0];
    let found = owner
        .get(&format!(
            "/prompts?collection_id={}",
            writing["id"].as_str().unwrap()
        ))
        .await;
    assert_eq!(found["total"], 2);
}

#[tokio::test]
async fn rendering_makes_the_request_body() {
    let owner = sandbox().await.in_workspace();
    let body = json!({
        "variables": { "classes": [{ "name": "billing", "meaning": "money" }], "subject": "Invoice" },
        "temperature": 1, "seed": 7,
    });
    let answer = owner
        .post("/prompts/pp-ticket-triage-a07be3/render", body)
        .await;
    assert_eq!(
        answer["data"],
        json!({
            "model": "gpt-4o-mini",
            "messages": [
                { "role": "system", "content": "Classify the ticket. Answer with exactly one of:\n- billing: money\n" },
                { "role": "user", "content": "Subject: Invoice\n\n" },
            ],
            "max_tokens": 10, "temperature": 1, "seed": 7,
        })
    );
    let refused = owner
        .refusal(
            "POST",
            "/prompts/pp-ticket-triage-a07be3/render",
            json!({ "x": 1 }),
        )
        .await;
    refused.is(400, "AB01", "`variables`");
    let refused = owner
        .refusal(
            "POST",
            "/prompts/pp-ticket-triage-a07be3@nope/render",
            json!({ "variables": {} }),
        )
        .await;
    refused.is(404, "AB08", "version");
}

#[tokio::test]
async fn a_raw_prompt_grows_by_its_sections() {
    let owner = sandbox().await.in_workspace();
    let body =
        json!({ "variables": { "rounds": [{ "diff": "-a", "review": "Why?" }], "diff": "+b" } });
    let answer = owner
        .post("/prompts/pp-code-review-8813de/render", body)
        .await;
    let messages = answer["data"]["messages"].as_array().unwrap();
    let contents: Vec<&Value> = messages
        .iter()
        .skip(1)
        .map(|message| &message["content"])
        .collect();
    assert_eq!(contents, ["-a", "Why?", "+b"]);
    let body = json!({ "variables": { "diff": "\"" } });
    let refused = owner
        .refusal("POST", "/prompts/pp-code-review-8813de/render", body)
        .await;
    refused.is(400, "AB01", "JSON");
}

#[tokio::test]
async fn only_workspace_keys_render() {
    let admin = sandbox().await;
    let path = "/prompts/pp-ticket-triage-a07be3/render";
    let refused = admin
        .refusal("POST", path, json!({ "variables": {} }))
        .await;
    refused.is(403, "AB03", "workspace API key");
}
