//! A request that went through the gateway, as it is logged.

use jiff::Timestamp;
use rusqlite::{Connection, Row, params, types::Type};
use serde_json::Value;

use crate::store::Queries as _;

/// The address of requests whose log has none.
const GATEWAY: &str = "https://api.portkey.ai/v1/chat/completions";

/// A row of `logs`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Log {
    pub(crate) id: String,
    pub(crate) trace_id: String,
    pub(crate) span_id: String,
    pub(crate) span_name: Option<String>,
    pub(crate) parent_span_id: Option<String>,
    pub(crate) workspace_id: String,
    pub(crate) api_key_id: String,
    pub(crate) created_at: Timestamp,
    /// Such as `openai`.
    pub(crate) provider: String,
    pub(crate) model: String,
    /// The slug of a provider.
    pub(crate) virtual_key: Option<String>,
    /// The slug of a config.
    pub(crate) config: Option<String>,
    pub(crate) prompt_slug: Option<String>,
    pub(crate) prompt_version: Option<u32>,
    pub(crate) status_code: u16,
    pub(crate) cache_status: String,
    pub(crate) prompt_tokens: u32,
    pub(crate) completion_tokens: u32,
    /// Cost in cents.
    pub(crate) cost: f64,
    /// Latency in milliseconds.
    pub(crate) latency: u32,
    /// The number of attempts after the first.
    pub(crate) retries: u32,
    /// Whether a target other than the first answered.
    pub(crate) is_fallback: bool,
    pub(crate) weighted_feedback: Option<f64>,
    /// Texts by name; the end user is `_user`.
    pub(crate) metadata: Value,
    /// The body, where it was kept.
    pub(crate) request: Value,
    /// The body, where it was kept.
    pub(crate) response: Value,
    /// Further facts of request and response: null, or `{url, method, headers, response_headers, streams}`.
    pub(crate) exchange: Value,
}

impl Log {
    pub(crate) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            trace_id: row.get("trace_id")?,
            span_id: row.get("span_id")?,
            span_name: row.get("span_name")?,
            parent_span_id: row.get("parent_span_id")?,
            workspace_id: row.get("workspace_id")?,
            api_key_id: row.get("api_key_id")?,
            created_at: moment(row)?,
            provider: row.get("provider")?,
            model: row.get("model")?,
            virtual_key: row.get("virtual_key")?,
            config: row.get("config")?,
            prompt_slug: row.get("prompt_slug")?,
            prompt_version: row.get("prompt_version")?,
            status_code: row.get("status_code")?,
            cache_status: row.get("cache_status")?,
            prompt_tokens: row.get("prompt_tokens")?,
            completion_tokens: row.get("completion_tokens")?,
            cost: row.get("cost")?,
            latency: row.get("latency")?,
            retries: row.get("retries")?,
            is_fallback: row.get("is_fallback")?,
            weighted_feedback: row.get("weighted_feedback")?,
            metadata: row.get("metadata")?,
            request: row.get("request")?,
            response: row.get("response")?,
            exchange: row.get("exchange")?,
        })
    }

    /// Prompt tokens and completion tokens together.
    pub(crate) fn tokens(&self) -> u64 {
        u64::from(self.prompt_tokens) + u64::from(self.completion_tokens)
    }

    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status_code)
    }

    /// The address that the request was sent to.
    pub(crate) fn request_url(&self) -> &str {
        let url = self.exchange.get("url").and_then(Value::as_str);
        url.unwrap_or(GATEWAY)
    }
}

pub(crate) fn insert(db: &Connection, log: &Log) -> rusqlite::Result<()> {
    let sql = "INSERT INTO logs (id, trace_id, span_id, span_name, parent_span_id, workspace_id, api_key_id,
            created_at, provider, model, virtual_key, config, prompt_slug, prompt_version, status_code, cache_status, prompt_tokens,
            completion_tokens, cost, latency, retries, is_fallback, weighted_feedback, metadata, request, response,
            exchange)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    db.run(
        sql,
        params![
            log.id,
            log.trace_id,
            log.span_id,
            log.span_name,
            log.parent_span_id,
            log.workspace_id,
            log.api_key_id,
            log.created_at.as_millisecond(),
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
            log.exchange,
        ],
    )?;
    Ok(())
}

fn moment(row: &Row<'_>) -> rusqlite::Result<Timestamp> {
    let column = row.as_ref().column_index("created_at")?;
    Timestamp::from_millisecond(row.get(column)?).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(column, Type::Integer, error.into())
    })
}
