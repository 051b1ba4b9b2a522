//! Arguments for every operation, made from its schema: what tests and chores call tools with.

use portkey_api::{JsonObject, Operation, Place, required, understand};
use serde_json::{Value, json};

/// Arguments that go together and exclude others; the rest of a tool's arguments can be given at once.
const INSTEAD: &[&[&str]] = &[
    &["alert_threshold", "credit_limit", "rate_limit_rpm"],
    &["rate_limit_unit", "rate_limit_value", "usage_limit_type"],
    &["allowed_workspaces"],
    &[
        "cache_max_age",
        "cache_mode",
        "retry_attempts",
        "retry_on_status_codes",
        "strategy_mode",
        "targets",
    ],
    &["feedback"],
    &["logs"],
    &["messages"],
    &["periodic_reset"],
    &["users"],
];

/// The same for arguments that exclude `configurations`, where there is one.
const SETTINGS: &[&[&str]] = &[
    &[
        "api_version",
        "deployment_name",
        "model_slug",
        "resource_name",
    ],
    &["aws_access_key_id", "aws_region", "aws_secret_access_key"],
    &["custom_host"],
    &["vertex_project_id", "vertex_region"],
];

/// What a tool's own check or the vendor's file asks for besides what its schema requires.
const CHECKED: &[(&str, &[&str])] = &[
    ("add_workspace_member", &["user_id", "role"]),
    ("create_config", &["config"]),
    ("create_feedback", &["trace_id", "value"]),
    ("create_prompt", &["string"]),
    ("create_scim_workspace_mapping", &["scim_group_id"]),
    ("create_virtual_key", &["key"]),
    ("invite_user", &["workspaces"]),
    (
        "insert_log",
        &["request_url", "request_body", "response_body"],
    ),
    ("update_config", &["config"]),
    ("update_integration_workspaces", &["workspaces"]),
    ("update_log_export", &["time_of_generation_max"]),
    ("update_mcp_server_user_access", &["default_user_access"]),
    ("update_organisation_defaults", &["input_guardrails"]),
    ("update_prompt_version", &["label_id"]),
];

/// Calls that together give every argument of a tool.
pub fn every(operation: &Operation) -> Vec<JsonObject> {
    let mut calls = vec![least(operation), most(operation)];
    calls.extend(others(operation));
    calls
}

/// What a tool cannot do without.
pub fn least(operation: &Operation) -> JsonObject {
    let name = operation.declaration.name;
    let mut arguments = only_required(operation);
    let more = CHECKED.iter().find(|(tool, _)| *tool == name);
    let more = match more {
        Some((_, more)) => more,
        None if name.starts_with("update_") && arguments.len() == 1 => &["name"][..],
        None => &[],
    };
    arguments.extend(named(operation, more));
    arguments
}

/// All that a tool takes, but for what excludes something else.
pub fn most(operation: &Operation) -> JsonObject {
    let schema = operation.declaration.input();
    let excluded: Vec<&str> = alternatives(operation).flatten().copied().collect();
    let mut arguments = JsonObject::new();
    for (name, property) in properties(schema) {
        let name = name.as_str();
        let is_fixed = property.get("x-hidden").is_some()
            && place(operation, name).is_none_or(|place| place == Place::Local);
        let is_excluded = excluded.contains(&name) && !required(schema).any(|r| r == name);
        if !is_fixed && !is_excluded {
            arguments.insert(name.to_owned(), argument(operation, name, property));
        }
    }
    arguments
}

/// What [`most`] leaves out, each with no more than it needs.
pub fn others(operation: &Operation) -> Vec<JsonObject> {
    let takes = |name: &str| {
        operation
            .declaration
            .argument(name)
            .is_some_and(|a| a.name == name)
    };
    let given = most(operation);
    let left_out = alternatives(operation).filter(|names| {
        names
            .iter()
            .any(|name| takes(name) && !given.contains_key(*name))
    });
    let calls = left_out.map(|names| {
        let names: Vec<&str> = names.iter().copied().filter(|name| takes(name)).collect();
        let with = |mut arguments: JsonObject| {
            arguments.extend(named(operation, &names));
            arguments
        };
        let alone = with(only_required(operation));
        if fits(operation, &alone) {
            alone
        } else {
            with(least(operation))
        }
    });
    calls.collect()
}

fn alternatives(operation: &Operation) -> impl Iterator<Item = &'static [&'static str]> {
    let name = operation.declaration.name;
    let settings = operation.declaration.argument("configurations").is_some();
    let instead = if name == "create_workspace" {
        &[]
    } else {
        INSTEAD
    };
    let settings = if settings { SETTINGS } else { &[] };
    instead.iter().chain(settings).copied()
}

fn only_required(operation: &Operation) -> JsonObject {
    let schema = operation.declaration.input();
    // A period that is left out ends now, and would be another each time.
    let period = properties(schema).filter(|(_, property)| property.get("x-period").is_some());
    let period = period.map(|(name, _)| name.as_str());
    let names: Vec<&str> = required(schema).chain(period).collect();
    named(operation, &names)
}

fn named(operation: &Operation, names: &[&str]) -> JsonObject {
    let schema = operation.declaration.input();
    let wanted = properties(schema).filter(|(name, _)| names.contains(&name.as_str()));
    wanted
        .map(|(name, property)| (name.clone(), argument(operation, name, property)))
        .collect()
}

fn fits(operation: &Operation, arguments: &JsonObject) -> bool {
    understand(&operation.declaration, arguments.clone())
        .and_then(|understood| operation.request(understood.arguments))
        .is_ok()
}

fn place(operation: &Operation, name: &str) -> Option<Place> {
    operation
        .declaration
        .argument(name)
        .map(|argument| argument.place)
}

fn properties(schema: &Value) -> impl Iterator<Item = (&String, &Value)> {
    let properties = schema.get("properties").and_then(Value::as_object);
    properties.into_iter().flatten()
}

fn argument(operation: &Operation, name: &str, schema: &Value) -> Value {
    match (operation.declaration.name, name) {
        ("create_prompt_label" | "update_prompt_label", "name") => "production-eu".into(),
        ("create_rate_limit" | "update_rate_limit", "value") => 1.into(),
        ("create_usage_limit" | "update_usage_limit", "credit_limit") => 3.into(),
        _ => example(name, schema),
    }
}

fn example(name: &str, schema: &Value) -> Value {
    if schema.get("x-config").is_some() {
        return json!({ "strategy": { "mode": "single" }, "targets": [{ "provider": "@openai" }] });
    }
    if let Some(value) = well_known(name) {
        return value;
    }
    if let Some(sense) = schema.get("x-time") {
        let ends = sense == "end" || sense == "expiry";
        return if ends {
            "2026-02-01T00:00:00Z"
        } else {
            "2026-01-01T00:00:00Z"
        }
        .into();
    }
    if schema.get("x-id").is_some_and(|kind| kind == "uuid") {
        return "7c9e6679-7425-40de-944b-e07fc1f90ae7".into();
    }
    if schema.get("x-email").is_some() {
        return "ada@example.com".into();
    }
    if let Some(first) = schema.get("enum").and_then(|values| values.get(0)) {
        return first.clone();
    }
    let kind = match schema.get("type") {
        Some(Value::Array(kinds)) => kinds.first().and_then(Value::as_str),
        kind => kind.and_then(Value::as_str),
    };
    match kind {
        Some("integer" | "number") => schema.get("minimum").cloned().unwrap_or(json!(3)),
        Some("boolean") => true.into(),
        Some("array") => json!([schema
            .get("items")
            .map_or(Value::Null, |items| example(name, items))]),
        Some("object") => object(schema),
        _ if name.ends_with("slug") => format!("the-{name}").into(),
        _ => format!("the {name}").into(),
    }
}

/// What must look right to a tool's own checks, or to the API's published schemas.
fn well_known(name: &str) -> Option<Value> {
    let value = match name {
        "alert_threshold" | "global_alert_threshold" => json!(2),
        "checks" => {
            let words = json!({ "words": ["secret"], "operator": "none" });
            json!([{ "id": "default.contains", "name": "n", "is_enabled": true, "parameters": words }])
        }
        "color_code" => json!("#00AA55"),
        "logs" => json!([{
            "request": { "url": "https://example.com", "body": {} },
            "response": { "body": {} },
            "metadata": {},
        }]),
        "pricing_adjustments" => json!({ "multiplier": { "default": 1 } }),
        "provider" => json!("openai"),
        "rotation_period_days" => Value::Null,
        "sub_type" => json!("service"),
        "tool_choice" => json!({ "type": "auto" }),
        _ => return None,
    };
    Some(value)
}

fn object(schema: &Value) -> Value {
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else {
        let others = schema.get("additionalProperties").filter(|s| s.is_object());
        return json!({ "some": others.map_or("thing".into(), |s| example("thing", s)) });
    };
    let members = properties
        .iter()
        .filter(|(_, property)| property.get("x-hidden").is_none())
        .map(|(name, property)| (name.clone(), example(name, property)));
    members.filter(|(_, value)| !value.is_null()).collect()
}
