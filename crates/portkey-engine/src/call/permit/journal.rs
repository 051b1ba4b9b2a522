//! The journal stage of a call: writes a change to the journal before it is sent, and its outcome afterwards.

use jiff::Timestamp;
use portkey_api_core::{Effect, JsonObject, Operation, Request};
use serde_json::Value;
use uuid::Uuid;

use super::{
    super::{CallContext, Failure},
    Permit,
    connection::{Command, normalised},
};
use crate::{
    audit::Excerpt,
    journal::{Change, Ending, Journal, is_kept},
    secrets::Redactor,
};

/// A command whose change is in the journal, or needs no entry. Only such a command can be sent.
#[derive(Debug)]
pub(super) struct Recorded(Command);

impl Recorded {
    /// Returns a command that needs no entry: it leaves nothing to undo, or the operator keeps no journal.
    fn unkept(command: Command) -> Self {
        Self(command)
    }

    /// Writes the entry of `change`, which `command` makes. Fails, so that the command cannot be sent, if the journal
    /// cannot be written or another call has undone the same change.
    async fn begin(
        journal: &dyn Journal,
        change: &Change,
        command: Command,
    ) -> Result<Self, Failure> {
        if !journal.begin(change).await? {
            let change = change.undoes.clone().unwrap_or_default();
            return Err(Failure::Undone { change });
        }
        Ok(Self(command))
    }

    pub(super) fn command(&self) -> &Command {
        &self.0
    }
}

fn hidden(redactor: &Redactor, object: Option<Value>) -> Option<Value> {
    let mut object = object?;
    redactor.redact_in(&mut object);
    Some(object)
}

impl Permit<'_> {
    /// Sends the change of the permitted call. The journal gets the state before it first, and then the outcome and the
    /// state after it. Secrets that `redactor` knows are removed from both states, since Portkey may repeat them.
    pub(super) async fn change(
        &self,
        command: Command,
        redactor: &Redactor,
    ) -> Result<Value, Failure> {
        let (context, operation, arguments) = (&self.context, command.operation(), &self.arguments);
        let (connection, catalog) = (&context.caller.connection, context.caller.catalog);
        let journal = context.caller.services.journal.as_deref();
        let Some(journal) = journal.filter(|_| is_kept(catalog, operation)) else {
            let recorded = Recorded::unkept(command);
            let answer = connection.change(&recorded, context.trail).await;
            return normalised(catalog, operation, answer);
        };
        let mut change = context.planned(operation, arguments, command.request());
        change.before = hidden(
            redactor,
            context.before_for_journal(operation, arguments).await,
        );
        let recorded = Recorded::begin(journal, &change, command).await?;
        let answer = connection.change(&recorded, context.trail).await;
        change.outcome = Ending::of(&answer);
        let answer = answer
            .map(|answer| operation.declaration.normalise(answer.value))
            .map_err(|error| Failure::upstream(catalog, operation, error));
        if let Ok(answer) = &answer {
            change.after = hidden(
                redactor,
                context.state_after(operation, arguments, answer).await,
            );
        }
        if let Err(failure) = journal.put(&change).await {
            tracing::warn!(change = change.id, %failure, "how a change ended is not in the journal");
        }
        answer
    }
}

impl CallContext<'_> {
    /// Returns the journal entry of the change that `request` makes, with an unknown outcome.
    fn planned(
        &self,
        operation: &'static Operation,
        arguments: &JsonObject,
        request: &Request,
    ) -> Change {
        let path = request.target.split('?').next().unwrap_or_default();
        let account = self.caller.account(operation.declaration.keys);
        Change {
            id: Uuid::new_v4().to_string(),
            at: Timestamp::now().as_millisecond(),
            principal: self.by.principal.to_string(),
            client: self
                .by
                .client
                .clone()
                .map(|name| Excerpt::of(name).to_string()),
            organisation: self.organisation().to_owned(),
            key: account.key.map(|key| key.to_string()),
            tool: operation.declaration.name.to_owned(),
            arguments: operation.declaration.masked(arguments.clone()),
            target: format!("{} {path}", request.method),
            before: None,
            after: None,
            outcome: Ending::Unknown,
            undoes: self.undoes.map(str::to_owned),
        }
    }

    /// Returns the state after a change: the answer of a create, the object after an update, `None` after a delete.
    async fn state_after(
        &self,
        operation: &'static Operation,
        arguments: &JsonObject,
        answer: &Value,
    ) -> Option<Value> {
        match operation.declaration.effect {
            Effect::Create => {
                let mut made = answer.clone();
                operation.declaration.mask(&mut made);
                Some(made)
            }
            Effect::Delete => None,
            _ => self.before_for_journal(operation, arguments).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use async_trait::async_trait;
    use portkey_api_core::Edition;
    use serde_json::json;

    use super::*;
    use crate::{
        call::{
            permit::Prepared,
            testing::{Bench, arguments},
        },
        journal::{ChangeFilter, JournalEntry, JournalFailure, Use},
    };

    /// A journal whose writes fail, as on a full disk.
    #[derive(Debug)]
    struct Full;

    #[async_trait]
    impl Journal for Full {
        async fn put(&self, _: &Change) -> Result<(), JournalFailure> {
            self.check().await
        }

        async fn begin(&self, _: &Change) -> Result<bool, JournalFailure> {
            self.check().await.map(|()| true)
        }

        async fn list(&self, _: &ChangeFilter) -> Result<Vec<JournalEntry>, JournalFailure> {
            self.check().await.map(|()| Vec::new())
        }

        async fn check(&self) -> Result<(), JournalFailure> {
            Err(JournalFailure {
                place: "full".to_owned(),
                used: Use::Write,
                source: "no space".into(),
            })
        }
    }

    async fn sent(bench: &Bench, tool: &str, given: Value) -> Result<Value, Failure> {
        let (operation, given) = (bench.operation(tool), arguments(given));
        let permit = bench.context().permit(operation, given.clone()).await?;
        let prepared = Prepared::new(Edition::Classic, operation, given)?;
        permit.send(prepared, &Redactor::default()).await
    }

    #[tokio::test]
    async fn a_change_that_cannot_be_journaled_is_not_sent() {
        let bench = Bench::new().await.keeping(Some(Arc::new(Full)));
        for (tool, given) in [
            ("create_toy", json!({ "name": "Ox" })),
            ("update_toy", json!({ "toy_id": "t1", "name": "Ox" })),
            ("delete_toy", json!({ "toy_id": "t1" })),
        ] {
            let failed = sent(&bench, tool, given).await;
            assert!(
                matches!(failed, Err(Failure::Journal(_))),
                "{tool}: {failed:?}"
            );
        }
        let received = bench.received().await;
        assert!(
            received.iter().all(|one| one.starts_with("GET ")),
            "{received:?}"
        );
    }

    #[tokio::test]
    async fn a_change_that_cannot_be_undone_needs_no_journal() {
        let bench = Bench::new().await.keeping(Some(Arc::new(Full)));
        bench.answers("POST", "/toys/t1/wind", 200, json!({})).await;
        sent(&bench, "wind_toy", json!({ "toy_id": "t1" }))
            .await
            .unwrap();
        let bench = Bench::new().await.keeping(None);
        bench.answers("DELETE", "/toys/t1", 200, json!({})).await;
        sent(&bench, "delete_toy", json!({ "toy_id": "t1" }))
            .await
            .unwrap();
        assert_eq!(bench.received().await, ["DELETE /toys/t1"]);
    }

    #[tokio::test]
    async fn a_change_is_journaled_with_its_state_before_and_its_outcome() {
        let bench = Bench::new().await;
        bench.has_bear().await;
        bench.answers("DELETE", "/toys/t1", 200, json!({})).await;
        sent(&bench, "delete_toy", json!({ "toy_id": "t1" }))
            .await
            .unwrap();
        bench.answers("DELETE", "/toys/t2", 409, json!({})).await;
        sent(&bench, "delete_toy", json!({ "toy_id": "t2" }))
            .await
            .unwrap_err();
        let entries = bench.journal().await;
        let changes: Vec<_> = entries.iter().map(|entry| &entry.change).collect();
        let of = |target: &str| *changes.iter().find(|one| one.target == target).unwrap();
        let done = of("DELETE /toys/t1");
        assert_eq!(done.before, Some(json!({ "id": "t1", "name": "Bear" })));
        assert_eq!((done.outcome, &done.after), (Ending::Done, &None));
        assert_eq!(done.principal, "ada");
        assert!(
            done.key
                .as_ref()
                .is_some_and(|key| key.starts_with("sha256:"))
        );
        let failed = of("DELETE /toys/t2");
        assert_eq!((failed.outcome, &failed.before), (Ending::Failed, &None));
    }
}
