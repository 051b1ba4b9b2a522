//! The result of a dry run: the fields of the object that would change, and the request that would be sent.

mod diff;
mod overlay;

use std::fmt;

use portkey_api_core::{Effect, JsonObject, Operation, Request};
use serde_json::{Value, json};

use super::{CallContext, Failure, options::Shown};

pub use diff::{Difference, differences};

/// The result of a dry run. Secrets are masked in all its fields.
#[derive(Debug, Clone)]
pub struct Preview {
    /// The parsed arguments.
    pub arguments: JsonObject,
    /// The request that would be sent.
    pub request: Request,
    /// The reason why the call would fail, if its object or one that it refers to was not found.
    pub would_fail: Option<String>,
    /// The object before the call, if there is one that can be read.
    pub now: Option<Value>,
    /// The object after the call. `None` if it would be removed, or the result depends on Portkey.
    pub would_be: Option<Value>,
    /// The fields that would change. Empty unless both `now` and `would_be` are known.
    pub changes: Vec<Difference>,
    /// How much of the object the preview shows.
    shown: Shown,
}

impl CallContext<'_> {
    /// Previews a call. Sends only reads.
    pub(super) async fn preview(
        &self,
        operation: &'static Operation,
        arguments: JsonObject,
        shown: Shown,
    ) -> Result<Preview, Failure> {
        let request = operation.preview(self.edition(), arguments.clone())?;
        if operation.declaration.effect == Effect::Read {
            return Ok(Preview::of_request(operation, arguments, request, shown));
        }
        // Arguments that cannot be looked up are left out; the call itself would report the failure.
        let completed = self.look_up(operation, arguments.clone()).await;
        let arguments = completed.unwrap_or(arguments);
        let request = operation.preview(self.edition(), arguments.clone())?;
        let (now, would_fail) = match self.found(operation, &arguments).await {
            Ok(now) => (now, None),
            Err(failure) => (None, self.missing_object(&arguments, failure).await),
        };
        let after = self.after(operation, &arguments, &request, now.as_ref());
        let (would_be, would_fail) = match after.await {
            Ok(would_be) => (would_be, would_fail),
            Err(failure) => {
                let why = self.missing_object(&arguments, failure).await;
                (None, would_fail.or(why))
            }
        };
        let changes = match (&now, &would_be) {
            (Some(now), Some(would_be)) => differences(now, would_be),
            _ => Vec::new(),
        };
        Ok(Preview {
            would_fail,
            now,
            would_be,
            changes,
            ..Preview::of_request(operation, arguments, request, shown)
        })
    }

    /// Returns why the call would fail, if reading its object failed with "not found". Other failures of that read say
    /// nothing about the call.
    async fn missing_object(&self, arguments: &JsonObject, failure: Failure) -> Option<String> {
        match self.name_missing(arguments, failure).await {
            failure @ Failure::Upstream { .. } if failure.kind() == "not found" => Some(format!(
                "this call would fail: what it is about was not found. {}",
                failure.describe(self.by.wording)
            )),
            _ => None,
        }
    }

    /// Returns the object as it would be after `request`, or `None` if that cannot be predicted.
    async fn after(
        &self,
        operation: &'static Operation,
        arguments: &JsonObject,
        request: &Request,
        now: Option<&Value>,
    ) -> Result<Option<Value>, Failure> {
        if operation.declaration.effect == Effect::Create {
            return Ok(request.body.clone());
        }
        let reader = self.caller.catalog.reader(operation);
        if let (Some(version), Some(reader)) = (published(operation, arguments), reader) {
            let mut read_arguments = reader.path_arguments(arguments);
            read_arguments.insert("version".to_owned(), version.into());
            return self.read(reader, read_arguments).await.map(Some);
        }
        let would_be = now.and_then(|now| overlay::overlaid(operation, request.body.as_ref(), now));
        Ok(would_be.map(|would_be| match reader {
            Some(reader) => reader.declaration.normalise(would_be),
            None => would_be,
        }))
    }
}

/// The version that `operation` would publish, if it publishes one.
fn published(operation: &Operation, arguments: &JsonObject) -> Option<String> {
    let version = arguments.get("version").filter(|_| operation.publishes)?;
    Some(version.to_string())
}

/// The members that identify an object to a reader.
const IDENTITY: [&str; 6] = ["id", "slug", "name", "title", "email", "status"];

impl Preview {
    fn of_request(
        operation: &Operation,
        arguments: JsonObject,
        request: Request,
        shown: Shown,
    ) -> Self {
        Self {
            arguments: operation.declaration.masked(arguments),
            request,
            would_fail: None,
            now: None,
            would_be: None,
            changes: Vec::new(),
            shown,
        }
    }

    /// Returns the preview as JSON: the changes, then the request, and the whole object if it was asked for.
    pub fn to_json(&self) -> Value {
        let headers = self.request.headers.iter();
        let headers: Vec<_> = headers
            .map(|(name, value)| (name, value.as_str()))
            .collect();
        let mut json = JsonObject::new();
        let mut put = |name: &str, value: Value| {
            json.insert(name.to_owned(), value);
        };
        put("dry_run", true.into());
        if let Some(reason) = &self.would_fail {
            put("would_fail", reason.as_str().into());
        }
        if let Some(now) = &self.now {
            put("object", identity(now));
            if self.would_be.is_some() {
                put("changes", json!(self.changes));
            } else if self.would_fail.is_none() {
                put("would_be", Value::Null);
            }
        }
        put("method", self.request.method.as_str().into());
        put("target", self.request.target.as_str().into());
        put("headers", json!(headers));
        put("body", json!(self.request.body));
        put("arguments", json!(self.arguments));
        if self.shown == Shown::Object && (self.now.is_some() || self.would_be.is_some()) {
            put("now", json!(self.now));
            put("would_be", json!(self.would_be));
        } else if self.now.is_some() {
            put("more", "`dry_run: \"full\"` shows the whole object".into());
        }
        Value::Object(json)
    }
}

fn identity(object: &Value) -> Value {
    let json = IDENTITY.into_iter().filter_map(|name| {
        let value = object.get(name).filter(|value| !value.is_null())?;
        Some((name.to_owned(), value.clone()))
    });
    Value::Object(json.collect())
}

/// Writes the preview as text: the changes, then the request, and the whole object if it was asked for.
impl fmt::Display for Preview {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(reason) = &self.would_fail {
            writeln!(f, "Would fail: {reason}\n")?;
        }
        self.changed(f)?;
        write!(f, "{}", self.request)?;
        let Some(now) = &self.now else {
            return Ok(());
        };
        if self.shown == Shown::Changes {
            return Ok(());
        }
        write!(f, "\n\nNow: {now:#}")?;
        match &self.would_be {
            Some(would_be) => write!(f, "\n\nWould be: {would_be:#}"),
            None => Ok(()),
        }
    }
}

impl Preview {
    /// Whether the preview shows only the changed fields of an object and hides the rest.
    pub fn is_shortened(&self) -> bool {
        self.shown == Shown::Changes && self.now.is_some()
    }

    fn changed(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(now) = &self.now {
            writeln!(f, "Object: {}", identity(now))?;
            match (&self.would_be, self.changes.as_slice()) {
                (None, _) => writeln!(f)?,
                (Some(_), []) => writeln!(f, "Changes: none\n")?,
                (Some(_), _) => writeln!(f, "Changes:")?,
            }
        }
        let shown = |value: &Option<Value>| match value {
            Some(value) => value.to_string(),
            None => "nothing".to_owned(),
        };
        for change in &self.changes {
            let (from, to) = (shown(&change.from), shown(&change.to));
            writeln!(f, "  {}: {from} -> {to}", change.field)?;
        }
        if self.changes.is_empty() {
            Ok(())
        } else {
            writeln!(f)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::testing::{Bench, arguments, not_found};

    async fn bench() -> Bench {
        let bench = Bench::new().await;
        bench.has_bear().await;
        bench.answers("GET", "/toys/t2", 404, not_found()).await;
        bench
    }

    async fn previewed(bench: &Bench, tool: &str, given: Value) -> Preview {
        let operation = bench.operation(tool);
        let context = bench.context();
        let preview = context.preview(operation, arguments(given), Shown::Changes);
        preview.await.unwrap()
    }

    #[tokio::test]
    async fn a_dry_run_shows_what_would_change_and_sends_nothing_but_reads() {
        let bench = bench().await;
        let update = json!({ "toy_id": "t1", "name": "Ox" });
        let preview = previewed(&bench, "update_toy", update).await;
        assert_eq!(preview.changes.len(), 1);
        assert_eq!(preview.changes[0].field, "name");
        let preview = previewed(&bench, "delete_toy", json!({ "toy_id": "t1" })).await;
        assert!(preview.now.is_some() && preview.would_be.is_none());
        let preview = previewed(&bench, "create_toy", json!({ "name": "Ox" })).await;
        assert_eq!(preview.would_be, Some(json!({ "name": "Ox" })));
        let received = bench.received().await;
        assert!(
            received.iter().all(|one| one == "GET /toys/t1"),
            "{received:?}"
        );
    }

    #[tokio::test]
    async fn a_dry_run_says_that_the_call_would_fail_where_its_object_is_not_there() {
        let bench = bench().await;
        let preview = previewed(&bench, "delete_toy", json!({ "toy_id": "t2" })).await;
        let why = preview.would_fail.unwrap();
        assert!(
            why.contains("was not found") && why.contains("`list_toys`"),
            "{why}"
        );
    }

    #[tokio::test]
    async fn a_dry_run_shows_no_secret() {
        let bench = bench().await;
        let create = json!({ "name": "Ox", "coupon": "sesame-open" });
        let preview = previewed(&bench, "create_toy", create).await;
        for json in [preview.to_string(), preview.to_json().to_string()] {
            assert!(!json.contains("sesame-open"), "{json}");
        }
    }
}
