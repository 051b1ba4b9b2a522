//! Whether a deployment and Portkey reach each other. The sandbox asks nobody: a deployment answers while it is active.

use rusqlite::Connection;
use serde_json::json;

use super::in_path;
use crate::wire::{Answer, Call, Refusal};

pub(super) fn answer(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let deployment = in_path(call, db)?;
    let address = deployment.settings.get("gateway_base_url");
    let address = address
        .filter(|address| !address.is_null())
        .ok_or_else(|| {
            Refusal::invalid("Invalid request. The deployment has no `gateway_base_url`")
        })?;
    let (status, outbound, inbound) = if deployment.status == "active" {
        (
            "healthy",
            json!({ "status": "healthy", "status_code": 200, "version": "1.15.2", "error": null }),
            json!({ "status": "healthy", "error": null }),
        )
    } else {
        (
            "unhealthy",
            json!({
                "status": "unreachable", "status_code": null, "version": null, "error": "connection refused",
            }),
            json!({ "status": "failed", "error": "no call back within 10 seconds" }),
        )
    };
    Ok(json!({
        "status": status,
        "gateway_base_url": address,
        "outbound": outbound,
        "inbound": inbound,
        "object": "deployment",
    })
    .into())
}
