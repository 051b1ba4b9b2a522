//! Charts of analytics: beside the answer over MCP, in the terminal and in files on the command line.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::process::{Wire, portkey_mcp, run, text};

/// Tools whose answers are drawn, with what they need.
const DRAWN: [(&str, &str); 25] = [
    ("get_request_analytics", "{}"),
    ("get_cost_analytics", "{}"),
    ("get_token_analytics", "{}"),
    ("get_latency_analytics", "{}"),
    ("get_error_analytics", "{}"),
    ("get_error_rate_analytics", "{}"),
    ("get_status_code_analytics", "{}"),
    ("get_error_status_codes_analytics", "{}"),
    ("get_rescued_requests", "{}"),
    ("get_user_analytics", "{}"),
    ("get_requests_per_user", "{}"),
    ("get_cache_hit_rate", "{}"),
    ("get_cache_hit_latency", "{}"),
    ("get_feedback_analytics", "{}"),
    ("get_feedback_score_distribution", "{}"),
    ("get_weighted_feedback", "{}"),
    ("get_feedback_per_model", "{}"),
    ("get_user_stats", "{}"),
    ("get_analytics_by_models", r#"{"columns":"cost"}"#),
    ("get_analytics_by_metadata", r#"{"metadata_key":"app"}"#),
    ("get_analytics_group", r#"{"group_by":"api_key"}"#),
    ("get_analytics_group_providers", "{}"),
    ("get_analytics_group_workspaces", "{}"),
    (
        "query_analytics",
        r#"{"group_by":["model","day"],"metrics":["cost"]}"#,
    ),
    (
        "query_analytics",
        r#"{"group_by":["provider"],"compare":"previous"}"#,
    ),
];

fn wire() -> Wire {
    let tools = "all,get_analytics_group_workspaces";
    Wire::initialised(&["--sandbox", "--toolsets", tools], &[])
}

/// The blocks of what a tool answers.
fn blocks(wire: &mut Wire, tool: &str, arguments: Value) -> Vec<Value> {
    let result = wire.call(tool, arguments);
    assert_ne!(result["isError"], true, "{tool}: {result}");
    result["content"].as_array().unwrap().clone()
}

/// A period that is over, so that two calls answer the same.
fn of_a_week(arguments: &str, more: &Value) -> Value {
    let now = jiff::Timestamp::now();
    let day = |days: i64| {
        (now - jiff::SignedDuration::from_hours(24 * days)).to_string()[..10].to_owned()
    };
    let mut all: Value = serde_json::from_str(arguments).unwrap();
    all["time_of_generation_min"] = day(8).into();
    all["time_of_generation_max"] = day(1).into();
    for (name, value) in more.as_object().unwrap() {
        all[name] = value.clone();
    }
    all
}

#[test]
fn every_analytics_tool_answers_a_picture_beside_the_same_text() {
    let mut wire = wire();
    for (tool, arguments) in DRAWN {
        let plain = blocks(&mut wire, tool, of_a_week(arguments, &json!({})));
        let drawn = blocks(
            &mut wire,
            tool,
            of_a_week(arguments, &json!({ "chart": true })),
        );
        let (picture, texts) = drawn.split_last().unwrap();
        assert_eq!(texts, plain, "{tool}");
        assert_eq!(picture["type"], "image", "{tool}: {drawn:?}");
        assert_eq!(picture["mimeType"], "image/png");
        assert_eq!(picture["annotations"]["audience"], json!(["user"]));
        let png = STANDARD.decode(picture["data"].as_str().unwrap()).unwrap();
        assert!(png.starts_with(b"\x89PNG\r\n\x1a\n"), "{tool}");
        assert!(png.len() < 120_000, "{tool}: {} bytes", png.len());
        if let Some(folder) = std::env::var_os("CHARTS_FOLDER") {
            let name = format!("{tool}-{}.png", arguments.len());
            std::fs::write(std::path::Path::new(&folder).join(name), png).unwrap();
        }
    }
}

/// Groups of calls that the seed of the sandbox has none of.
const NOTHING_TO_DRAW: [&str; 2] = ["get_analytics_group_a2a", "get_analytics_group_mcp"];

#[test]
fn tools_that_are_drawn_list_the_argument_and_no_other_does() {
    let mut wire = wire();
    let listed = wire.request("tools/list", json!({}));
    let tools = listed["result"]["tools"].as_array().unwrap().iter();
    let takes = |tool: &&Value| tool["inputSchema"]["properties"].get("chart").is_some();
    let mut listed: Vec<&str> = tools
        .filter(takes)
        .map(|tool| tool["name"].as_str().unwrap())
        .collect();
    let drawn = DRAWN.iter().map(|(tool, _)| *tool);
    let mut drawn: Vec<&str> = drawn.chain(NOTHING_TO_DRAW).collect();
    listed.sort_unstable();
    drawn.sort_unstable();
    drawn.dedup();
    assert_eq!(listed, drawn);
}

#[test]
fn svg_is_an_embedded_resource_instead_of_the_picture() {
    let mut wire = wire();
    let asked = of_a_week("{}", &json!({ "chart": "svg" }));
    let drawn = blocks(&mut wire, "get_cost_analytics", asked);
    let resource = &drawn.last().unwrap()["resource"];
    assert_eq!(resource["mimeType"], "image/svg+xml", "{drawn:?}");
    assert_eq!(resource["uri"], "chart://get_cost_analytics.svg");
    let svg = resource["text"].as_str().unwrap();
    assert!(
        svg.starts_with("<svg") && svg.contains("Cost over time"),
        "{svg}"
    );
    assert!(!drawn.iter().any(|block| block["type"] == "image"));
}

#[test]
fn what_has_no_points_is_answered_and_said_not_to_be_drawn() {
    let mut wire = wire();
    let asked = of_a_week("{}", &json!({ "chart": true, "granularity": "none" }));
    let drawn = blocks(&mut wire, "get_cost_analytics", asked);
    assert!(
        drawn.iter().all(|block| block["type"] == "text"),
        "{drawn:?}"
    );
    let note = drawn.last().unwrap()["text"].as_str().unwrap();
    assert!(note.contains("there is nothing to draw"), "{note}");
    let refused = wire.call("get_cost_analytics", json!({ "chart": "pie" }));
    let said = refused["content"][0]["text"].as_str().unwrap();
    assert!(said.contains("expected true, false or `svg`"), "{said}");
}

#[test]
fn fields_and_tables_leave_the_picture_whole() {
    let mut wire = wire();
    for choice in [json!({ "fields": "summary" }), json!({ "format": "csv" })] {
        let mut asked = of_a_week("{}", &json!({ "chart": true }));
        for (name, value) in choice.as_object().unwrap() {
            asked[name] = value.clone();
        }
        let drawn = blocks(&mut wire, "get_cost_analytics", asked);
        assert_eq!(drawn.last().unwrap()["type"], "image", "{drawn:?}");
    }
}

#[test]
fn a_terminal_shows_the_chart_instead_of_the_answer() {
    let output = run(&["--sandbox", "call", "get_cost_analytics", "--chart"], &[]);
    let shown = text(&output.stdout);
    assert!(output.status.success(), "{output:?}");
    assert!(
        shown.starts_with("Cost over time, US dollars\nTotal $"),
        "{shown}"
    );
    assert!(shown.contains('█') && !shown.contains('{'), "{shown}");
    assert!(!shown.contains('\u{1b}'), "no colours in a pipe: {shown}");
    let output = run(&["--sandbox", "call", "get_user_stats", "--chart"], &[]);
    assert!(
        text(&output.stdout).contains("@northwind.example █"),
        "{output:?}"
    );
}

#[test]
fn a_file_gets_the_picture_and_the_answer_is_printed() {
    let home = TempDir::new().unwrap();
    for (file, begin) in [("cost.png", &b"\x89PNG"[..]), ("cost.svg", b"<svg")] {
        let path = home.path().join(file);
        let flag = format!("--chart={}", path.display());
        let output = portkey_mcp(&home)
            .args(["--sandbox", "call", "get_cost_analytics", &flag])
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert!(answer["summary"]["total_usd"].is_number(), "{answer}");
        assert!(
            text(&output.stderr).contains("the chart is in "),
            "{output:?}"
        );
        assert!(std::fs::read(&path).unwrap().starts_with(begin), "{file}");
    }
    let wrong = run(
        &[
            "--sandbox",
            "call",
            "get_cost_analytics",
            "--chart=cost.gif",
        ],
        &[],
    );
    assert_eq!(wrong.status.code(), Some(2), "{wrong:?}");
    let said = text(&wrong.stderr);
    assert!(
        said.contains("--chart=cost.gif is neither a .png nor an .svg file"),
        "{said}"
    );
}
