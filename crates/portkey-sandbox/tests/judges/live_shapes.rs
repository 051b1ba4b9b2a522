//! Recorded answers of the live API: what they have, the sandbox's have too, in a type that was seen.

use portkey_testing::outside;
use reqwest::Client;
use serde_json::Value;

use crate::sandbox;

/// The reads that were recorded. One of a single object takes an id out of its listing.
const READS: &[(&str, &str, Option<&str>)] = &[
    ("list_api_keys", "/api-keys", None),
    ("get_api_key", "/api-keys", Some("id")),
    ("list_configs", "/configs", None),
    ("get_config", "/configs", Some("slug")),
    ("list_prompts", "/prompts", None),
    ("get_prompt", "/prompts", Some("slug")),
    ("list_virtual_keys", "/virtual-keys", None),
    ("get_virtual_key", "/virtual-keys", Some("slug")),
    ("list_workspaces", "/admin/workspaces", None),
    ("get_workspace", "/admin/workspaces", Some("slug")),
];

#[tokio::test]
async fn answers_have_every_member_that_was_recorded() {
    let Some(facts) = outside("PORTKEY_FACTS", "the folder of facts") else {
        return;
    };
    let recorded = std::fs::read(facts.join("live-shapes.json")).unwrap();
    let recorded: Value = serde_json::from_slice(&recorded).unwrap();
    let sandbox = sandbox().await;
    _ = rustls::crypto::ring::default_provider().install_default();
    let client = Client::new();
    let get = async |path: &str| -> Value {
        let request = client.get(format!("{}{path}", sandbox.url()));
        let request = request.header("x-portkey-api-key", &sandbox.keys().admin);
        request.send().await.unwrap().json().await.unwrap()
    };
    let mut problems = Vec::new();
    for (name, list, id) in READS {
        let listing = get(list).await;
        let answers = match id {
            None => vec![listing],
            Some(id) => {
                let entries = listing.get("data").and_then(Value::as_array).unwrap();
                let mut answers = Vec::new();
                for id in entries.iter().filter_map(|entry| entry.get(*id)?.as_str()) {
                    answers.push(get(&format!("{list}/{id}")).await);
                }
                answers
            }
        };
        let schema = recorded.pointer(&format!("/{name}/schema")).unwrap();
        assert!(!answers.is_empty(), "{name}");
        for answer in &answers {
            compare(name, schema, answer, &mut problems);
        }
    }
    problems.sort();
    problems.dedup();
    assert!(problems.is_empty(), "{problems:#?}");
}

/// What an answer lacks of a recorded shape. Null stands for any type, as it does live.
fn compare(at: &str, schema: &Value, answer: &Value, problems: &mut Vec<String>) {
    let kinds = match schema.get("type") {
        Some(Value::Array(kinds)) => kinds.clone(),
        Some(kind) => vec![kind.clone()],
        None => Vec::new(),
    };
    let is = |kind: &Value| match kind.as_str() {
        Some("integer") => answer.is_i64() || answer.is_u64(),
        Some("number") => answer.is_number(),
        Some("string") => answer.is_string(),
        Some("boolean") => answer.is_boolean(),
        Some("array") => answer.is_array(),
        Some("object") => answer.is_object(),
        // Nothing but null was seen: that says nothing of what else there is.
        _ => true,
    };
    if !answer.is_null() && !kinds.is_empty() && !kinds.iter().any(is) {
        problems.push(format!("{at}: {kinds:?} was recorded, not {answer}"));
        return;
    }
    let members = schema.get("properties").and_then(Value::as_object);
    for (name, inner) in members.into_iter().flatten() {
        let at = format!("{at}.{name}");
        match answer.get(name) {
            Some(member) => compare(&at, inner, member, problems),
            None if answer.is_object() => problems.push(format!("{at} is missing")),
            None => {}
        }
    }
    let items = schema.get("items").into_iter();
    let entries = answer.as_array().into_iter().flatten();
    for (schema, entry) in
        items.flat_map(|schema| entries.clone().map(move |entry| (schema, entry)))
    {
        compare(&format!("{at}[]"), schema, entry, problems);
    }
}
