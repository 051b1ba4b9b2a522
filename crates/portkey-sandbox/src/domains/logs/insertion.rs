//! Adding logs of requests that did not go through the gateway. They count in analytics and limits like all others.

use axum::http::Uri;
use portkey_api::JsonObject;
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::{
    domains::admission,
    identity,
    records::log::{self, Log},
    rules::prices,
    wire::{Answer, Call, Fields, Refusal},
};

/// The names of the parts of a trace: those of the documentation, then those of the specification.
const TRACE: [[&str; 2]; 4] = [
    ["traceId", "trace_id"],
    ["spanId", "span_id"],
    ["spanName", "span_name"],
    ["parentSpanId", "parent_span_id"],
];

/// The provider of an API, by the end of its host name.
const HOSTS: &[(&str, &str)] = &[
    ("anthropic.com", "anthropic"),
    ("openai.azure.com", "azure-openai"),
    ("cohere.ai", "cohere"),
    ("googleapis.com", "google"),
    ("groq.com", "groq"),
    ("mistral.ai", "mistral-ai"),
    ("openai.com", "openai"),
];

pub(super) fn insert(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    admission::admit_caller(call, db)?;
    for given in call.one_or_more()? {
        log::insert(db, &log(call, given)?)?;
    }
    Ok(json!({ "status": "success", "message": "Logs inserted" }).into())
}

fn log(call: &Call, given: Fields<'_>) -> Result<Log, Refusal> {
    let request = part(given, "request", "request.")?;
    let response = part(given, "response", "response.")?;
    let (asked, answered) = (body(request)?, body(response)?);
    let url = request.optional_text("url")?;
    let provider = match (request.optional_text("provider")?, &url) {
        (Some(provider), _) => provider,
        (None, Some(url)) => provider_at(url),
        (None, None) => return Err(request.refuse("url", "is required")),
    };
    let mut metadata: JsonObject = given.optional("metadata")?.unwrap_or_default();
    let [trace_id, span_id, span_name, parent_span_id] =
        TRACE.map(|names| named(&mut metadata, &names));
    let model = [&asked, &answered].map(|body| body.get("model").and_then(Value::as_str));
    let model = model.into_iter().flatten().next().unwrap_or_default();
    let prompt_tokens = tokens(&answered, ["prompt_tokens", "input_tokens"]);
    let completion_tokens = tokens(&answered, ["completion_tokens", "output_tokens"]);
    Ok(Log {
        id: identity::new_id(),
        trace_id: trace_id.unwrap_or_else(identity::new_id),
        span_id: span_id.unwrap_or_else(identity::new_id),
        span_name,
        parent_span_id,
        workspace_id: call.principal.workspace_id.clone().unwrap_or_default(),
        api_key_id: call.principal.key_id.clone(),
        created_at: call.now,
        provider,
        model: model.to_owned(),
        status_code: status(response)?,
        cache_status: "disabled".to_owned(),
        prompt_tokens,
        completion_tokens,
        cost: prices::cost(model, prompt_tokens, completion_tokens),
        latency: latency(response)?,
        metadata: texts(given, metadata)?,
        exchange: exchange(url.as_deref(), request, response)?,
        request: asked.into(),
        response: answered.into(),
        ..Log::default()
    })
}

fn part<'a>(given: Fields<'a>, name: &str, at: &'static str) -> Result<Fields<'a>, Refusal> {
    match given.value(name) {
        Some(_) => given.inside(name, at),
        None => Err(given.refuse(name, "is required")),
    }
}

fn body(part: Fields<'_>) -> Result<JsonObject, Refusal> {
    part.required("body")
}

fn status(response: Fields<'_>) -> Result<u16, Refusal> {
    match response.optional("status")?.unwrap_or(200) {
        status @ 100..=599 => Ok(status),
        _ => Err(response.refuse("status", "must be a status of HTTP")),
    }
}

fn latency(response: Fields<'_>) -> Result<u32, Refusal> {
    let latency = response.optional("response_time")?;
    Ok(latency.or(response.optional("time")?).unwrap_or_default())
}

fn exchange(
    url: Option<&str>,
    request: Fields<'_>,
    response: Fields<'_>,
) -> Result<Value, Refusal> {
    let method = request.optional_text("method")?;
    Ok(json!({
        "url": url,
        "method": method.map_or_else(|| "POST".to_owned(), |method| method.to_uppercase()),
        "headers": request.optional::<JsonObject>("headers")?.unwrap_or_default(),
        "response_headers": response.optional::<JsonObject>("headers")?.unwrap_or_default(),
        "streams": response.flag("streamingMode")?.unwrap_or(false),
    }))
}

fn provider_at(url: &str) -> String {
    let uri = url.parse::<Uri>().ok();
    let host = uri.as_ref().and_then(Uri::host).unwrap_or(url);
    let known = HOSTS.iter().find(|(end, _)| host.ends_with(end));
    known.map_or(host, |(_, provider)| provider).to_owned()
}

/// Removes the member with one of these names from the metadata.
fn named(metadata: &mut JsonObject, names: &[&str]) -> Option<String> {
    let taken = names.iter().map(|name| metadata.shift_remove(*name));
    match taken.fold(None, Option::or)? {
        Value::String(text) => Some(text),
        other => Some(other.to_string()),
    }
}

/// The rest of the metadata, with some members renamed as analytics expect them.
fn texts(given: Fields<'_>, metadata: JsonObject) -> Result<Value, Refusal> {
    let texts = metadata.into_iter().map(|(name, value)| {
        if !value.is_string() {
            return Err(given.refuse(&format!("metadata.{name}"), "must be a text"));
        }
        let name = match name.as_str() {
            "user" => "_user".to_owned(),
            "organization" => "_organisation".to_owned(),
            _ => name,
        };
        Ok((name, value))
    });
    texts.collect::<Result<JsonObject, _>>().map(Value::Object)
}

fn tokens(answered: &JsonObject, names: [&str; 2]) -> u32 {
    let usage = answered.get("usage");
    let counts = names.map(|name| usage.and_then(|usage| usage.get(name)?.as_u64()));
    let count = counts.into_iter().flatten().next().unwrap_or_default();
    u32::try_from(count).unwrap_or(u32::MAX)
}
