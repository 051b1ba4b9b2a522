//! Exports of logs: jobs that write what a filter finds into a file.

use std::sync::LazyLock;

use portkey_api_core::{
    CommaSeparated, JsonObject, Minted, Open, Page, PageNumber, PeriodEnd, PeriodStart, RefersTo,
    Since, Until, answer, arguments, endpoint, id, schema_of,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::ids::{WorkspaceId, WorkspaceSlug};

/// List log export jobs
///
/// Shows past export jobs of logs with status. `verbose` adds filters and fields. With a user's key only their own.
#[endpoint(GET "/logs/exports" -> Page<LogExport>, scopes("logs.export"), plan(enterprise), airs(absent))]
pub struct ListLogExports {
    /// For organisation keys.
    pub workspace_id: Option<WorkspaceId>,
}

/// Export logs to a file
///
/// Dumps (pulls, exports) logs into a file, as all from last month: drafts an export job. Run it with
/// `start_log_export`, watch it with `get_log_export`, then `download_log_export`.
#[endpoint(POST "/logs/exports" -> NewLogExport, scopes("logs.export"), plan(enterprise), airs(absent))]
pub struct CreateLogExport {
    /// For organisation keys.
    pub workspace_id: Option<WorkspaceId>,
    pub description: Option<String>,
    #[body("filters.time_of_generation_min")]
    #[alias("time_of_generation_min")]
    pub time_min: Option<PeriodStart>,
    #[body("filters.time_of_generation_max")]
    #[alias("time_of_generation_max")]
    pub time_max: Option<PeriodEnd>,
    #[shared]
    pub filter: ExportFilter,
    #[body("requested_data")]
    #[alias("requested_data")]
    pub requested_fields: Vec<Open<ExportField>>,
}

/// Get the status of a log export
///
/// Tells the status of a log export: a draft, in progress (how far), done (finished), failed or stopped.
#[endpoint(GET "/logs/exports/{export_id}" -> LogExport, scopes("logs.export"), plan(enterprise), airs(absent))]
pub struct GetLogExport {
    pub export_id: ExportId,
}

/// Change a log export
///
/// Edits an export job before it starts: adds a column (field) or changes filters.
#[endpoint(PUT "/logs/exports/{export_id}" -> NewLogExport, scopes("logs.export"), plan(enterprise),
    undo(never = "an export is a job, not a setting: `update_log_export` can be called with other \
        filters until it is started"), airs(absent))]
pub struct UpdateLogExport {
    pub export_id: ExportId,
    // An export stays where it is.
    #[instruction]
    pub workspace_id: Option<WorkspaceId>,
    // The API wants all filters again: those the job has come first, then what changes them.
    #[hidden]
    #[lookup(GetLogExport)]
    #[schemars(extend("x-log-filters" = true))]
    pub filters: Option<JsonObject>,
    #[body("filters.time_of_generation_min")]
    #[alias("time_min")]
    pub time_of_generation_min: Option<Since>,
    #[body("filters.time_of_generation_max")]
    #[alias("time_max")]
    #[in_example]
    pub time_of_generation_max: Option<Until>,
    #[shared]
    pub filter: ExportFilter,
    #[hidden]
    #[body("requested_data")]
    #[alias("requested_data")]
    pub requested_fields: Option<Vec<Open<ExportField>>>,
}

/// Start a log export
///
/// Runs (starts, begins) an export that was prepared. `get_log_export` tells when it is done.
#[endpoint(POST "/logs/exports/{export_id}/start" -> ExportMessage,
    scopes("logs.export"), plan(enterprise), effect(execute, because = "runs the job that is there"), airs(absent))]
pub struct StartLogExport {
    pub export_id: ExportId,
}

/// Stop a log export
///
/// Stops (aborts) a running log export, as when the wrong one was started.
#[endpoint(POST "/logs/exports/{export_id}/cancel" -> ExportMessage,
    scopes("logs.export"), plan(enterprise), effect(execute, because = "stops the job that is there"),
    destructive(because = "what was exported so far is gone"),
    undo(never = "a cancelled export is not resumed: `create_log_export` makes another"), airs(absent))]
pub struct CancelLogExport {
    pub export_id: ExportId,
}

/// Download a log export
///
/// Gets the file of a finished export, as a link. Whoever has the link can read the exported logs.
#[endpoint(GET "/logs/exports/{export_id}/download" -> ExportDownload, scopes("logs.export"), plan(enterprise),
    airs(absent))]
pub struct DownloadLogExport {
    pub export_id: ExportId,
}

/// Get the fields barred from log exports
///
/// Shows which fields (columns) may not be exported: what is off limits in a workspace.
#[endpoint(GET "/logs/exports/field-restrictions" -> JsonObject,
    scopes("logs.export"), plan(enterprise), extended, airs(uncertain))]
pub struct GetLogExportFieldRestrictions {
    pub workspace_id: WorkspaceId,
}

/// Which logs are exported, besides the period.
#[arguments]
#[derive(Default)]
pub struct ExportFilter {
    /// Cents.
    #[body("filters.cost_min")]
    pub cost_min: Option<f64>,
    #[body("filters.cost_max")]
    pub cost_max: Option<f64>,
    #[body("filters.total_units_min")]
    #[alias("total_units_min")]
    pub tokens_min: Option<u64>,
    #[body("filters.total_units_max")]
    #[alias("total_units_max")]
    pub tokens_max: Option<u64>,
    /// Comma-separated.
    #[body("filters.ai_model")]
    #[alias("ai_model")]
    pub models: Option<CommaSeparated>,
    #[body("filters.status_code")]
    pub status_code: Option<CommaSeparated>,
    /// Slugs.
    #[body("filters.virtual_keys")]
    pub virtual_keys: Option<CommaSeparated>,
    #[body("filters.metadata")]
    pub metadata: Option<JsonObject>,
    #[hidden]
    #[body("filters.ai_org_model")]
    pub ai_org_model: Option<CommaSeparated>,
    #[hidden]
    #[body("filters.configs")]
    pub configs: Option<CommaSeparated>,
    #[hidden]
    #[body("filters.prompt_slug")]
    pub prompt_slug: Option<CommaSeparated>,
    #[hidden]
    #[body("filters.trace_id")]
    pub trace_id: Option<CommaSeparated>,
    #[hidden]
    #[body("filters.workspace_slug")]
    pub workspace_slug: Option<RefersTo<WorkspaceSlug>>,
    #[hidden]
    #[body("filters.prompt_token_min")]
    pub prompt_token_min: Option<u64>,
    #[hidden]
    #[body("filters.prompt_token_max")]
    pub prompt_token_max: Option<u64>,
    #[hidden]
    #[body("filters.completion_token_min")]
    pub completion_token_min: Option<u64>,
    #[hidden]
    #[body("filters.completion_token_max")]
    pub completion_token_max: Option<u64>,
    #[hidden]
    #[schemars(range(min = -10, max = 10))]
    #[body("filters.weighted_feedback_min")]
    pub weighted_feedback_min: Option<f64>,
    #[hidden]
    #[schemars(range(min = -10, max = 10))]
    #[body("filters.weighted_feedback_max")]
    pub weighted_feedback_max: Option<f64>,
    /// Rows.
    #[schemars(range(min = 1, max = 50_000))]
    #[body("filters.page_size")]
    pub page_size: Option<u32>,
    #[hidden]
    #[body("filters.current_page")]
    pub current_page: Option<PageNumber>,
}

/// The filters of a job as the API has them: those that refer to something. Only the schema of this type is used.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "its schema is all that is read")]
struct Filters {
    workspace_slug: Option<RefersTo<WorkspaceSlug>>,
}

/// What is inside of filters, where the mark on a schema says that it is of some.
pub(crate) fn filters(schema: &Value) -> Option<&'static Value> {
    static FILTERS: LazyLock<Value> = LazyLock::new(schema_of::<Filters>);
    schema.get("x-log-filters").map(|_| &*FILTERS)
}

/// A field of a log that can be exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the names say it all")]
pub enum ExportField {
    Id,
    TraceId,
    CreatedAt,
    Request,
    Response,
    IsSuccess,
    AiOrg,
    AiModel,
    ReqUnits,
    ResUnits,
    TotalUnits,
    RequestUrl,
    Cost,
    CostCurrency,
    ResponseTime,
    ResponseStatusCode,
    Mode,
    Config,
    PromptSlug,
    Metadata,
}

id! {
    /// UUID.
    ExportId: uuid
}

/// An export job.
#[answer(brief(id, status, description, workspace_id, created_at))]
pub struct LogExport {
    pub id: Option<String>,
    pub status: Option<String>,
    pub description: Option<String>,
    pub filters: Option<JsonObject>,
    pub requested_data: Option<Vec<String>>,
    pub organisation_id: Option<String>,
    pub workspace_id: Option<RefersTo<WorkspaceId>>,
    pub created_by: Option<String>,
    pub created_at: Option<String>,
    pub last_updated_at: Option<String>,
}

/// An export job as it was created or changed.
#[answer]
pub struct NewLogExport {
    pub id: Option<String>,
    /// Logs that it covers.
    pub total: Option<u64>,
}

/// What became of an export job.
#[answer]
pub struct ExportMessage {
    pub message: Option<String>,
}

/// The file of an export job.
#[answer]
pub struct ExportDownload {
    /// Opens without a key, for a while.
    pub signed_url: Option<Minted>,
}
