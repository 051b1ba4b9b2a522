//! Rendering a prompt, and completing it by the built-in model.

use portkey_api::JsonObject;
use rusqlite::Connection;
use serde_json::{Value, json};

use super::{defaults::Defaults, model::Reply, record::Prompt, reference, version::PromptVersion};
use crate::{
    domains::{admission, prompt_partials},
    identity,
    records::{Log, Provider, log},
    rules::{
        prices,
        template::{self, Prepared},
    },
    wire::{Answer, Call, Refusal},
};

/// Answers the request body that the prompt renders to.
pub(super) fn render(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    admission::admit_caller(call, db)?;
    let (prompt, version) = reference::prompt_and_version(call, db)?;
    let request = request(call, db, &prompt, &version)?;
    Ok(json!({ "success": true, "data": request }).into())
}

/// Answers the built-in model's reply to the rendered prompt.
pub(super) fn complete(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    admission::admit_caller(call, db)?;
    let (prompt, version) = reference::prompt_and_version(call, db)?;
    let mut request = request(call, db, &prompt, &version)?;
    let streams = call.body()?.flag("stream")?.unwrap_or(false);
    request.shift_remove("stream");
    let provider = provider(db, &version)?;
    let log = log(call, db, &prompt, &version, &provider, &request)?;
    if let Err(refusal) = admission::admit_request(call, db, &provider, &log) {
        return turned_away(db, log, refusal);
    }
    let reply = Reply::of(&request);
    let (id, created) = (log.id.clone(), call.now.as_second());
    let whole = reply.whole(&id, created);
    let log = Log {
        prompt_tokens: reply.prompt_tokens,
        completion_tokens: reply.completion_tokens,
        cost: prices::cost(&log.model, reply.prompt_tokens, reply.completion_tokens),
        latency: 20 + reply.completion_tokens,
        response: whole.clone(),
        ..log
    };
    log::insert(db, &log)?;
    let answer = if streams {
        Answer::text("text/event-stream", reply.events(&id, created))
    } else {
        whole.into()
    };
    Ok(with_headers(answer, &log))
}

/// Logs a refused request, at no cost, and answers the refusal.
fn turned_away(db: &Connection, log: Log, refusal: Refusal) -> Result<Answer, Refusal> {
    if !refusal.leaves_a_log() {
        return Err(refusal);
    }
    let log = Log {
        status_code: refusal.status().as_u16(),
        response: refusal.body(),
        ..log
    };
    log::insert(db, &log)?;
    Ok(with_headers(Answer::refused(refusal), &log))
}

fn with_headers(answer: Answer, log: &Log) -> Answer {
    answer
        .with_header("x-portkey-trace-id", &log.trace_id)
        .with_header("x-portkey-cache-status", &log.cache_status.to_uppercase())
        .with_header("x-portkey-retry-attempt-count", "0")
        .with_header("x-portkey-last-used-option-index", "config")
}

/// The stored model and parameters, then the filled-in template, then what the call overrides.
fn request(
    call: &Call,
    db: &Connection,
    prompt: &Prompt,
    version: &PromptVersion,
) -> Result<JsonObject, Refusal> {
    let body = call.body()?;
    let variables: JsonObject = body.required("variables")?;
    let draft = &version.draft;
    let prepared = template::prepare(
        &draft.string,
        draft.is_raw_template,
        &Value::Object(variables),
        // A partial that cannot be read counts as missing.
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

fn provider(db: &Connection, version: &PromptVersion) -> Result<Provider, Refusal> {
    let virtual_key = &version.draft.virtual_key;
    Provider::find(db, virtual_key)?.ok_or_else(|| {
        Refusal::invalid(format!(
            "The prompt's virtual_key {virtual_key} does not exist"
        ))
    })
}

/// The log of a completion before it is answered.
fn log(
    call: &Call,
    db: &Connection,
    prompt: &Prompt,
    version: &PromptVersion,
    provider: &Provider,
    request: &JsonObject,
) -> Result<Log, Refusal> {
    let trace_id = call.header("x-portkey-trace-id").map(str::to_owned);
    let model = request.get("model").and_then(Value::as_str);
    let defaults = Defaults::of(call, db)?;
    Ok(Log {
        id: identity::new_id(),
        trace_id: trace_id.unwrap_or_else(identity::new_id),
        span_id: identity::new_id(),
        workspace_id: prompt.workspace_id.clone(),
        api_key_id: call.principal.key_id.clone(),
        created_at: call.now,
        provider: provider.ai_provider_id.clone(),
        model: model.unwrap_or_default().to_owned(),
        virtual_key: Some(provider.slug.clone()),
        config: defaults.config(call)?,
        prompt_slug: Some(prompt.slug.clone()),
        prompt_version: Some(version.number),
        status_code: 200,
        cache_status: "disabled".to_owned(),
        metadata: defaults.metadata(call)?,
        request: json!(request),
        ..Log::default()
    })
}
