//! Filling a prompt in, and having the built-in model answer it.

use portkey_api::JsonObject;
use rusqlite::Connection;
use serde_json::{Value, json};

use super::{Prompt, Version, model::Reply, reference};
use crate::{
    answer::Answer,
    call::Call,
    identity,
    logs::{self, Log},
    pricing, prompt_partials,
    refusal::Refusal,
    store::Queries as _,
    template::{self, Prepared},
};

/// Answers the request body that the prompt makes of the variables.
pub(super) fn render(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let (prompt, version) = reference::prompt_and_version(call, db)?;
    let request = request(call, db, &prompt, &version)?;
    Ok(json!({ "success": true, "data": request }).into())
}

/// Answers what the built-in model says to that request body.
pub(super) fn complete(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let (prompt, version) = reference::prompt_and_version(call, db)?;
    let mut request = request(call, db, &prompt, &version)?;
    let streams = call.body()?.flag("stream")?.unwrap_or(false);
    request.shift_remove("stream");
    let reply = Reply::of(&request);
    let (id, created) = (identity::new_id(), call.now.as_second());
    let whole = reply.whole(&id, created);
    let log = Log {
        created_at: call.now,
        prompt_tokens: reply.prompt_tokens,
        completion_tokens: reply.completion_tokens,
        latency: 20 + reply.completion_tokens,
        response: whole.clone(),
        ..log(call, db, &prompt, &version, &request)?
    };
    let log = Log {
        cost: pricing::cost(&log.model, log.prompt_tokens, log.completion_tokens),
        id: id.clone(),
        ..log
    };
    logs::insert(db, &log)?;
    let answer = if streams {
        Answer::text("text/event-stream", reply.events(&id, created))
    } else {
        whole.into()
    };
    Ok(answer
        .with_header("x-portkey-trace-id", &log.trace_id)
        .with_header("x-portkey-cache-status", &log.cache_status.to_uppercase())
        .with_header("x-portkey-retry-attempt-count", "0")
        .with_header("x-portkey-last-used-option-index", "config"))
}

/// The stored model and parameters, then the filled-in template, then what the call overrides.
fn request(
    call: &Call,
    db: &Connection,
    prompt: &Prompt,
    version: &Version,
) -> Result<JsonObject, Refusal> {
    let body = call.body()?;
    let variables: JsonObject = body.required("variables")?;
    let draft = &version.draft;
    let prepared = template::prepare(
        &draft.string,
        draft.is_raw_template,
        &Value::Object(variables),
        // A partial that cannot be looked up is as good as none.
        &|reference| prompt_partials::text(db, &prompt.workspace_id, reference).ok()?,
    );
    let prepared = prepared
        .map_err(|problem| Refusal::invalid(format!("The prompt cannot be rendered: {problem}")))?;
    let mut request = JsonObject::new();
    if !draft.model.is_empty() {
        request.insert("model".to_owned(), draft.model.clone().into());
    }
    let (name, content) = match prepared {
        Prepared::Messages(messages) => ("messages", json!(messages)),
        Prepared::Text(text) => ("prompt", text.into()),
    };
    request.insert(name.to_owned(), content);
    request.extend(draft.parameters.clone());
    let tools = [
        ("functions", &draft.functions),
        ("tools", &draft.tools),
        ("tool_choice", &draft.tool_choice),
    ];
    for (name, value) in tools.into_iter().filter(|(_, value)| !value.is_null()) {
        request.insert(name.to_owned(), value.clone());
    }
    let overrides = call.whole_body().as_object().into_iter().flatten();
    let overrides = overrides.filter(|(name, _)| *name != "variables");
    request.extend(overrides.map(|(name, value)| (name.clone(), value.clone())));
    Ok(request)
}

/// What is known of a completion before it is answered.
fn log(
    call: &Call,
    db: &Connection,
    prompt: &Prompt,
    version: &Version,
    request: &JsonObject,
) -> Result<Log, Refusal> {
    let virtual_key = &version.draft.virtual_key;
    let sql = "SELECT integration.ai_provider_id FROM providers AS provider
        JOIN integrations AS integration ON integration.id = provider.integration_id
        WHERE provider.slug = ?";
    let provider = db.maybe(sql, [virtual_key], |row| row.get(0))?;
    let provider = provider.ok_or_else(|| {
        Refusal::invalid(format!(
            "The prompt's virtual_key {virtual_key} does not exist"
        ))
    })?;
    let trace_id = call.header("x-portkey-trace-id").map(str::to_owned);
    let model = request.get("model").and_then(Value::as_str);
    Ok(Log {
        trace_id: trace_id.unwrap_or_else(identity::new_id),
        span_id: identity::new_id(),
        workspace_id: prompt.workspace_id.clone(),
        api_key_id: call.principal.key_id.clone(),
        provider,
        model: model.unwrap_or_default().to_owned(),
        virtual_key: Some(virtual_key.clone()),
        config: call.header("x-portkey-config").map(str::to_owned),
        prompt_slug: Some(prompt.slug.clone()),
        prompt_version: Some(version.number),
        status_code: 200,
        cache_status: "disabled".to_owned(),
        metadata: metadata(call)?,
        request: json!(request),
        ..Log::default()
    })
}

fn metadata(call: &Call) -> Result<Value, Refusal> {
    let Some(header) = call.header("x-portkey-metadata") else {
        return Ok(json!({}));
    };
    let metadata = serde_json::from_str::<JsonObject>(header);
    metadata
        .map(Value::Object)
        .map_err(|_| Refusal::invalid_field("x-portkey-metadata", "must be a JSON object"))
}
