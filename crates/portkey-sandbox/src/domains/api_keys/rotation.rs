//! Rotation of a key: it gets a new secret, and the old one keeps working for a transition period.

use jiff::{SignedDuration, Timestamp};
use portkey_api::ResetPeriod;
use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    identity::iso,
    records::ApiKey,
    rules::periods::{Period, midnight},
    store::Queries as _,
    wire::{Answer, Call, Fields, Refusal, merged},
};

/// The shortest transition period, which is also the default, in milliseconds.
const TRANSITION: i64 = 1_800_000;
const DAY: i64 = 24 * 60 * 60 * 1000;

/// When a key is rotated, as requests and answers have it.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct RotationPolicy {
    #[serde(skip_serializing_if = "Option::is_none")]
    rotation_period: Option<ResetPeriod>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rotation_period_days: Option<u16>,
    next_rotation_at: Option<String>,
    key_transition_period_ms: Option<i64>,
}

/// `POST /api-keys/{id}/rotate`
pub(super) fn rotate(call: &Call, db: &Connection) -> Result<Answer, Refusal> {
    let mut key = ApiKey::in_path(call, db, "rotate")?;
    let of_policy = key.rotation_policy.get("key_transition_period_ms");
    let usual = of_policy.and_then(Value::as_i64).unwrap_or(TRANSITION);
    let body = call.body()?;
    let transition = body.optional("key_transition_period_ms")?.unwrap_or(usual);
    if transition < TRANSITION {
        return Err(body.refuse("key_transition_period_ms", "must be at least 1800000"));
    }
    let sql = "DELETE FROM api_key_secrets WHERE api_key_id = ? AND expires_at <= ?";
    db.run(sql, params![key.id, call.timestamp()])?;
    let sql = "SELECT 1 FROM api_key_secrets WHERE api_key_id = ? AND expires_at IS NOT NULL";
    if db.any(sql, [&key.id])? {
        return Err(Refusal::invalid(
            "Invalid request. This API key is in transition already: wait until the old secret has expired",
        ));
    }
    let end = SignedDuration::from_millis(transition);
    let end = call
        .now
        .checked_add(end)
        .map_err(|_| body.refuse("key_transition_period_ms", "is too long"))?;
    let sql = "UPDATE api_key_secrets SET expires_at = ? WHERE api_key_id = ?";
    db.run(sql, params![iso(end), key.id])?;
    let secret = key.mint(db)?;
    Ok(json!({ "id": key.id, "key": secret, "key_transition_expires_at": iso(end) }).into())
}

impl RotationPolicy {
    /// The policy as it is stored and answered, with the moment of the next rotation.
    pub(super) fn checked(mut self, now: Timestamp, body: Fields<'_>) -> Result<Value, Refusal> {
        let refuse = |problem| Err(body.refuse("rotation_policy", problem));
        if self.rotation_period.is_some() && self.rotation_period_days.is_some() {
            return refuse("takes rotation_period or rotation_period_days, not both");
        }
        let days = self.rotation_period_days;
        if days.is_some_and(|days| !(1..=365).contains(&days)) {
            return refuse("needs rotation_period_days between 1 and 365");
        }
        let transition = *self.key_transition_period_ms.get_or_insert(TRANSITION);
        let period = self.period_in_days().map(|days| days * DAY);
        if transition < TRANSITION {
            return refuse("needs a key_transition_period_ms of at least 1800000");
        }
        if period.is_some_and(|period| transition >= period) {
            return refuse("needs a key_transition_period_ms shorter than its period");
        }
        let next = match &self.next_rotation_at {
            Some(text) => match text.parse::<Timestamp>() {
                Ok(moment) if moment > now => midnight(moment),
                _ => return refuse("needs a next_rotation_at in the future"),
            },
            None => self.next_after(now),
        };
        let Some(next) = next else {
            return refuse("needs a period or next_rotation_at");
        };
        self.next_rotation_at = Some(iso(next));
        Ok(merged(json!(self), json!({ "status": "active" })))
    }

    fn period_in_days(&self) -> Option<i64> {
        match self.rotation_period {
            Some(ResetPeriod::Weekly) => Some(7),
            Some(ResetPeriod::Monthly) => Some(28),
            None => self.rotation_period_days.map(i64::from),
        }
    }

    fn next_after(&self, now: Timestamp) -> Option<Timestamp> {
        Period::of(self.rotation_period, self.rotation_period_days)?.end(now)
    }
}
