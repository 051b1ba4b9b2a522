//! The dashboard as an MCP App: for clients that announce the extension, and in a real browser where `TEST_CHROMIUM`
//! names one.

use serde_json::{Value, json};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

use crate::{
    browser,
    served::{Served, message, modern_meta},
};

const PAGE: &str = "text/html;profile=mcp-app";
const TOOL: &str = "show_dashboard";
const URI: &str = "ui://portkey/dashboard";

fn shows_pages() -> Value {
    json!({ "extensions": { "io.modelcontextprotocol/ui": { "mimeTypes": [PAGE] } } })
}

/// Asks as a client that shows pages, or as one that does not.
async fn ask(server: &Served, shows: bool, method: &str, mut params: Value) -> Value {
    let able = if shows { shows_pages() } else { json!({}) };
    params["_meta"] = modern_meta(&able);
    let answer = server.modern(method, params).send().await.unwrap();
    message(answer).await["result"].take()
}

fn named<'a>(list: &'a Value, name: &str) -> Option<&'a Value> {
    list.as_array()
        .unwrap()
        .iter()
        .find(|one| one["name"] == name)
}

#[tokio::test]
async fn only_clients_that_show_pages_are_told_of_it() {
    for surface in ["flat", "names", "compact", "code"] {
        let server = Served::on_sandbox(&["--surface", surface]);
        let without = ask(&server, false, "tools/list", json!({})).await;
        assert!(named(&without["tools"], TOOL).is_none(), "{surface}");
        let with = ask(&server, true, "tools/list", json!({})).await;
        let tool = named(&with["tools"], TOOL).unwrap();
        assert_eq!(tool["_meta"]["ui"]["resourceUri"], URI);
        assert_eq!(tool["_meta"]["ui/resourceUri"], URI);
        assert_eq!(tool["annotations"]["readOnlyHint"], true);
    }
    let server = Served::on_sandbox(&[]);
    let without = ask(&server, false, "resources/list", json!({})).await;
    assert!(named(&without["resources"], "dashboard").is_none());
    let with = ask(&server, true, "resources/list", json!({})).await;
    assert_eq!(
        named(&with["resources"], "dashboard").unwrap()["mimeType"],
        PAGE
    );
}

#[tokio::test]
async fn the_page_is_small_and_loads_nothing() {
    let server = Served::on_sandbox(&[]);
    let read = ask(&server, true, "resources/read", json!({ "uri": URI })).await;
    let page = &read["contents"][0];
    assert_eq!(page["mimeType"], PAGE);
    assert_eq!(page["_meta"]["ui"]["csp"], json!({}));
    let text = page["text"].as_str().unwrap();
    assert!(text.len() < 150_000, "{} bytes", text.len());
    assert!(text.contains("default-src 'none'"), "{text}");
    for outside in [
        "src=",
        "href=",
        "url(",
        "@import",
        "fetch(",
        "innerHTML",
        "/* style */",
        "/* script */",
    ] {
        assert!(!text.contains(outside), "{outside}");
    }
    let addresses = text.matches("http").count();
    let of_svg = text.matches("http://www.w3.org/2000/svg").count();
    let of_meta = text.matches("http-equiv").count();
    assert_eq!(addresses, of_svg + of_meta);
}

#[tokio::test]
async fn the_tool_answers_totals_as_text_and_figures_for_the_page() {
    let server = Served::on_sandbox(&[]);
    let call = json!({ "name": TOOL, "arguments": { "period": "30d" } });
    let result = ask(&server, true, "tools/call", call).await;
    let text = result["content"][0]["text"].as_str().unwrap();
    assert!(
        text.starts_with("The user sees the dashboard of the last 30d: $"),
        "{text}"
    );
    assert_eq!(result["content"].as_array().unwrap().len(), 1);
    let figures = &result["structuredContent"];
    assert_eq!(figures["problems"], json!({}));
    assert_eq!(figures["sandbox"], true);
    assert!(figures["spend"]["data_points"].as_array().unwrap().len() > 10);
    assert!(
        figures["budgets"]["data"][0]["limit"].is_number(),
        "{figures}"
    );
    assert_eq!(figures["workspaces"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn a_wrong_argument_is_named() {
    let server = Served::on_sandbox(&[]);
    let call = json!({ "name": TOOL, "arguments": { "period": "1y" } });
    let result = ask(&server, true, "tools/call", call).await;
    assert_eq!(result["isError"], true, "{result}");
    let text = result["content"][0]["text"].as_str().unwrap();
    assert_eq!(text, "`period` must be one of 7d, 24h, 30d, 90d");
}

#[tokio::test]
async fn a_panel_that_the_policy_forbids_says_so() {
    let server = Served::on_sandbox(&["--toolsets", "default,-usage_limits"]);
    let result = ask(&server, true, "tools/call", json!({ "name": TOOL })).await;
    let figures = &result["structuredContent"];
    let problem = figures["problems"]["budgets"].as_str().unwrap();
    assert!(problem.contains("list_usage_limits"), "{problem}");
    assert!(figures["spend"]["summary"]["total_usd"].is_number());
    let text = result["content"][0]["text"].as_str().unwrap();
    assert!(text.contains("Not shown:\nbudgets: "), "{text}");
    let none = Served::on_sandbox(&["--toolsets", "prompts"]);
    let listed = ask(&none, true, "tools/list", json!({})).await;
    assert!(named(&listed["tools"], TOOL).is_none());
    let refused = ask(&none, true, "tools/call", json!({ "name": TOOL })).await;
    assert_eq!(refused["isError"], true, "{refused}");
}

/// A host, and a server that it may ask.
async fn host() -> (MockServer, Served) {
    let host = MockServer::start().await;
    let page =
        ResponseTemplate::new(200).set_body_raw(include_str!("mcp_app/host.html"), "text/html");
    Mock::given(any()).respond_with(page).mount(&host).await;
    let server = Served::on_sandbox(&["--allowed-origins", &host.uri()]);
    (host, server)
}

fn shown(
    host: &MockServer,
    server: &Served,
    more: &str,
    flags: &[&str],
) -> Option<(String, String)> {
    let url = format!("{}/?server={}{more}", host.uri(), server.origin);
    // In a process of its own, the frame has no share in the virtual time.
    let usual = [
        "--virtual-time-budget=60000",
        "--disable-features=IsolateSandboxedIframes",
    ];
    browser::show(&url, &[&usual[..], flags].concat())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_shows_it_and_makes_its_calls() {
    let (host, server) = host().await;
    let Some((page, complaints)) = shown(&host, &server, "&act", &["--dump-dom"]) else {
        return;
    };
    let (_, report) = page.split_once("<pre id=\"report\" hidden=\"\">").unwrap();
    let (report, _) = report.split_once("</pre>").unwrap();
    let report = report
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&");
    let report: Value = serde_json::from_str(&report).unwrap_or_else(|_| panic!("{page}"));
    assert_eq!(report["failed"], Value::Null, "{report} {complaints}");
    assert_eq!(report["initialize"]["protocolVersion"], "2026-01-26");
    let methods = report["methods"].as_array().unwrap();
    assert_eq!(methods[0], "ui/initialize");
    assert!(methods.contains(&"ui/notifications/initialized".into()));
    assert!(report["sizes"].as_u64().unwrap() > 0, "{report}");
    let first = report["texts"]["first"].as_str().unwrap();
    for part in [
        "Spend",
        "$",
        "Errors",
        "% of requests",
        "Latency",
        "p99",
        "gpt-4o",
        "Budgets",
        "of $250.00",
        "Production",
    ] {
        assert!(first.contains(part), "{part} is not in {first}");
    }
    assert_eq!(report["marks"], 5, "{report}");
    let calls = json!([
        { "name": TOOL, "arguments": { "period": "24h" } },
        { "name": TOOL, "arguments": { "period": "24h", "workspace": "ws-staging-51f0ae" } },
        { "name": TOOL, "arguments": { "period": "24h", "workspace": "ws-staging-51f0ae" } },
    ]);
    assert_eq!(report["calls"], calls);
    let refused = "The host did not make the call: <b>not now</b>";
    assert_eq!(report["texts"]["refused"], refused);
    // What the page may not do is told on the console; that the host looks into the frame is, too.
    let mut console = complaints.lines().filter(|line| line.contains("CONSOLE"));
    let refused = console.find(|line| !line.contains("can escape its sandboxing"));
    assert_eq!(refused, None);
}

/// Writes the pictures of the documentation: `DASHBOARD_PICTURES` names the folder.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "writes pictures for the documentation"]
async fn pictures() {
    let folder = std::env::var_os("DASHBOARD_PICTURES").unwrap();
    let (host, server) = host().await;
    for (theme, width) in [("light", 900), ("dark", 900), ("light", 390)] {
        let folder = std::path::Path::new(&folder);
        let name = if width < 500 {
            "dashboard-phone.png".to_owned()
        } else {
            format!("dashboard-{theme}.png")
        };
        let file = format!("--screenshot={}", folder.join(name).display());
        let size = format!(
            "--window-size={width},{}",
            if width < 500 { 1400 } else { 890 }
        );
        shown(
            &host,
            &server,
            &format!("&theme={theme}"),
            &[&file, &size, "--hide-scrollbars"],
        );
    }
}
