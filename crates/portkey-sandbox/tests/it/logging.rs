//! Logs from outside the gateway, feedback on them, and what analytics make of both.

use serde_json::{Value, json};

use crate::client::{Client, each, sandbox};

const EVER: &str =
    "time_of_generation_min=2000-01-01T00:00:00Z&time_of_generation_max=2100-01-01T00:00:00Z";

/// A log of ten tokens in and five out.
fn log(trace: &str, user: &str) -> Value {
    json!({
        "request": {
            "url": "https://api.openai.com/v1/chat/completions",
            "body": { "model": "gpt-4o", "messages": [{ "role": "user", "content": "Hi" }] },
        },
        "response": {
            "status": 200,
            "response_time": 321,
            "body": { "usage": { "prompt_tokens": 10, "completion_tokens": 5 } },
        },
        "metadata": { "traceId": trace, "spanName": "greeting", "user": user, "app": "outside" },
    })
}

async fn users(client: &Client, filter: &str) -> Value {
    client
        .get(&format!("/analytics/groups/users?{EVER}&{filter}"))
        .await
}

/// The ids of the logs of a trace, by way of an export.
async fn ids(client: &Client, trace: &str) -> Vec<String> {
    let body = json!({ "filters": { "trace_id": trace }, "requested_data": ["id"] });
    let export = client.post("/logs/exports", body).await;
    let path = format!("/logs/exports/{}", export["id"].as_str().unwrap());
    client.post(&format!("{path}/start"), json!({})).await;
    client
        .put("/_sandbox/clock", json!({ "milliseconds": 1000 }))
        .await;
    let url = client.get(&format!("{path}/download")).await;
    let file = reqwest::get(url["signed_url"].as_str().unwrap())
        .await
        .unwrap();
    let text = file.text().await.unwrap();
    let lines = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines
        .map(|line| line["id"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn inserted_logs_are_read_and_count_at_once() {
    let owner = sandbox().await.in_workspace();
    let snake = json!({
        "request": { "url": "https://api.anthropic.com/v1/messages", "body": { "model": "claude-haiku-4-5" } },
        "response": { "body": { "usage": { "input_tokens": 7, "output_tokens": 3 } } },
        "metadata": { "trace_id": "trace-2", "parent_span_id": "root", "_user": "bob" },
    });
    assert_eq!(
        owner.post("/logs", log("trace-1", "ann")).await["status"],
        "success"
    );
    owner
        .post("/logs", json!([log("trace-1", "ann"), snake]))
        .await;

    let figures = users(&owner, "metadata=%7B%22app%22%3A%22outside%22%7D").await;
    assert_eq!(each(&figures, "user"), ["ann"]);
    assert_eq!(each(&figures, "requests"), ["2"]);
    assert_eq!(
        each(&users(&owner, "trace_id=trace-2").await, "user"),
        ["bob"]
    );

    let ids = ids(&owner, "trace-1").await;
    assert_eq!(ids.len(), 2);
    let read = owner.get(&format!("/logs/{}", ids[0])).await;
    assert_eq!(read["_id"], ids[0]);
    assert_eq!(read["request"]["body"]["messages"][0]["content"], "Hi");
    assert_eq!(read["response"]["responseTime"], 321);
    let metrics = &read["metrics"];
    assert_eq!(
        (&metrics["ai_org"], &metrics["ai_model"]),
        (&json!("openai"), &json!("gpt-4o"))
    );
    assert_eq!(
        (&metrics["span_name"], &metrics["cost"]),
        (&json!("greeting"), &json!(0.0075))
    );
    assert_eq!(metrics["metadata.key"], json!(["_user", "app"]));
    assert_eq!(metrics["metadata.value"], json!(["ann", "outside"]));
}

#[tokio::test]
async fn a_log_has_a_request_and_a_response() {
    let admin = sandbox().await;
    let owner = admin.in_workspace();
    let request = json!({ "url": "https://api.openai.com", "body": {} });
    for (body, names) in [
        (json!({}), "`request`"),
        (json!([]), "empty"),
        (json!({ "request": request }), "`response`"),
        (
            json!({ "request": { "body": {} }, "response": { "body": {} } }),
            "`request.url`",
        ),
        (
            json!({ "request": request, "response": {} }),
            "`response.body`",
        ),
        (
            json!({ "request": request, "response": { "body": {} }, "metadata": { "age": 3 } }),
            "metadata.age",
        ),
    ] {
        owner
            .refusal("POST", "/logs", body)
            .await
            .is(400, "AB01", names);
    }
    admin
        .refusal("POST", "/logs", log("t", "u"))
        .await
        .is(403, "AB03", "workspace API key");
    owner
        .refusal("GET", "/logs/none", json!({}))
        .await
        .is(404, "AB08", "log");
}

#[tokio::test]
async fn feedback_counts_for_its_trace() {
    let admin = sandbox().await;
    let owner = admin.in_workspace();
    owner
        .post("/logs", json!([log("t-1", "ann"), log("t-2", "bob")]))
        .await;
    let given = owner
        .post("/feedback", json!({ "trace_id": "t-1", "value": 5 }))
        .await;
    assert_eq!(given["status"], "success");
    let both = json!([
        { "trace_id": "t-1", "value": -4, "weight": 0.5 },
        { "trace_id": "t-2", "value": 10, "metadata": { "_user": "bob" } },
    ]);
    let more = owner.post("/feedback", both).await;
    assert_eq!(more["feedback_ids"].as_array().unwrap().len(), 2);
    let above = |limit: f64| {
        format!("weighted_feedback_min={limit}&metadata=%7B%22app%22%3A%22outside%22%7D")
    };
    // (5 - 2) / 1.5
    assert_eq!(
        each(&users(&owner, &above(2.0)).await, "user"),
        ["ann", "bob"]
    );
    assert_eq!(each(&users(&owner, &above(2.1)).await, "user"), ["bob"]);
    let path = format!("/feedback/{}", given["feedback_ids"][0].as_str().unwrap());
    let changed = owner.put(&path, json!({ "value": 10 })).await;
    assert_eq!(changed["feedback_ids"], given["feedback_ids"]);
    assert_eq!(
        each(&users(&owner, &above(5.0)).await, "user"),
        ["ann", "bob"]
    );
}

#[tokio::test]
async fn feedback_stays_on_its_scale() {
    let admin = sandbox().await;
    let owner = admin.in_workspace();
    for (body, names) in [
        (json!({ "value": 1 }), "`trace_id`"),
        (json!({ "trace_id": "t" }), "`value`"),
        (json!({ "trace_id": "t", "value": 11 }), "`value`"),
        (json!({ "trace_id": "t", "value": 1.5 }), "`value`"),
        (
            json!([{ "trace_id": "t", "value": 1, "weight": 2 }]),
            "`weight`",
        ),
    ] {
        owner
            .refusal("POST", "/feedback", body)
            .await
            .is(400, "AB01", names);
    }
    owner
        .refusal("PUT", "/feedback/none", json!({ "value": 1 }))
        .await
        .is(404, "AB08", "feedback");
    admin
        .refusal("POST", "/feedback", json!({ "trace_id": "t", "value": 1 }))
        .await
        .is(403, "AB03", "workspace API key");
}
