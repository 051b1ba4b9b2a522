//! How a rule is written: as text or as an object in JSON.

use std::{num::NonZeroU64, time::Duration};

use axum::http::StatusCode;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Ending, Frequency, RequestPattern, Rule, Shape, Verb, When};

/// The members of a rule, before they are checked.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(super) struct Notation {
    #[serde(skip_serializing_if = "Option::is_none")]
    latency: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after: Option<u32>,
    #[serde(skip_serializing_if = "is_false")]
    html: bool,
    #[serde(skip_serializing_if = "is_false")]
    truncate: bool,
    #[serde(skip_serializing_if = "is_false")]
    reset: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    stale: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    shape: Option<Shape>,
    #[serde(skip_serializing_if = "Option::is_none")]
    when: Option<When>,
    #[serde(skip_serializing_if = "Option::is_none")]
    method: Option<Verb>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    first: Option<NonZeroU64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    every: Option<NonZeroU64>,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands over references"
)]
fn is_false(flag: &bool) -> bool {
    !flag
}

/// The members of `name=value, flag`.
pub(super) fn members(text: &str) -> Result<Map<String, Value>, String> {
    let mut members = Map::new();
    for part in text.split(',').map(str::trim) {
        let (name, value) = match part.split_once('=') {
            Some((name, value)) => (name.trim(), scalar(value.trim())),
            None => (part, Value::Bool(true)),
        };
        if name.is_empty() {
            return Err("something is missing between the commas".to_owned());
        }
        if members.insert(name.to_owned(), value).is_some() {
            return Err(format!("`{name}` appears twice"));
        }
    }
    Ok(members)
}

fn scalar(text: &str) -> Value {
    text.parse::<u64>()
        .map_or_else(|_| text.into(), Value::from)
}

impl Notation {
    /// The rule, if the members make sense together.
    pub(super) fn rule(self) -> Result<Rule, String> {
        let text = self.text();
        let ending = self.ending()?;
        if self.latency.is_none()
            && ending.is_none()
            && self.stale.is_none()
            && self.shape.is_none()
        {
            return Err(
                "it needs one of latency, status, html, truncate, reset, stale and shape"
                    .to_owned(),
            );
        }
        if let Some(path) = self
            .path
            .as_ref()
            .filter(|path| !path.starts_with(['/', '*']))
        {
            return Err(format!("`path`: {path} does not start with / or *"));
        }
        if self.stale.is_some() && self.method == Some(Verb::Get) {
            return Err("`stale` strikes writes: reads after them see the state before".to_owned());
        }
        let when = match (ending, self.when) {
            (Some(Ending::Truncated), Some(When::Before)) => {
                return Err("there is nothing to truncate before there is an answer".to_owned());
            }
            (Some(Ending::Truncated), None) => When::After,
            (_, when) => when.unwrap_or_default(),
        };
        Ok(Rule {
            pattern: RequestPattern {
                method: self.method,
                path: self.path,
            },
            frequency: Frequency {
                first: self.first,
                every: self.every,
            },
            latency: self.latency.map(|ms| Duration::from_millis(ms.into())),
            ending,
            when,
            lag: self.stale.map(|ms| SignedDuration::from_millis(ms.into())),
            shape: self.shape,
            text,
        })
    }

    fn ending(&self) -> Result<Option<Ending>, String> {
        if self.retry_after.is_some() && self.status.is_none() {
            return Err("`retry-after` belongs to a `status`".to_owned());
        }
        let status = self.status.map(status).transpose()?;
        match (status, self.html, self.truncate, self.reset) {
            (None, false, false, false) => Ok(None),
            (None, false, true, false) => Ok(Some(Ending::Truncated)),
            (None, false, false, true) => Ok(Some(Ending::Reset)),
            (status, true, false, false) => Ok(Some(Ending::Page {
                status: status.unwrap_or(StatusCode::BAD_GATEWAY),
                retry_after: self.retry_after,
            })),
            (Some(status), false, false, false) => Ok(Some(Ending::Refusal {
                status,
                retry_after: self.retry_after,
            })),
            _ => Err("an answer is truncated, or never comes, or has a status".to_owned()),
        }
    }

    /// The rule as text, with its members in a fixed order.
    fn text(&self) -> String {
        let Ok(Value::Object(members)) = serde_json::to_value(self) else {
            return String::new();
        };
        let parts = members.into_iter().map(|(name, value)| match value {
            Value::Bool(_) => name,
            Value::String(text) => format!("{name}={text}"),
            value => format!("{name}={value}"),
        });
        parts.collect::<Vec<_>>().join(", ")
    }
}

/// Refusals of a caller and errors of the server. All others depend on the operation.
fn status(number: u16) -> Result<StatusCode, String> {
    let status = StatusCode::from_u16(number).ok();
    status
        .filter(|status| matches!(status.as_u16(), 401 | 403 | 429) || status.is_server_error())
        .ok_or_else(|| format!("`status`: {number} is neither 401, 403, 429 nor 500 to 599"))
}
