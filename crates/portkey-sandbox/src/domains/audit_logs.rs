//! Audit logs: the recorded calls as the API lists them, newest first.

use portkey_api::audit_logs::{ActorType, ChangeMethod, ListAuditLogs};
use rusqlite::{Connection, Row, params_from_iter, types};
use serde_json::{Value, json};

use crate::{
    identity::iso,
    routes::Routes,
    rules::workspace_scope,
    store::Queries as _,
    wire::{Answer, Call, Fields, Page, Paging, Refusal},
};

pub(crate) fn routes(routes: Routes) -> Routes {
    routes.on::<ListAuditLogs>(list)
}

/// Filters that a column must equal.
const EXACT: &[&str] = &[
    "uri",
    "request_id",
    "user_id",
    "resource_type",
    "action",
    "client_ip",
    "country",
];

/// Unlike all other listings this one has `records`, and its `object` is a graph.
fn list(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let paging = Paging {
        max_size: 100,
        ..Paging::default()
    };
    let page = Page::of(call, paging)?;
    let (conditions, values) = filter(call, db)?;
    let sql = format!("SELECT count(*) FROM audit_logs WHERE {conditions}");
    let total: Option<u32> = db.first(&sql, params_from_iter(&values), |row| row.get(0))?;
    let sql = format!(
        "SELECT * FROM audit_logs WHERE {conditions} ORDER BY timestamp DESC, rowid DESC
         LIMIT {} OFFSET {}",
        page.limit.unwrap_or(paging.max_size),
        page.offset,
    );
    let records = db.all(&sql, params_from_iter(&values), record)?;
    Ok(json!({
        "object": "analytics-graph",
        "total": total.unwrap_or_default(),
        "records": records,
    })
    .into())
}

/// The conditions that the query of a call asks for, in SQL, and the values of their placeholders.
fn filter(call: &Call, db: &Connection) -> Result<(String, Vec<types::Value>), Refusal> {
    let query = call.query();
    let start = moment(query, "start_time")?;
    let end = moment(query, "end_time")?;
    if query.text("organisation_id")? != call.principal.organisation_id {
        return Err(Refusal::foreign("organisation"));
    }
    let mut conditions = vec!["timestamp >= ?".to_owned(), "timestamp <= ?".to_owned()];
    let mut values: Vec<types::Value> = vec![start.into(), end.into()];
    let mut add = |column: &str, value: types::Value| {
        conditions.push(format!("{column} = ?"));
        values.push(value);
    };
    for name in EXACT {
        if let Some(text) = query.optional_text(name)? {
            add(name, text.into());
        }
    }
    if let Some(method) = query.optional::<ChangeMethod>("method")? {
        add("method", text(&json!(method)));
    }
    if let Some(kind) = query.optional::<ActorType>("user_type")? {
        add("user_type", text(&json!(kind)));
    }
    if let Some(status) = query.optional::<u16>("response_status_code")? {
        add("response_status_code", i64::from(status).into());
    }
    if let Some(workspace) = workspace_scope::requested(call, db)? {
        add("workspace_id", workspace.into());
    }
    Ok((conditions.join(" AND "), values))
}

fn text(value: &Value) -> types::Value {
    value.as_str().unwrap_or_default().to_owned().into()
}

fn moment(query: Fields<'_>, name: &str) -> Result<String, Refusal> {
    let moment = query.text(name)?.parse();
    moment
        .map(iso)
        .map_err(|_| query.refuse(name, "must be an ISO 8601 moment with an offset"))
}

/// Bodies and headers are answered as text, whatever they contain.
fn record(row: &Row<'_>) -> rusqlite::Result<Value> {
    let texts = |name: &str| {
        row.get::<_, Option<String>>(name)
            .map(Option::unwrap_or_default)
    };
    Ok(json!({
        "timestamp": texts("timestamp")?,
        "method": texts("method")?,
        "uri": texts("uri")?,
        "request_id": texts("request_id")?,
        "request_body": texts("request_body")?,
        "query_params": texts("query_params")?,
        "request_headers": texts("request_headers")?,
        "user_id": texts("user_id")?,
        "user_type": texts("user_type")?,
        "organisation_id": texts("organisation_id")?,
        "workspace_id": texts("workspace_id")?,
        "response_status_code": row.get::<_, u16>("response_status_code")?,
        "resource_type": texts("resource_type")?,
        "action": texts("action")?,
        "client_ip": texts("client_ip")?,
        "country": texts("country")?,
    }))
}
