//! Answers are sized for a model, and nothing is lost: whoever follows what an answer says sees all of it.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use wiremock::{
    Mock, MockServer, Request, ResponseTemplate,
    matchers::{method, path},
};

use crate::process::{Wire, run, text};

pub(crate) fn sandbox() -> Wire {
    Wire::initialised(&["--sandbox", "--toolsets", "all"], &[])
}

fn on(server: &MockServer, arguments: &[&str]) -> Wire {
    let url = server.uri();
    let arguments = [&["--toolsets", "all"], arguments].concat();
    Wire::initialised(
        &arguments,
        &[("PORTKEY_BASE_URL", &url), ("PORTKEY_API_KEY", "k")],
    )
}

pub(crate) fn notes(result: &Value) -> String {
    let blocks = result["content"].as_array().unwrap().iter().skip(1);
    blocks
        .map(|block| block["text"].as_str().unwrap())
        .collect()
}

pub(crate) fn shown(result: &Value) -> Value {
    serde_json::from_str(result["content"][0]["text"].as_str().unwrap()).unwrap()
}

pub(crate) fn members(value: &Value) -> BTreeSet<&str> {
    value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

/// A Portkey of `total` workspaces, each described in as many words as its number is large.
async fn portkey(total: usize) -> MockServer {
    let server = MockServer::start().await;
    let respond = move |request: &Request| {
        let number = |name: &str, otherwise: usize| {
            let mut pairs = request.url.query_pairs();
            let found = pairs.find(|(asked, _)| asked == name);
            found.map_or(otherwise, |(_, value)| value.parse().unwrap())
        };
        let size = number("page_size", 100).min(100);
        let begin = (number("current_page", 0) * size).min(total);
        let entry = |n: usize| {
            let name = "words ".repeat(n % 60);
            json!({ "id": format!("w{n}"), "name": name, "description": "left out", "icon": null })
        };
        let data: Vec<Value> = (begin..(begin + size).min(total)).map(entry).collect();
        ResponseTemplate::new(200).set_body_json(json!({ "total": total, "data": data }))
    };
    Mock::given(method("GET"))
        .and(path("/v1/admin/workspaces"))
        .respond_with(respond)
        .mount(&server)
        .await;
    server
}

/// The ids on all pages, as somebody sees them who follows `next` and `next_page`, and the number of calls.
fn followed(wire: &mut Wire, tool: &str, first: Value) -> (Vec<String>, usize) {
    let (mut arguments, mut ids) = (first, Vec::new());
    for calls in 1.. {
        let page = wire.answer(tool, arguments.clone());
        let entries = page["data"].as_array().unwrap().iter();
        ids.extend(entries.map(|entry| entry["id"].as_str().unwrap().to_owned()));
        if let Some(next) = page["next"].as_object() {
            arguments.as_object_mut().unwrap().remove("all");
            for (name, value) in next {
                arguments[name] = value.clone();
            }
        } else if page["next_page"].is_u64() {
            arguments["current_page"] = page["next_page"].clone();
        } else {
            return (ids, calls);
        }
    }
    unreachable!()
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_follows_a_list_sees_every_entry_once() {
    let server = portkey(270).await;
    let expected: Vec<String> = (0..270).map(|n| format!("w{n}")).collect();
    let mut wire = on(&server, &[]);
    for first in [
        json!({}),
        json!({ "result_tokens": 900 }),
        json!({ "result_tokens": 400, "page_size": 90 }),
        json!({ "all": true, "result_tokens": 2000 }),
        json!({ "all": true, "fields": "data.id,data.name", "result_tokens": 700 }),
        json!({ "verbose": true, "result_tokens": 1500, "page_size": 33 }),
    ] {
        let (ids, calls) = followed(&mut wire, "list_workspaces", first.clone());
        assert_eq!(ids, expected, "{first}");
        assert!(calls > 1, "{first}");
    }
    let asked = server.received_requests().await.unwrap();
    let first = asked
        .iter()
        .find(|one| one.url.path().ends_with("/workspaces"));
    let usual = first.unwrap().url.query().unwrap().to_owned();
    assert!(usual.contains("page_size=50"), "{usual}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_prompt_asked_for_at_once_still_fits_the_budget() {
    let server = MockServer::start().await;
    let prompts: Vec<Value> = (0..400)
        .map(|n| {
            json!({
                "id": format!("a9b8c73a-bb44-5b78-a1b0-81c660eda{n:03}"), "slug": format!("pp-check-{n}"),
                "name": format!("Check {n}"), "model": "gpt-4o-mini", "status": "active",
                "created_at": "2026-11-09T14:32:57.553Z", "last_updated_at": "2026-11-10T14:32:57.553Z",
            })
        })
        .collect();
    let answer = json!({ "total": 400, "data": prompts });
    Mock::given(method("GET"))
        .and(path("/v1/prompts"))
        .respond_with(ResponseTemplate::new(200).set_body_json(answer))
        .mount(&server)
        .await;
    let mut wire = on(&server, &[]);
    let result = wire.call("list_prompts", json!({ "all": true }));
    let tokens = portkey_engine::tokens::of_text(result["content"][0]["text"].as_str().unwrap());
    assert!(tokens <= 10_000, "{tokens}");
    let list = shown(&result);
    let held = list["data"].as_array().unwrap().len();
    assert!(held > 100, "{held}");
    assert_eq!(
        list["next"]["current_page"].as_u64().unwrap()
            * list["next"]["page_size"].as_u64().unwrap(),
        held as u64
    );
    let told = notes(&result);
    assert!(
        told.contains(&format!("{held} of 400 entries are shown")),
        "{told}"
    );
}

#[test]
fn a_list_without_pages_goes_on_by_its_parts() {
    let mut wire = sandbox();
    let whole = wire.answer("list_key_scopes", json!({}));
    let (mut seen, mut fields) = (Vec::new(), None);
    loop {
        let mut arguments = json!({ "result_tokens": 800 });
        if let Some(fields) = fields {
            arguments["fields"] = fields;
        }
        let part = wire.answer("list_key_scopes", arguments);
        seen.extend(part["data"].as_array().unwrap().clone());
        match part["next"]["fields"].as_str() {
            Some(next) => fields = Some(next.into()),
            None => break,
        }
    }
    assert_eq!(Value::Array(seen), whole["data"]);
}

/// A Portkey with one prompt whose template is long.
async fn with_long_prompt(template: &str) -> MockServer {
    let server = MockServer::start().await;
    let prompt = json!({
        "id": "7c9e6679-7425-40de-944b-e07fc1f90ae7", "slug": "pp-long", "name": "Long",
        "prompt_version": 7, "string": template, "parameters": { "max_tokens": 5 },
    });
    Mock::given(method("GET"))
        .and(path("/v1/prompts/pp-long"))
        .respond_with(ResponseTemplate::new(200).set_body_json(prompt.clone()))
        .mount(&server)
        .await;
    Mock::given(method("PUT"))
        .and(path("/v1/prompts/pp-long"))
        .respond_with(ResponseTemplate::new(200).set_body_json(prompt))
        .mount(&server)
        .await;
    server
}

#[tokio::test(flavor = "multi_thread")]
async fn an_object_that_is_too_large_is_outlined_and_read_in_parts() {
    let words: Vec<String> = (0..9000).map(|n| format!("word{n} ")).collect();
    let template = words.concat();
    let server = with_long_prompt(&template).await;
    let mut wire = on(&server, &["--result-tokens", "4000"]);
    let result = wire.call("get_prompt", json!({ "prompt_id": "pp-long" }));
    let outline = shown(&result);
    assert_eq!(outline["prompt_version"], 7);
    assert_eq!(outline["parameters"]["max_tokens"], 5);
    assert!(outline["string"].is_null(), "{outline}");
    let what = outline["left_out"]["string"].as_str().unwrap();
    assert!(
        what.starts_with(&format!("text of {} characters", template.len())),
        "{what}"
    );
    let told = notes(&result);
    let (_, fields) = told.split_once("`fields: \"").unwrap();
    let (fields, _) = fields.split_once('"').unwrap();
    let (start, end) = fields.trim_end_matches(']').split_once(':').unwrap();
    assert_eq!(start, "string[0");
    let step: usize = end.parse().unwrap();
    let mut whole = String::new();
    while whole.len() < template.len() {
        let fields = format!("string[{}:{}]", whole.len(), whole.len() + step);
        let part = wire.answer(
            "get_prompt",
            json!({ "prompt_id": "pp-long", "fields": fields }),
        );
        assert!(part["left_out"].is_null(), "{part}");
        whole += part["string"].as_str().unwrap();
    }
    assert_eq!(whole, template);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_not_repeated_to_read_its_answer() {
    let server = with_long_prompt(&"word ".repeat(60_000)).await;
    let mut wire = on(&server, &[]);
    let change = json!({ "prompt_id": "pp-long", "name": "Long" });
    let result = wire.call("update_prompt", change);
    let outline = shown(&result);
    assert_eq!(
        (&outline["slug"], &outline["prompt_version"]),
        (&json!("pp-long"), &json!(7))
    );
    let told = notes(&result);
    assert!(
        told.contains("`get_prompt` with `fields: \"string[0:"),
        "{told}"
    );
    assert!(told.contains("do not repeat it"), "{told}");
    let received = server.received_requests().await.unwrap();
    let changes = received.iter().filter(|request| request.method == "PUT");
    assert_eq!(changes.count(), 1);
}

#[test]
fn the_operator_limits_what_a_call_may_ask_for() {
    let limits = [
        "--toolsets",
        "all",
        "--result-tokens",
        "600",
        "--max-result-tokens",
        "900",
    ];
    let mut wire = Wire::initialised(&[&["--sandbox"], &limits[..]].concat(), &[]);
    let cut = wire.call("list_key_scopes", json!({}));
    assert!(notes(&cut).contains("exceed 600 tokens"), "{cut}");
    let raised = wire.call("list_key_scopes", json!({ "result_tokens": 50_000 }));
    let told = notes(&raised);
    assert!(
        told.contains("at most 900 on this server") && told.contains("exceed 900 tokens"),
        "{told}"
    );
    let refused = wire.failure("list_key_scopes", json!({ "result_tokens": 10 }));
    assert!(refused.contains("at least 200"), "{refused}");
}

#[test]
fn structured_content_is_as_large_as_the_text() {
    let arguments = ["--sandbox", "--structured", "always"];
    let mut wire = Wire::initialised(&arguments, &[]);
    for arguments in [
        json!({}),
        json!({ "result_tokens": 400 }),
        json!({ "fields": "data.slug" }),
    ] {
        let result = wire.call("list_workspaces", arguments);
        assert_eq!(result["structuredContent"], shown(&result));
    }
    let table = wire.call(
        "list_workspaces",
        json!({ "format": "csv", "result_tokens": 300 }),
    );
    let rows = table["content"][0]["text"]
        .as_str()
        .unwrap()
        .lines()
        .count()
        - 1;
    assert_eq!(
        table["structuredContent"]["data"].as_array().unwrap().len(),
        rows
    );
}

#[test]
fn a_command_shows_all_entries_unless_it_is_limited() {
    let call = |more: &[&str]| {
        let arguments = [&["call", "list_key_scopes", "--sandbox"], more].concat();
        let output = run(&arguments, &[]);
        (text(&output.stdout), text(&output.stderr))
    };
    let (whole, _) = call(&[]);
    let whole: Value = serde_json::from_str(&whole).unwrap();
    assert!(whole["next"].is_null() && whole["data"].as_array().unwrap().len() > 100);
    let (cut, told) = call(&["--result-tokens", "500"]);
    let cut: Value = serde_json::from_str(&cut).unwrap();
    assert!(
        cut["next"]["fields"].is_string() && told.contains("exceed 500"),
        "{told}"
    );
    let (csv, _) = call(&["--format", "csv", "--fields", "data[0:2].name"]);
    assert_eq!(csv.lines().count(), 3, "{csv}");
}
