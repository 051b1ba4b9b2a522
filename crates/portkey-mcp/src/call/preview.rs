//! What a dry run shows: the request that would be sent, and what it would make of the object.

mod diff;
mod overlay;

use std::fmt;

use portkey_api::{Effect, JsonObject, Operation, Request};
use serde_json::{Value, json};

use super::{Failure, Run};
use crate::catalog::reader;

pub use diff::{Difference, differences};

/// A call that was thought through and not made. Secrets are masked in all of it.
#[derive(Debug, Clone)]
pub struct Preview {
    /// The arguments as they were understood.
    pub arguments: JsonObject,
    /// What would be sent.
    pub request: Request,
    /// The object it is about, as it is; where there is one that can be read.
    pub now: Option<Value>,
    /// The object as it would be; nothing where it would be gone, or Portkey decides what it becomes.
    pub would_be: Option<Value>,
    /// What would not stay as it is.
    pub changes: Vec<Difference>,
}

impl Run<'_> {
    /// What a call would do. Sends nothing but reads.
    pub(super) async fn preview(
        &self,
        operation: &'static Operation,
        arguments: JsonObject,
    ) -> Result<Preview, Failure> {
        let request = operation.preview(arguments.clone())?;
        if operation.declaration.effect == Effect::Read {
            return Ok(Preview::of_request(operation, arguments, request));
        }
        // What cannot be looked up is left out: the call itself would say why.
        let known = self.look_up(operation, arguments.clone()).await;
        let arguments = known.unwrap_or(arguments);
        let request = operation.preview(arguments.clone())?;
        let now = self.before(operation, &arguments).await;
        let would_be = self
            .after(operation, &arguments, &request, now.as_ref())
            .await;
        let changes = match (&now, &would_be) {
            (Some(now), Some(would_be)) => differences(now, would_be),
            _ => Vec::new(),
        };
        Ok(Preview {
            now,
            would_be,
            changes,
            ..Preview::of_request(operation, arguments, request)
        })
    }

    /// The object as it would be after `request`.
    async fn after(
        &self,
        operation: &'static Operation,
        arguments: &JsonObject,
        request: &Request,
        now: Option<&Value>,
    ) -> Option<Value> {
        if operation.declaration.effect == Effect::Create {
            return request.body.clone();
        }
        if let Some(version) = published(operation, arguments) {
            let reader = reader(operation)?;
            let mut finding = reader.path_arguments(arguments);
            finding.insert("version".to_owned(), version.into());
            return self.read(reader, finding).await;
        }
        let would_be = overlay::overlaid(operation, request.body.as_ref(), now?)?;
        Some(match reader(operation) {
            Some(reader) => reader.declaration.normalise(would_be),
            None => would_be,
        })
    }
}

/// The version that a publication would make the published one.
fn published(operation: &Operation, arguments: &JsonObject) -> Option<String> {
    let publishes = operation.path.ends_with("/makeDefault");
    let version = arguments.get("version").filter(|_| publishes)?;
    Some(version.to_string())
}

impl Preview {
    fn of_request(operation: &Operation, arguments: JsonObject, request: Request) -> Self {
        Self {
            arguments: operation.declaration.masked(arguments),
            request,
            now: None,
            would_be: None,
            changes: Vec::new(),
        }
    }

    /// The same for programs.
    pub fn told(&self) -> Value {
        let headers = self.request.headers.iter();
        let headers: Vec<_> = headers
            .map(|(name, value)| (name, value.as_str()))
            .collect();
        let request = json!({
            "dry_run": true,
            "arguments": self.arguments,
            "method": self.request.method.as_str(),
            "target": self.request.target,
            "headers": headers,
            "body": self.request.body,
        });
        let object = json!({ "now": self.now, "would_be": self.would_be, "changes": self.changes });
        let is_known = self.now.is_some() || self.would_be.is_some();
        let parts = [Some(request), Some(object).filter(|_| is_known)];
        let members = parts.into_iter().flatten().filter_map(|part| match part {
            Value::Object(members) => Some(members),
            _ => None,
        });
        Value::Object(members.flatten().collect())
    }
}

/// The request, then the object and what becomes of it.
impl fmt::Display for Preview {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.request)?;
        if let Some(now) = &self.now {
            write!(f, "\n\nNow: {now:#}")?;
        }
        if let (Some(_), Some(would_be)) = (&self.now, &self.would_be) {
            write!(f, "\n\nWould be: {would_be:#}")?;
        }
        if !self.changes.is_empty() {
            write!(f, "\n\nChanges:")?;
        }
        let shown = |value: &Option<Value>| match value {
            Some(value) => value.to_string(),
            None => "nothing".to_owned(),
        };
        self.changes.iter().try_for_each(|change| {
            let (from, to) = (shown(&change.from), shown(&change.to));
            write!(f, "\n  {}: {from} -> {to}", change.field)
        })
    }
}
