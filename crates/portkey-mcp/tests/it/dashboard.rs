//! The dashboard for Grafana shows what the server counts, all of it and nothing else.

use std::{collections::BTreeSet, fs, path::Path};

use reqwest::{StatusCode, header::HOST};
use serde_json::{Value, json};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

use crate::served::{Served, message};

type Names = BTreeSet<String>;

/// What Prometheus makes of a histogram.
const PARTS: [&str; 3] = ["_bucket", "_count", "_sum"];

/// Labels that Prometheus itself adds.
const FOREIGN: [&str; 2] = ["instance", "le"];

#[tokio::test]
async fn the_dashboard_shows_every_metric_and_no_other() {
    let dashboard = dashboard();
    let queries = queries(&dashboard);
    let words = queries.iter().flat_map(|query| words(query));
    let shown: Names = words.filter(|word| word.starts_with("portkey_")).collect();
    let shown: Names = shown.iter().map(|name| whole(name)).collect();
    assert_eq!(shown, counted(&counts().await).0);
}

#[tokio::test]
async fn the_dashboard_selects_by_labels_that_exist() {
    let (_, labels) = counted(&counts().await);
    for query in queries(&dashboard()) {
        for label in selected(&query) {
            let known = labels.contains(&label) || FOREIGN.contains(&label.as_str());
            assert!(known, "{label} in {query}");
        }
    }
}

#[test]
fn the_dashboard_leaves_the_data_source_to_whoever_imports_it() {
    let dashboard = dashboard();
    let variable = &dashboard["templating"]["list"][0];
    assert_eq!(variable["type"], "datasource");
    let text = dashboard.to_string();
    let sources = text.matches(r#""uid":"${datasource}""#).count();
    assert_eq!(sources, text.matches(r#""datasource":{"#).count());
}

fn dashboard() -> Value {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/grafana/portkey-mcp.json");
    serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap()
}

fn queries(dashboard: &Value) -> Vec<String> {
    let panels = dashboard["panels"].as_array().unwrap().iter();
    let targets = panels.filter_map(|panel| panel["targets"].as_array());
    let queries = targets
        .flatten()
        .map(|target| target["expr"].as_str().unwrap().to_owned());
    queries.collect()
}

/// What a server answers at `/metrics` that has seen everything once: a call, a repeat, a refusal, a session.
async fn counts() -> String {
    let portkey = MockServer::start().await;
    Mock::given(any())
        .respond_with(ResponseTemplate::new(503))
        .mount(&portkey)
        .await;
    let url = portkey.uri();
    let settings = [
        ("PORTKEY_BASE_URL", url.as_str()),
        ("PORTKEY_API_KEY", "test"),
    ];
    let server = Served::start(&["--max-retries", "1"], &settings);
    server.session().await;
    let call = json!({ "name": "list_workspaces", "arguments": {} });
    message(server.modern("tools/call", call).send().await.unwrap()).await;
    let stranger = server
        .modern("tools/list", json!({}))
        .header(HOST, "elsewhere.example");
    assert_eq!(
        stranger.send().await.unwrap().status(),
        StatusCode::FORBIDDEN
    );
    let counts = server.client.get(server.url("/metrics")).send().await;
    counts.unwrap().text().await.unwrap()
}

/// The names of metrics, and of their labels.
fn counted(text: &str) -> (Names, Names) {
    let names = text.lines().filter_map(|line| line.strip_prefix("# TYPE "));
    let names = names.map(|line| line.split(' ').next().unwrap().to_owned());
    let samples = text.lines().filter(|line| !line.starts_with('#'));
    (names.collect(), samples.flat_map(selected).collect())
}

fn words(query: &str) -> impl Iterator<Item = String> {
    let words = query.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
    words.map(str::to_owned)
}

/// The metric that a part of a histogram is of.
fn whole(name: &str) -> String {
    let part = PARTS.iter().find_map(|part| name.strip_suffix(part));
    part.unwrap_or(name).to_owned()
}

/// The labels between braces, and those that are summed by.
fn selected(query: &str) -> Names {
    let within = |open: &'static str, close: char| {
        let groups = query.split(open).skip(1);
        groups.filter_map(move |group| Some(group.split_once(close)?.0))
    };
    let matched = within("{", '}').flat_map(|group| group.split(','));
    let matched = matched.filter_map(|member| member.split(['=', '!']).next());
    let summed = within("by (", ')').flat_map(|group| group.split(','));
    matched
        .chain(summed)
        .map(|label| label.trim().to_owned())
        .collect()
}
