//! Reading one log: the request, its answer and their metrics.

use portkey_api::logging::{LogType, PathFormat};
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::{
    identity::iso,
    records::Log,
    store::Queries as _,
    wire::{Answer, Call, Refusal, merged, without_nulls},
};

/// One request with its answer.
pub(super) fn get(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let query = call.query();
    let is_dated = query.optional_text("created_at")?.is_some();
    match query.optional("path_format")? {
        Some(PathFormat::V2) if !is_dated => {
            return Err(query.refuse("created_at", "is required with path_format v2"));
        }
        Some(PathFormat::V1 | PathFormat::V2) | None => {}
    }
    let sql = "SELECT * FROM logs WHERE id = ?";
    let found = db.first(sql, [call.path("log_id")], Log::read)?;
    let log = found.ok_or_else(|| Refusal::not_found("log"))?;
    call.principal
        .permit_workspace(Some(&log.workspace_id), "log")?;
    let sql = "SELECT slug FROM workspaces WHERE id = ?";
    let workspace: Option<String> = db.first(sql, [&log.workspace_id], |row| row.get(0))?;
    let wire = json!({
        "_id": log.id,
        "organisation_id": call.principal.organisation_id,
        "created_at": iso(log.created_at),
        "metrics": metrics(&log, call, workspace.as_deref()),
    });
    let content = match query.optional("type")? {
        // No guardrail of the sandbox ever runs.
        Some(LogType::Hooks) => json!({ "hook_results": [] }),
        None => content(&log),
    };
    Ok(merged(wire, content).into())
}

fn content(log: &Log) -> Value {
    let headers = |name: &str| log.exchange.get(name).cloned().unwrap_or_else(|| json!({}));
    let body = |value: &Value| match value {
        Value::Null => json!({}),
        value => value.clone(),
    };
    let request = json!({
        "url": log.request_url(),
        "method": method(log),
        "headers": headers("headers"),
        "body": body(&log.request),
    });
    json!({
        "request": merged(request.clone(), json!({ "portkeyHeaders": {} })),
        "response": {
            "status": log.status_code,
            "headers": headers("response_headers"),
            "body": body(&log.response),
            "responseTime": log.latency,
            "lastUsedOptionJsonPath": if log.is_fallback { "config.targets[1]" } else { "config" },
        },
        "finalUntransformedRequest": request,
        "transformedRequest": request,
        "originalResponse": { "headers": headers("response_headers"), "body": body(&log.response) },
    })
}

fn metrics(log: &Log, call: &Call, workspace: Option<&str>) -> Value {
    let metadata = log.metadata.as_object().into_iter().flatten();
    let (names, values): (Vec<_>, Vec<_>) = metadata.unzip();
    let streams = log.exchange.get("streams") == Some(&Value::Bool(true));
    without_nulls(json!({
        "id": log.id,
        "organisation_id": call.principal.organisation_id,
        "created_at": iso(log.created_at),
        "is_success": log.is_success(),
        "ai_org": log.provider,
        "ai_model": log.model,
        "req_units": log.prompt_tokens,
        "res_units": log.completion_tokens,
        "total_units": log.tokens(),
        "cost": log.cost,
        "cost_currency": "USD",
        "request_url": log.request_url(),
        "request_method": method(log),
        "response_status_code": log.status_code,
        "response_time": log.latency,
        "is_proxy_call": false,
        "cache_status": log.cache_status.to_uppercase(),
        "stream_mode": u8::from(streams),
        "retry_success_count": log.retries,
        "trace_id": log.trace_id,
        "span_id": log.span_id,
        "span_name": log.span_name,
        "parent_span_id": log.parent_span_id,
        "mode": "single",
        "virtual_key": log.virtual_key,
        "config": log.config,
        "prompt_slug": log.prompt_slug,
        "workspace_slug": workspace,
        "last_used_option_index": u8::from(log.is_fallback),
        "metadata.key": names,
        "metadata.value": values,
        "api_key_id": log.api_key_id,
    }))
}

fn method(log: &Log) -> &str {
    let method = log.exchange.get("method").and_then(Value::as_str);
    method.unwrap_or("POST")
}
