//! Reads logs by an export, which is the only way to read several: create, start, wait, download, parse.

use std::time::Duration;

use portkey_api::{
    CommaSeparated, JsonObject, Open, PeriodEnd, PeriodStart,
    logging::{
        CreateLogExport, DownloadLogExport, ExportField, ExportFilter, ExportId, GetLogExport,
        StartLogExport,
    },
    workspaces::WorkspaceId,
};
use portkey_engine::call::{CallContext, Failure};
use serde_json::Value;
use tokio::time::{Instant, sleep};

/// The requested fields of each log: all that contain no content.
const FIELDS: [ExportField; 15] = [
    ExportField::Id,
    ExportField::TraceId,
    ExportField::CreatedAt,
    ExportField::IsSuccess,
    ExportField::AiOrg,
    ExportField::AiModel,
    ExportField::ReqUnits,
    ExportField::ResUnits,
    ExportField::TotalUnits,
    ExportField::Cost,
    ExportField::ResponseTime,
    ExportField::ResponseStatusCode,
    ExportField::Config,
    ExportField::PromptSlug,
    ExportField::Metadata,
];

/// The pause between two checks of a job. It doubles up to eight times this.
const PAUSE: Duration = Duration::from_millis(250);

/// The logs to export.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    pub(super) workspace_id: Option<WorkspaceId>,
    pub(super) from: Option<PeriodStart>,
    pub(super) to: Option<PeriodEnd>,
    pub(super) trace_id: Option<String>,
    /// How long to wait for the job.
    pub(super) patience: Duration,
}

/// The result of an export.
#[derive(Debug)]
pub(super) enum Exported {
    /// The logs.
    Logs(Vec<JsonObject>),
    /// The job with this id is still running.
    Running(String),
    /// The job with this id ended with this status and without logs.
    Broken(String, String),
}

/// Exports logs and reads them.
pub(super) async fn export(context: CallContext<'_>, wanted: Wanted) -> Result<Exported, Failure> {
    let patience = wanted.patience;
    context.report(1, Some(5), "creating an export");
    let created = context.ask(&job(wanted)).await?;
    let id = created.id.unwrap_or_default();
    let export_id = || ExportId::from(id.clone());
    context.report(2, Some(5), "starting the export");
    context
        .ask(&StartLogExport {
            export_id: export_id(),
        })
        .await?;
    context.report(3, Some(5), "waiting for the export");
    let deadline = Instant::now() + patience;
    let mut pause = PAUSE;
    loop {
        let job = context
            .ask(&GetLogExport {
                export_id: export_id(),
            })
            .await?;
        match job.status.as_deref() {
            Some("success") => break,
            Some("draft" | "in_progress") | None if Instant::now() >= deadline => {
                return Ok(Exported::Running(id));
            }
            Some("draft" | "in_progress") | None => {}
            Some(status) => return Ok(Exported::Broken(id, status.to_owned())),
        }
        sleep(pause).await;
        pause = (pause * 2).min(PAUSE * 8);
    }
    context.report(4, Some(5), "downloading the logs");
    let file = context
        .ask(&DownloadLogExport {
            export_id: export_id(),
        })
        .await?;
    let url = file.signed_url.as_ref().map(|url| url.expose().to_owned());
    let bytes = context.download(url.as_deref().unwrap_or_default()).await?;
    context.report(5, Some(5), "reading the logs");
    Ok(Exported::Logs(lines(&bytes)))
}

fn job(wanted: Wanted) -> CreateLogExport {
    CreateLogExport {
        workspace_id: wanted.workspace_id,
        description: Some("Traces, by portkey-mcp".to_owned()),
        time_min: wanted.from,
        time_max: wanted.to,
        filter: ExportFilter {
            trace_id: wanted.trace_id.map(CommaSeparated),
            ..ExportFilter::default()
        },
        requested_fields: FIELDS.iter().map(Open::of).collect(),
    }
}

/// Parses one JSON object a line. Other lines are ignored.
fn lines(file: &[u8]) -> Vec<JsonObject> {
    let lines = file.split(|byte| *byte == b'\n');
    let objects = lines.filter_map(|line| match serde_json::from_slice(line) {
        Ok(Value::Object(object)) => Some(object),
        _ => None,
    });
    objects.collect()
}
