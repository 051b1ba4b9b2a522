//! What the sandbox can do and the real API cannot: below `/_sandbox`, without a key.

use portkey_api::Method;
use rusqlite::Connection;
use serde_json::json;

use crate::{
    answer::Answer,
    call::Call,
    identity::iso,
    invites,
    refusal::Refusal,
    routes::Routes,
    store::{self, Queries as _},
};

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .control(Method::Put, "/_sandbox/plan", change_plan)
        .control(Method::Put, "/_sandbox/clock", put_clock_forward)
        .control(
            Method::Post,
            "/_sandbox/invites/{invite_id}/accept",
            invites::accept,
        )
}

/// `{"plan": "enterprise"}`, or any other, which then lacks what only Enterprise has.
fn change_plan(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let plan = call.body()?.text("plan")?;
    db.run("UPDATE organisations SET plan = ?", [&plan])?;
    Ok(json!({ "plan": plan }).into())
}

/// `{"milliseconds": 1800000}` makes it half an hour later, so that what expires can be seen to.
fn put_clock_forward(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    store::put_clock_forward(db, call.body()?.required("milliseconds")?)?;
    Ok(json!({ "now": iso(store::now(db)?) }).into())
}
