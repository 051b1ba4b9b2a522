//! The audit entry of a call, which is written however the call ends.

use std::{future::Future, sync::Arc, thread, time::Instant};

use jiff::Timestamp;
use portkey_api_core::{Effect, JsonObject};
use serde_json::Value;

use super::{Call, Failure, Outcome, Requester, asks_for_dry_run};
use crate::{
    audit::{Audit, AuditEntry, Decision, Excerpt, Trail, milliseconds, path},
    catalog::Tool,
    wording::Wording,
};

/// The audit of one running call. Its entry is written on every ending: on drop, if the call is withdrawn or panics.
pub(super) struct CallAudit<'a> {
    audit: &'a Audit,
    started: Instant,
    /// The entry, or `None` once it was written.
    entry: Option<AuditEntry>,
    trail: Trail,
    changes: bool,
    wording: &'static dyn Wording,
}

impl<'a> CallAudit<'a> {
    pub(super) fn of(call: &Call, audit: &'a Audit) -> Self {
        Self {
            audit,
            started: Instant::now(),
            entry: Some(entry(
                call.tool,
                &call.by,
                &call.arguments,
                Decision::Allowed,
            )),
            trail: Trail::default(),
            changes: call.tool.declaration().effect != Effect::Read
                && !asks_for_dry_run(&call.arguments),
            wording: call.by.wording,
        }
    }

    /// The trail that records the requests of the call.
    pub(super) fn trail(&self) -> Trail {
        self.trail.clone()
    }

    /// Runs the call. A call that may change something is not started unless the audit log can be written.
    pub(super) async fn follow(
        &self,
        call: impl Future<Output = Result<Outcome, Failure>>,
    ) -> Result<Outcome, Failure> {
        if self.changes {
            self.audit.ready().await?;
        }
        call.await
    }

    /// Writes the entry. Runs before the outcome is returned, so that no outcome is known without its entry.
    pub(super) async fn end(mut self, outcome: &Result<Outcome, Failure>) {
        let decision = match outcome {
            Ok(Outcome::Preview(_)) => Some(Decision::DryRun),
            Ok(Outcome::Unconfirmed { .. }) | Err(Failure::Unconfirmed(_)) => {
                Some(Decision::Unconfirmed)
            }
            Err(Failure::Forbidden(forbidden)) => Some(Decision::Refused {
                rule: Excerpt::of(forbidden.reason.describe(self.wording)),
            }),
            Err(Failure::Lacking { missing, .. }) => Some(Decision::Refused {
                rule: Excerpt::of(missing.to_string()),
            }),
            _ => None,
        };
        let word = match outcome {
            Ok(Outcome::Answer(_) | Outcome::Table { .. }) => "ok",
            Ok(Outcome::Preview(_) | Outcome::Unconfirmed { .. }) => "not sent",
            Err(failure) => failure.kind(),
        };
        if let Some(entry) = self.ended(word, decision) {
            self.audit.write(entry).await;
        }
    }

    fn ended(&mut self, outcome: &'static str, decision: Option<Decision>) -> Option<AuditEntry> {
        let entry = self.entry.take()?;
        let noted = self.trail.close();
        let confirmed = noted.confirmed.map(|how| Decision::Confirmed {
            how: Excerpt::of(how),
        });
        Some(AuditEntry {
            decision: decision.or(confirmed).unwrap_or(entry.decision),
            outcome,
            duration_ms: milliseconds(self.started.elapsed()),
            requests: noted.sent,
            more_requests: noted.more,
            ..entry
        })
    }
}

impl Drop for CallAudit<'_> {
    /// Writes the entry of a call that the client withdrew or that panicked.
    fn drop(&mut self) {
        let outcome = if thread::panicking() {
            "panicked"
        } else {
            "cancelled"
        };
        if let Some(entry) = self.ended(outcome, None) {
            self.audit.write_later(entry);
        }
    }
}

/// Returns the entry of a call that was refused before it started.
pub(super) fn refused(
    tool: Tool,
    by: &Requester,
    arguments: &JsonObject,
    rule: String,
) -> AuditEntry {
    let rule = Excerpt::of(rule);
    entry(tool, by, arguments, Decision::Refused { rule })
}

fn entry(tool: Tool, by: &Requester, arguments: &JsonObject, decision: Decision) -> AuditEntry {
    let declaration = tool.declaration();
    let workspace = ["workspace_id", "workspace_slug"]
        .into_iter()
        .find_map(|name| arguments.get(name)?.as_str());
    AuditEntry {
        time: Timestamp::now(),
        principal: Excerpt::of(Arc::clone(&by.principal)),
        client: by.client.clone().map(Excerpt::of),
        tool: declaration.name,
        effect: declaration.effect.as_str(),
        target: target(tool, arguments),
        workspace: workspace.map(path),
        decision,
        outcome: "not called",
        duration_ms: 0,
        trace_id: by.trace_id.clone().map(Excerpt::of),
        requests: Vec::new(),
        more_requests: 0,
    }
}

/// The path of the operation with ids from the arguments filled in. `None` for a workflow, whose entry lists its
/// requests.
fn target(tool: Tool, arguments: &JsonObject) -> Option<Excerpt> {
    let Tool::Operation(operation) = tool else {
        return None;
    };
    let segment = |segment: &str| {
        let name = segment.strip_prefix('{').and_then(|s| s.strip_suffix('}'));
        let id = name.and_then(|name| {
            let argument = operation.declaration.argument(name);
            let names = argument.map_or(&[][..], |argument| argument.aliases);
            let mut names = [name].into_iter().chain(names.iter().copied());
            names.find_map(|name| arguments.get(name))
        });
        match id {
            Some(Value::String(id)) => id.replace('/', "%2F"),
            Some(Value::Number(id)) => id.to_string(),
            _ => segment.to_owned(),
        }
    };
    let segments: Vec<String> = operation.path.split('/').map(segment).collect();
    Some(path(&segments.join("/")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::call::{
        Consent, Notes, Progress,
        testing::{Bench, arguments},
    };

    fn call(bench: &Bench, tool: &str, given: Value) -> Call {
        Call {
            tool: bench.tool(tool),
            arguments: arguments(given),
            by: bench.by.clone(),
            consent: Consent::Unneeded,
            progress: Progress::default(),
            notes: Notes::default(),
        }
    }

    fn ended(call: &Call, how: &'static str) -> AuditEntry {
        CallAudit::of(call, &Audit::default())
            .ended(how, None)
            .unwrap()
    }

    #[tokio::test]
    async fn an_entry_holds_the_path_and_ids_but_no_other_arguments() {
        let bench = Bench::new().await;
        let given = json!({ "toy_id": "t/1", "name": "Ox", "coupon": "sesame-open" });
        let entry = ended(&call(&bench, "update_toy", given), "ok");
        assert_eq!(entry.target.as_deref(), Some("toys/t%2F1"));
        assert_eq!(
            (entry.tool, entry.effect, &*entry.principal),
            ("update_toy", "update", "ada")
        );
        let written = serde_json::to_string(&entry).unwrap();
        assert!(
            !written.contains("Ox") && !written.contains("sesame"),
            "{written}"
        );
        let entry = ended(&call(&bench, "get_toy", json!({})), "ok");
        assert_eq!(entry.target.as_deref(), Some("toys/{toy_id}"));
    }

    #[tokio::test]
    async fn an_entry_holds_who_confirmed_and_which_requests_were_sent() {
        let bench = Bench::new().await;
        let call = call(&bench, "delete_toy", json!({ "toy_id": "t1" }));
        let audit = Audit::default();
        let mut audit = CallAudit::of(&call, &audit);
        let trail = audit.trail();
        trail.confirmed("user");
        let operation = bench.operation("delete_toy");
        let request = operation.request(call.arguments.clone()).unwrap();
        drop(trail.begin(&request).unwrap());
        let entry = audit.ended("cancelled", None).unwrap();
        assert!(matches!(&entry.decision, Decision::Confirmed { how } if **how == *"user"));
        assert_eq!(entry.requests.len(), 1);
        assert_eq!(entry.requests[0].status, None);
        // A second ending writes no second entry.
        assert!(audit.ended("ok", None).is_none());
        assert!(trail.begin(&request).is_err());
    }
}
