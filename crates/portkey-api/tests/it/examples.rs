//! Arguments for any tool, made from its schema.

use portkey_api::{JsonObject, Operation, Place};
use serde_json::{Value, json};

/// Arguments that exclude another one; the rest of a tool's arguments can be given together.
const EITHER: &[&str] = &[
    "alert_threshold",
    "allowed_workspaces",
    "cache_max_age",
    "cache_mode",
    "credit_limit",
    "feedback",
    "logs",
    "messages",
    "periodic_reset",
    "rate_limit_rpm",
    "rate_limit_unit",
    "rate_limit_value",
    "retry_attempts",
    "retry_on_status_codes",
    "strategy_mode",
    "targets",
    "usage_limit_type",
    "users",
];

/// Arguments that exclude `configurations`, where there is one.
const SETTINGS: &[&str] = &[
    "api_version",
    "aws_access_key_id",
    "aws_region",
    "aws_secret_access_key",
    "custom_host",
    "deployment_name",
    "model_slug",
    "resource_name",
    "vertex_project_id",
    "vertex_region",
];

/// What a tool cannot do without.
pub(crate) fn least(operation: &Operation) -> JsonObject {
    let schema = operation.declaration.input();
    let mut arguments = JsonObject::new();
    for name in required(&schema) {
        let property = &schema["properties"][name];
        arguments.insert(name.to_owned(), argument(operation, name, property));
    }
    // What a tool's own check asks for besides.
    let more: &[&str] = match operation.declaration.name {
        "create_prompt" => &["string"],
        "create_virtual_key" => &["key"],
        "create_config" | "update_config" => &["config"],
        "add_workspace_member" => &["user_id", "role"],
        "create_feedback" => &["trace_id", "value"],
        "update_log_export" => &["time_of_generation_max"],
        "insert_log" => &["request_url", "request_body", "response_body"],
        "create_scim_workspace_mapping" => &["scim_group_id"],
        "update_integration_workspaces" => &["workspaces"],
        "update_mcp_server_user_access" => &["default_user_access"],
        "update_organisation_defaults" => &["input_guardrails"],
        name if name.starts_with("update_") && arguments.len() == 1 => &["name"],
        _ => &[],
    };
    for name in more {
        arguments.insert(
            (*name).to_owned(),
            argument(operation, name, &schema["properties"][*name]),
        );
    }
    arguments
}

/// All that a tool takes, but for what excludes something else.
pub(crate) fn most(operation: &Operation) -> JsonObject {
    let schema = operation.declaration.input();
    let mut arguments = JsonObject::new();
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let name = name.as_str();
        let is_setting =
            SETTINGS.contains(&name) && schema["properties"].get("configurations").is_some();
        let excluded = EITHER.contains(&name)
            && operation.declaration.name != "create_workspace"
            && !required(&schema).any(|required| required == name);
        let is_fixed = property.get("x-hidden").is_some()
            && operation.declaration.argument(name).unwrap().place == Place::Local;
        if !excluded && !is_setting && !is_fixed {
            arguments.insert(name.to_owned(), argument(operation, name, property));
        }
    }
    arguments
}

pub(crate) fn required(schema: &JsonObject) -> impl Iterator<Item = &str> {
    let names = schema.get("required").and_then(Value::as_array);
    names.into_iter().flatten().filter_map(Value::as_str)
}

fn argument(operation: &Operation, name: &str, schema: &Value) -> Value {
    match (operation.declaration.name, name) {
        ("create_prompt_label" | "update_prompt_label", "name") => "production-eu".into(),
        _ => example(name, schema),
    }
}

fn example(name: &str, schema: &Value) -> Value {
    if schema.get("x-config").is_some() {
        return json!({ "strategy": { "mode": "single" }, "targets": [{ "provider": "@openai" }] });
    }
    match name {
        "alert_threshold" | "global_alert_threshold" => return json!(2),
        "color_code" => return "#00AA55".into(),
        "sub_type" => return "service".into(),
        "rotation_period_days" => return Value::Null,
        _ => {}
    }
    if let Some(first) = schema.get("enum").and_then(|values| values.get(0)) {
        return first.clone();
    }
    let kind = match &schema["type"] {
        Value::Array(kinds) => kinds[0].as_str(),
        kind => kind.as_str(),
    };
    match kind {
        Some("integer" | "number") => schema.get("minimum").cloned().unwrap_or(json!(3)),
        Some("boolean") => true.into(),
        Some("array") => json!([example(name, &schema["items"])]),
        Some("object") => object(schema),
        _ => format!("the {name}").into(),
    }
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
