//! Logs of requests to models: adding them, reading them, exporting them.

mod exports;
mod traffic;

use crate::ids::WorkspaceSlug;
use portkey_api_core::{
    Amount, Cents, Check, Done, JsonObject, Milliseconds, Open, Problem, RefersTo, Sealed, Since,
    answer, arguments, catalog, endpoint, id,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(crate) use exports::filters;
pub use exports::{
    CancelLogExport, CreateLogExport, DownloadLogExport, ExportDownload, ExportField, ExportFilter,
    ExportId, ExportMessage, GetLogExport, GetLogExportFieldRestrictions, ListLogExports,
    LogExport, NewLogExport, StartLogExport, UpdateLogExport,
};
pub use traffic::Traffic;

catalog! { "Logging":
    InsertLog,
    GetLog,
    ListLogExports,
    CreateLogExport,
    GetLogExport,
    UpdateLogExport,
    StartLogExport,
    CancelLogExport,
    DownloadLogExport,
    GetLogExportFieldRestrictions,
}

/// Insert logs of your own
///
/// Pushes (records) calls made outside the gateway into Portkey, one or several by `logs`.
#[endpoint(POST "/logs" -> Done,
    scopes("completions.write", "logs.write"), all_scopes, keys(workspace), base(gateway), checked)]
pub struct InsertLog {
    #[shared]
    pub log: NewLog,
    /// Instead of the rest: objects {request, response, metadata}.
    #[spread]
    #[excludes(request_url, request_body, response_body)]
    #[example([{
        "request": { "url": "https://example.com", "body": {} },
        "response": { "body": {} },
        "metadata": {},
    }])]
    pub logs: Option<Vec<Traffic>>,
}

impl Check for InsertLog {
    fn check(&self) -> Result<(), Problem> {
        let is_complete = (self.log.request_url.is_some() || self.log.request_provider.is_some())
            && self.log.request_body.is_some()
            && self.log.response_body.is_some();
        match &self.logs {
            None if is_complete => Ok(()),
            Some(logs) if !logs.is_empty() && self.log == NewLog::default() => Ok(()),
            _ => Err(Problem::rule(
                "logs",
                "give `request_url` or `request_provider`, `request_body` and `response_body`; or a non-empty \
                 list `logs` alone",
            )),
        }
    }
}

/// One log, its parts as arguments of their own.
#[arguments]
#[derive(Default, PartialEq)]
pub struct NewLog {
    #[body("request.url")]
    #[in_example]
    pub request_url: Option<String>,
    /// Such as `openai`.
    #[body("request.provider")]
    pub request_provider: Option<String>,
    /// Default POST.
    #[body("request.method")]
    pub request_method: Option<String>,
    #[body("request.headers")]
    pub request_headers: Option<Sealed<JsonObject>>,
    #[body("request.body")]
    #[in_example]
    pub request_body: Option<Traffic>,
    /// Default 200.
    #[body("response.status")]
    pub response_status: Option<u32>,
    #[body("response.headers")]
    pub response_headers: Option<Sealed<JsonObject>>,
    #[body("response.body")]
    #[in_example]
    pub response_body: Option<Traffic>,
    /// Milliseconds.
    #[body("response.response_time")]
    pub response_time: Option<u64>,
    #[body("response.streamingMode")]
    pub streaming_mode: Option<bool>,
    // Before the others, which go into the same object.
    /// Keys of your own.
    #[body("metadata")]
    pub metadata_custom: Option<JsonObject>,
    #[body("metadata.organization")]
    pub metadata_organization: Option<String>,
    #[body("metadata.user")]
    pub metadata_user: Option<String>,
    #[body("metadata.traceId")]
    pub metadata_trace_id: Option<String>,
    #[body("metadata.spanId")]
    pub metadata_span_id: Option<String>,
    #[body("metadata.spanName")]
    pub metadata_span_name: Option<String>,
    #[body("metadata.parentSpanId")]
    pub metadata_parent_span_id: Option<String>,
}

/// Get one request log
///
/// Looks up one log entry by id (opens, shows it): the request, its details, the model's answer, why it failed. Bodies
/// are kept for failed requests or with debug logging only.
#[endpoint(GET "/logs/{log_id}" -> Log,
    scopes("completions.write", "logs.write", "logs.view", "logs.read"), plan(unspecified), base(gateway), extended,
    bodies)]
pub struct GetLog {
    pub log_id: LogId,
    /// Layout of the log store; `v2` needs `created_at`.
    pub path_format: Option<Open<PathFormat>>,
    /// When the log was made.
    pub created_at: Option<Since>,
    /// What the guardrails did instead.
    pub r#type: Option<Open<LogType>>,
}

id! {
    /// Log id.
    LogId
}

/// Layout of the log store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the names say it all")]
pub enum PathFormat {
    V1,
    V2,
}

/// Another log of the same request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the names say it all")]
pub enum LogType {
    Hooks,
}

/// A request to a model, as it was logged.
#[answer]
pub struct Log {
    #[serde(rename = "_id")]
    pub id: Option<String>,
    pub organisation_id: Option<String>,
    pub created_at: Option<String>,
    pub request: Option<Traffic>,
    pub response: Option<Traffic>,
    pub metrics: Option<LogMetrics>,
    /// As it came to the gateway.
    #[serde(rename = "finalUntransformedRequest")]
    pub final_untransformed_request: Option<Traffic>,
    /// As it went to the provider.
    #[serde(rename = "transformedRequest")]
    pub transformed_request: Option<Traffic>,
    /// As it came from the provider.
    #[serde(rename = "originalResponse")]
    pub original_response: Option<Traffic>,
}

/// What is known of a request beside its content.
#[answer]
pub struct LogMetrics {
    pub is_success: Option<bool>,
    pub ai_org: Option<String>,
    pub ai_model: Option<String>,
    /// Tokens asked.
    pub req_units: Option<Amount>,
    /// Tokens answered.
    pub res_units: Option<Amount>,
    pub total_units: Option<Amount>,
    pub cost: Option<Cents>,
    pub response_status_code: Option<u16>,
    pub response_time: Option<Milliseconds>,
    pub cache_status: Option<String>,
    pub retry_success_count: Option<u64>,
    pub trace_id: Option<String>,
    pub span_id: Option<String>,
    pub span_name: Option<String>,
    pub parent_span_id: Option<String>,
    pub prompt_slug: Option<String>,
    pub workspace_slug: Option<RefersTo<WorkspaceSlug>>,
    pub virtual_key: Option<String>,
    pub config: Option<String>,
}
