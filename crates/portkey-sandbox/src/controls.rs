//! What the sandbox can do and the real API cannot, below `/_sandbox` and without a key.

use portkey_api::Method;
use rusqlite::Connection;
use serde_json::json;

use crate::{answer::Answer, call::Call, refusal::Refusal, routes::Routes, store::Queries as _};

pub(crate) fn routes(routes: Routes) -> Routes {
    routes.control(Method::Put, "/_sandbox/plan", change_plan)
}

/// `{"plan": "enterprise"}` or any other, which then lacks what only Enterprise has.
fn change_plan(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let plan = call.body()?.text("plan")?;
    db.run("UPDATE organisations SET plan = ?", [&plan])?;
    Ok(json!({ "plan": plan }).into())
}
