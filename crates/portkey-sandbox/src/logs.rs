//! What went through the gateway, one row a request. Analytics add them up.

use rusqlite::{Connection, named_params};
use serde_json::Value;

use crate::store::Queries as _;

/// A row of the table.
#[derive(Debug, Clone, Default)]
pub(crate) struct Log {
    pub(crate) id: String,
    pub(crate) trace_id: String,
    pub(crate) span_id: String,
    pub(crate) workspace_id: String,
    pub(crate) api_key_id: String,
    pub(crate) created_at: String,
    /// Such as `openai`.
    pub(crate) provider: String,
    pub(crate) model: String,
    /// The slug of a provider.
    pub(crate) virtual_key: Option<String>,
    /// A slug.
    pub(crate) config: Option<String>,
    pub(crate) prompt_slug: Option<String>,
    pub(crate) prompt_version: Option<u32>,
    pub(crate) status_code: u16,
    pub(crate) cache_status: String,
    pub(crate) prompt_tokens: u32,
    pub(crate) completion_tokens: u32,
    /// Cents.
    pub(crate) cost: f64,
    /// Milliseconds.
    pub(crate) latency: u32,
    pub(crate) weighted_feedback: Option<f64>,
    /// Texts by name; `_user` is the end user.
    pub(crate) metadata: Value,
    pub(crate) request: Value,
    pub(crate) response: Value,
}

pub(crate) fn insert(db: &Connection, log: &Log) -> rusqlite::Result<()> {
    let sql = "INSERT INTO logs (id, trace_id, span_id, workspace_id, api_key_id, created_at, provider, model,
            virtual_key, config, prompt_slug, prompt_version, status_code, cache_status, prompt_tokens,
            completion_tokens, cost, latency, weighted_feedback, metadata, request, response)
        VALUES (:id, :trace, :span, :workspace, :api_key, :created, :provider, :model, :virtual_key, :config,
            :prompt, :prompt_version, :status, :cache, :prompt_tokens, :completion_tokens, :cost, :latency,
            :feedback, :metadata, :request, :response)";
    db.run(
        sql,
        named_params! {
            ":id": log.id,
            ":trace": log.trace_id,
            ":span": log.span_id,
            ":workspace": log.workspace_id,
            ":api_key": log.api_key_id,
            ":created": log.created_at,
            ":provider": log.provider,
            ":model": log.model,
            ":virtual_key": log.virtual_key,
            ":config": log.config,
            ":prompt": log.prompt_slug,
            ":prompt_version": log.prompt_version,
            ":status": log.status_code,
            ":cache": log.cache_status,
            ":prompt_tokens": log.prompt_tokens,
            ":completion_tokens": log.completion_tokens,
            ":cost": log.cost,
            ":latency": log.latency,
            ":feedback": log.weighted_feedback,
            ":metadata": log.metadata,
            ":request": log.request,
            ":response": log.response,
        },
    )?;
    Ok(())
}
