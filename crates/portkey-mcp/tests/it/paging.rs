//! Lists, page by page and whole, from endpoints that page well, badly and not at all.

use serde_json::{Value, json};
use wiremock::{Mock, MockServer, Request, ResponseTemplate, matchers::any};

use crate::process::Wire;

/// A Portkey of `count` workspaces whose paging is what `page` makes of number and size.
async fn portkey(answer: impl Fn(usize, usize) -> Value + Send + Sync + 'static) -> MockServer {
    let server = MockServer::start().await;
    let respond = move |request: &Request| {
        let number = |name: &str, otherwise: usize| {
            let mut pairs = request.url.query_pairs();
            pairs
                .find(|(n, _)| n == name)
                .map_or(otherwise, |(_, value)| value.parse().unwrap())
        };
        ResponseTemplate::new(200)
            .set_body_json(answer(number("current_page", 0), number("page_size", 50)))
    };
    Mock::given(any())
        .respond_with(respond)
        .mount(&server)
        .await;
    server
}

fn entries(from: usize, to: usize) -> Vec<Value> {
    (from..to)
        .map(|number| json!({ "id": format!("w{number}") }))
        .collect()
}

fn on(server: &MockServer) -> Wire {
    let url = server.uri();
    Wire::initialised(&[], &[("PORTKEY_BASE_URL", &url), ("PORTKEY_API_KEY", "k")])
}

fn ids(page: &Value) -> Vec<&str> {
    page["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["id"].as_str().unwrap())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_names_the_next() {
    let server = portkey(|page, size| json!({ "total": 250, "data": entries(page * size, 250.min((page + 1) * size)) })).await;
    let mut wire = on(&server);
    let page = wire.answer(
        "list_workspaces",
        json!({ "page_size": 100, "current_page": 1 }),
    );
    assert_eq!((ids(&page)[0], &page["next_page"]), ("w100", &json!(2)));
    let page = wire.answer(
        "list_workspaces",
        json!({ "page_size": 100, "current_page": 2 }),
    );
    assert_eq!(
        (page["data"].as_array().unwrap().len(), &page["next_page"]),
        (50, &Value::Null)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn all_fetches_every_page_in_order() {
    let server = portkey(|page, size| json!({ "total": 250, "data": entries(page * size, 250.min((page + 1) * size)) })).await;
    let all = on(&server).answer("list_workspaces", json!({ "all": true }));
    let ids = ids(&all);
    assert_eq!(
        (ids.len(), ids[0], ids[249], &all["total"]),
        (250, "w0", "w249", &json!(250))
    );
    let sent = server.received_requests().await.unwrap();
    // Whose the key is, is asked besides.
    let pages = sent
        .iter()
        .filter(|request| request.url.path().ends_with("/workspaces"));
    assert_eq!(pages.count(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn all_ends_without_a_total_too() {
    let server =
        portkey(|page, size| json!({ "data": entries(page * size, 120.min((page + 1) * size)) }))
            .await;
    let all = on(&server).answer("list_workspaces", json!({ "all": true, "page_size": 50 }));
    assert_eq!((ids(&all).len(), &all["total"]), (120, &json!(120)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_smaller_page_than_asked_for_loses_nothing() {
    let server = portkey(
        |page, _| json!({ "total": 45, "data": entries(page * 20, 45.min((page + 1) * 20)) }),
    )
    .await;
    let all = on(&server).answer("list_workspaces", json!({ "all": true }));
    assert_eq!(ids(&all).len(), 45);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_that_ignores_paging_is_asked_no_further() {
    let server = portkey(|_, _| json!({ "total": 500, "data": entries(0, 10) })).await;
    let all = on(&server).answer("list_workspaces", json!({ "all": true }));
    assert_eq!((ids(&all).len(), &all["truncated"]), (10, &json!(true)));
    assert!(server.received_requests().await.unwrap().len() <= 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_asks_hears_how_far_it_is() {
    let server = portkey(|page, size| json!({ "total": 250, "data": entries(page * size, 250.min((page + 1) * size)) })).await;
    let mut wire = on(&server);
    let heard = wire.progress_of("list_workspaces", json!({ "all": true }));
    let done: Vec<_> = heard
        .iter()
        .map(|step| step["progress"].as_f64().unwrap() as u64)
        .collect();
    assert_eq!(done, [100, 200, 250]);
    assert!(heard.iter().all(|step| step["total"] == 250.0), "{heard:?}");
}

/// Portkey answers every prompt there is where nobody says how many.
#[test]
fn a_list_that_has_no_pages_of_its_own_is_paged_like_the_others() {
    let mut wire = Wire::initialised(&["--sandbox"], &[]);
    let known = wire.answer("list_prompts", json!({}))["data"][0]["slug"].clone();
    let known = wire.answer("get_prompt", json!({ "prompt_id": known }));
    for number in 0..120 {
        let prompt = json!({
            "name": format!("many {number}"), "collection_id": known["collection_id"],
            "string": "Hi", "parameters": {}, "virtual_key": known["virtual_key"],
        });
        wire.answer("create_prompt", prompt);
    }
    let page = wire.answer("list_prompts", json!({}));
    let held = |page: &Value| page["data"].as_array().unwrap().len();
    let total = page["total"].as_u64().unwrap() as usize;
    assert_eq!((held(&page), &page["next_page"]), (50, &json!(1)));
    let next = wire.answer("list_prompts", json!({ "current_page": 2 }));
    assert_eq!(2 * held(&page) + held(&next), total);
    let all = wire.answer("list_prompts", json!({ "all": true }));
    assert_eq!(held(&all), total);
}
