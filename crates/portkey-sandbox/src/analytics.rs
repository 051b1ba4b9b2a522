//! Analytics: sums over the logs, by SQL.

mod filter;

use portkey_api::analytics::{GetUserStats, Order};
use rusqlite::{Connection, params_from_iter};
use serde_json::json;

use crate::{
    answer::Answer,
    call::Call,
    page::{Page, Paging},
    refusal::Refusal,
    routes::Routes,
    store::Queries as _,
};

pub(crate) use filter::Filter;

pub(crate) fn routes(routes: Routes) -> Routes {
    routes.on::<GetUserStats>(users)
}

/// Requests and cost of each end user. Requests without one are nobody's, so they are left out.
fn users(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let page = Page::of(call, Paging::default())?;
    let filter = Filter::of(call, db)?;
    let sql = format!(
        "SELECT metadata ->> '_user' AS user, count(*) AS requests, sum(cost) AS cost FROM logs
         WHERE {} AND user IS NOT NULL GROUP BY user ORDER BY {}, user",
        filter.conditions(),
        order(call, &["requests", "cost", "user"])?,
    );
    let rows = db.all(&sql, params_from_iter(filter.values()), |row| {
        Ok(json!({
            "user": row.get::<_, String>("user")?,
            "requests": row.get::<_, u32>("requests")?.to_string(),
            "cost": cents(row.get("cost")?),
            "object": "analytics-group",
        }))
    })?;
    Ok(page.cut(rows))
}

/// What `order_by` and `order_by_type` ask for: by the first of the columns, largest first, unless they say otherwise.
fn order(call: &Call, columns: &[&'static str]) -> Result<String, Refusal> {
    let query = call.query();
    let column = match query.optional_text("order_by")? {
        None => columns.first().copied(),
        Some(name) => columns.iter().copied().find(|column| *column == name),
    };
    let column = column.ok_or_else(|| {
        query.refuse(
            "order_by",
            &format!("must be one of {}", columns.join(", ")),
        )
    })?;
    let direction = match query.optional("order_by_type")? {
        Some(Order::Asc) => "ASC",
        Some(Order::Desc) | None => "DESC",
    };
    Ok(format!("{column} {direction}"))
}

/// Cents as text, without the noise that adding fractions leaves behind.
fn cents(sum: f64) -> String {
    let text = format!("{sum:.8}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    text.to_owned()
}
