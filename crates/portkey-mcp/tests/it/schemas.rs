//! The schemas of all tools keep to what every client converts: rules that are written down here, and the frameworks
//! themselves, which come from outside: `TEST_FRAMEWORKS` names an interpreter that has them.

use std::{path::Path, process::Command};

use portkey_testing::outside;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::process::{Wire, program, text};

/// The keywords that all converters know. `format`, `pattern`, `const`, references and combinations are not among them.
const KEYWORDS: [&str; 10] = [
    "type",
    "description",
    "properties",
    "required",
    "items",
    "enum",
    "minimum",
    "maximum",
    "maxLength",
    "minItems",
];
const ALSO: [&str; 2] = ["minLength", "maxItems"];

/// Names that `LangChain` fills in itself when it calls a function, so that what a model gives never arrives.
const RESERVED: [&str; 4] = ["config", "callbacks", "run_manager", "runtime"];

fn tools() -> Vec<Value> {
    let mut wire = Wire::initialised(&["--sandbox", "--toolsets", "all"], &[]);
    let listed = wire.request("tools/list", json!({}));
    listed["result"]["tools"].as_array().unwrap().clone()
}

/// Everything that a schema says of values, with where it stands.
fn schemas(schema: &Value, path: String, seen: &mut dyn FnMut(&Value, &str)) {
    seen(schema, &path);
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        schemas(property, format!("{path}.{name}"), seen);
    }
    if schema["items"].is_object() {
        schemas(&schema["items"], format!("{path}[]"), seen);
    }
}

fn faults(tool: &Value) -> Vec<String> {
    let name = tool["name"].as_str().unwrap();
    let mut faults = Vec::new();
    let top = &tool["inputSchema"];
    schemas(top, name.to_owned(), &mut |schema, path| {
        let mut fault = |what: &str| faults.push(format!("{path}: {what}"));
        // Semantic Kernel and DSPy fail on a list of types, AutoGen and Gemini on most of them.
        let Some(kind) = schema["type"].as_str() else {
            return fault("has not one type");
        };
        // OpenAI's strict mode lets nothing into an object that lists no properties; older Gemini refuses it.
        let lists_members = schema["properties"]
            .as_object()
            .is_some_and(|members| !members.is_empty());
        if kind == "object" && !lists_members {
            fault("is an object without properties");
        }
        if kind == "array" && !schema["items"].is_object() {
            fault("is a list of nothing");
        }
        // Gemini refuses these beside another type, and choices that are no text.
        if kind != "object" && !schema["properties"].is_null()
            || kind != "array" && !schema["items"].is_null()
        {
            fault("lists what its type has not");
        }
        let choices = schema["enum"].as_array().into_iter().flatten();
        if choices.into_iter().any(|choice| !choice.is_string()) {
            fault("has a choice that is no text");
        }
        let members = schema["properties"].as_object();
        let required = schema["required"].as_array().into_iter().flatten();
        for name in required {
            if members.is_none_or(|members| !members.contains_key(name.as_str().unwrap())) {
                fault("requires what it does not list");
            }
        }
        let known =
            |word: &&String| KEYWORDS.contains(&word.as_str()) || ALSO.contains(&word.as_str());
        for word in schema
            .as_object()
            .unwrap()
            .keys()
            .filter(|word| !known(word))
        {
            fault(&format!("uses `{word}`"));
        }
    });
    let arguments = top["properties"].as_object().unwrap().keys();
    let reserved = arguments.filter(|argument| RESERVED.contains(&argument.as_str()));
    faults.extend(reserved.map(|argument| format!("{name}.{argument}: is taken by LangChain")));
    faults
}

#[test]
fn every_schema_is_one_that_all_clients_convert() {
    let tools = tools();
    assert!(tools.len() > 150);
    let faults: Vec<String> = tools.iter().flat_map(faults).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_rules_find_what_clients_refuse() {
    let schema = json!({ "type": "object", "properties": {
        "config": { "type": "string" }, "a": { "type": ["string", "null"] }, "b": { "type": "object" },
        "c": { "type": "array" }, "d": { "type": "string", "enum": ["x", null] }, "e": { "type": "string", "format": "date" },
    }, "required": ["z"] });
    let found = faults(&json!({ "name": "t", "inputSchema": schema }));
    assert_eq!(found.len(), 7, "{found:?}");
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
