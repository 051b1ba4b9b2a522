//! The file of an export: JSON Lines behind a signed link, which needs no key and expires.

use jiff::Timestamp;
use portkey_api::{JsonObject, logging::ExportField};
use rusqlite::{Connection, params_from_iter};
use serde_json::{Value, json};
use uuid::Uuid;

use super::record::{Export, ExportStatus, find, in_path};
use crate::{
    domains::analytics::Filter,
    identity::iso,
    records::Log,
    store::Queries as _,
    wire::{Answer, Call, Fields, Refusal},
};

/// The largest number of rows in a file.
const MOST_ROWS: u32 = 50_000;
/// How long a link is valid, in seconds.
const LIFETIME: i64 = 60 * 60;

/// Answers a link to the file, with the host that the call was sent to.
pub(super) fn link(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let export = in_path(call, db)?;
    export.must_be(&[ExportStatus::Success], "downloaded")?;
    let host = call.header("host").unwrap_or("localhost");
    let expires = call.now.as_second().saturating_add(LIFETIME);
    let signature = signature(&export, expires);
    let id = &export.id;
    let url =
        format!("http://{host}/_sandbox/exports/{id}?signature={signature}&expires={expires}");
    Ok(json!({ "signed_url": url }).into())
}

/// Answers the file, if the signature of the link is right.
pub(crate) fn open(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let query = call.query();
    let (given, expires) = (query.text("signature")?, query.required("expires")?);
    let export = find(db, call.path("export_id"), call.now)?;
    let export = export.filter(|export| signature(export, expires) == given);
    let export = export.ok_or_else(|| Refusal::forbidden("The signature does not match"))?;
    if expires <= call.now.as_second() {
        return Err(Refusal::forbidden("The link has expired"));
    }
    let logs = ExportedRows::of(&export)?.read(db)?;
    let lines = logs
        .iter()
        .map(|log| line(log, &export.requested_data) + "\n");
    Ok(Answer::text("application/jsonl", lines.collect::<String>()))
}

/// A signature, made with the secret seal of the export. It is a SHA-1 hash, which is good enough for a sandbox.
fn signature(export: &Export, expires: i64) -> String {
    let seal = export.seal.parse().unwrap_or(Uuid::nil());
    let signature = Uuid::new_v5(&seal, expires.to_string().as_bytes());
    signature.simple().to_string()
}

/// The logs in a file.
pub(super) struct ExportedRows {
    filter: Filter,
    /// Leaves out logs from after the start of the job.
    until: Option<Timestamp>,
    limit: u32,
    offset: u64,
}

impl ExportedRows {
    pub(super) fn of(export: &Export) -> Result<Self, Refusal> {
        let filters = Fields::of(&export.filters);
        let limit = filters.optional("page_size")?.unwrap_or(MOST_ROWS);
        if !(1..=MOST_ROWS).contains(&limit) {
            return Err(filters.refuse("page_size", "must lie between 1 and 50000"));
        }
        let page: u32 = filters.optional("current_page")?.unwrap_or_default();
        Ok(Self {
            filter: Filter::of_export(filters, &export.workspace_id)?,
            until: export.started_at.as_ref().and_then(|at| at.parse().ok()),
            limit,
            offset: u64::from(page) * u64::from(limit),
        })
    }

    pub(super) fn count(&self, db: &Connection) -> Result<u32, Refusal> {
        let sql = self.sql("count(*) FROM (SELECT 1");
        let count = db.first(&format!("{sql})"), self.values(), |row| row.get(0))?;
        Ok(count.unwrap_or_default())
    }

    fn read(&self, db: &Connection) -> Result<Vec<Log>, Refusal> {
        Ok(db.all(&self.sql("*"), self.values(), Log::read)?)
    }

    fn sql(&self, columns: &str) -> String {
        format!(
            "SELECT {columns} FROM logs WHERE {} AND created_at <= coalesce(?, created_at)
             ORDER BY created_at, id LIMIT {} OFFSET {}",
            self.filter.of_logs().sql(),
            self.limit,
            self.offset,
        )
    }

    fn values(&self) -> impl rusqlite::Params {
        let until = self.until.map(Timestamp::as_millisecond);
        params_from_iter(self.filter.of_logs().values([until.into()]))
    }
}

fn line(log: &Log, fields: &[ExportField]) -> String {
    let members = fields
        .iter()
        .map(|field| (name(*field), member(log, *field)));
    Value::Object(members.collect::<JsonObject>()).to_string()
}

/// The name of a field in requests and in the file.
pub(super) fn name(field: ExportField) -> String {
    let name = json!(field);
    name.as_str().unwrap_or_default().to_owned()
}

fn member(log: &Log, field: ExportField) -> Value {
    match field {
        ExportField::Id => json!(log.id),
        ExportField::TraceId => json!(log.trace_id),
        ExportField::CreatedAt => json!(iso(log.created_at)),
        ExportField::Request => log.request.clone(),
        ExportField::Response => log.response.clone(),
        ExportField::IsSuccess => json!(log.is_success()),
        ExportField::AiOrg => json!(log.provider),
        ExportField::AiModel => json!(log.model),
        ExportField::ReqUnits => json!(log.prompt_tokens),
        ExportField::ResUnits => json!(log.completion_tokens),
        ExportField::TotalUnits => json!(log.tokens()),
        ExportField::RequestUrl => json!(log.request_url()),
        ExportField::Cost => json!(log.cost),
        ExportField::CostCurrency => json!("USD"),
        ExportField::ResponseTime => json!(log.latency),
        ExportField::ResponseStatusCode => json!(log.status_code),
        ExportField::Mode => json!("single"),
        ExportField::Config => json!(log.config),
        ExportField::PromptSlug => json!(log.prompt_slug),
        ExportField::Metadata => log.metadata.clone(),
    }
}
