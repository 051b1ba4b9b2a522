//! The schemas of all tools keep to what every client converts: rules that are written down here, and the frameworks
//! themselves, which come from outside: `TEST_FRAMEWORKS` names an interpreter that has them.

use std::{path::Path, process::Command};

use portkey_testing::outside;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::process::{Wire, program, text};

mod rules;

use rules::RULES;

/// The surfaces that list tools.
const SURFACES: [&str; 4] = ["flat", "names", "compact", "code"];

fn tools(surface: &str) -> Vec<Value> {
    let arguments = ["--sandbox", "--toolsets", "all", "--surface", surface];
    let mut wire = Wire::initialised(&arguments, &[]);
    let listed = wire.request("tools/list", json!({}));
    listed["result"]["tools"].as_array().unwrap().clone()
}

/// The rules that a tool breaks, with the places.
fn broken(tool: &Value) -> Vec<(&'static str, Vec<String>)> {
    let rules = RULES.iter().map(|rule| (rule.name, (rule.broken_at)(tool)));
    rules.filter(|(_, places)| !places.is_empty()).collect()
}

#[test]
fn every_schema_keeps_to_the_rules() {
    for surface in SURFACES {
        let tools = tools(surface);
        assert!(!tools.is_empty() && (surface != "flat" || tools.len() > 150));
        for tool in &tools {
            assert_eq!(broken(tool), [], "{surface}");
        }
    }
}

#[test]
fn each_rule_finds_what_breaks_it_alone() {
    for rule in &RULES {
        let tool =
            json!({ "name": "t", "description": "Does.", "inputSchema": (rule.breaks_it)() });
        let names: Vec<&str> = broken(&tool).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, [rule.name]);
    }
}

#[test]
fn the_page_on_schemas_has_the_rules() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/schemas.md");
    let page = std::fs::read_to_string(page).unwrap();
    let told = page
        .lines()
        .filter_map(|line| line.strip_prefix("| **")?.split_once("** |"));
    let told: Vec<&str> = told.map(|(name, _)| name).collect();
    let names: Vec<&str> = RULES.iter().map(|rule| rule.name).collect();
    assert_eq!(told, names);
}

#[test]
fn a_nested_body_arrives_whole_as_text_and_as_an_object() {
    let mut wire = Wire::initialised(&["--sandbox"], &[]);
    let body = json!({ "strategy": { "mode": "fallback" }, "targets": [{ "provider": "@a", "override_params": { "model": "m" } }] });
    for (name, argument, given) in [
        ("text", "gateway_config", json!(body.to_string())),
        ("object", "gateway_config", body.clone()),
        ("older name", "config", body.clone()),
    ] {
        let made = wire.answer("create_config", json!({ "name": name, argument: given }));
        let read = wire.answer("get_config", json!({ "slug": made["slug"] }));
        assert_eq!(read["config"], body, "{argument}");
    }
}

#[test]
fn what_is_not_advertised_can_be_sent_as_one_argument() {
    let mut wire = Wire::initialised(&["--sandbox"], &[]);
    let period = json!({ "time_of_generation_min": "2020-01-01T00:00:00Z", "time_of_generation_max": "2040-01-01T00:00:00Z" });
    let mut count = |more: Value| {
        let mut arguments = period.clone();
        arguments["more_arguments"] = more;
        wire.call("get_request_analytics", arguments)
    };
    let all = count(json!("{}"));
    let none = count(json!(r#"{"cost_min": 1000000}"#));
    assert_ne!(all["content"][0]["text"], none["content"][0]["text"]);
    assert_eq!(count(json!({ "cost_min": 1_000_000 })), none);
    let refused = count(json!(r#"{"cost_minimum": 1}"#));
    let told = refused["content"][0]["text"].as_str().unwrap();
    assert!(told.contains("did you mean `cost_min`"), "{told}");
    let refused = count(json!("cost_min"));
    let told = refused["content"][0]["text"].as_str().unwrap();
    assert!(told.contains("expected a JSON object"), "{told}");
}

#[test]
fn agent_frameworks_load_every_tool() {
    let Some(python) = outside("TEST_FRAMEWORKS", "a Python that has the agent frameworks") else {
        return;
    };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients/frameworks.py");
    let home = TempDir::new().unwrap();
    let output = Command::new(python)
        .arg(script)
        .arg(program())
        .env("HOME", home.path())
        .output()
        .unwrap();
    let told = text(&output.stdout) + &text(&output.stderr);
    assert!(output.status.success(), "{told}");
}
