//! What went through the gateway, one row a request. Analytics add them up.

use rusqlite::{Connection, params};
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
    /// Attempts after the first.
    pub(crate) retries: u32,
    /// Whether another target than the first answered.
    pub(crate) is_fallback: bool,
    pub(crate) weighted_feedback: Option<f64>,
    /// Texts by name; `_user` is the end user.
    pub(crate) metadata: Value,
    pub(crate) request: Value,
    pub(crate) response: Value,
}

pub(crate) fn insert(db: &Connection, log: &Log) -> rusqlite::Result<()> {
    let sql = "INSERT INTO logs (id, trace_id, span_id, workspace_id, api_key_id, created_at, provider, model,
            virtual_key, config, prompt_slug, prompt_version, status_code, cache_status, prompt_tokens,
            completion_tokens, cost, latency, retries, is_fallback, weighted_feedback, metadata, request, response)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    db.run(
        sql,
        params![
            log.id,
            log.trace_id,
            log.span_id,
            log.workspace_id,
            log.api_key_id,
            log.created_at,
            log.provider,
            log.model,
            log.virtual_key,
            log.config,
            log.prompt_slug,
            log.prompt_version,
            log.status_code,
            log.cache_status,
            log.prompt_tokens,
            log.completion_tokens,
            log.cost,
            log.latency,
            log.retries,
            log.is_fallback,
            log.weighted_feedback,
            log.metadata,
            log.request,
            log.response,
        ],
    )?;
    Ok(())
}
