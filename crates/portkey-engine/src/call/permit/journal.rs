//! The journal's stage: what a call changes is written down before it is sent, and afterwards how it ended.

use jiff::Timestamp;
use portkey_api::{Effect, JsonObject, Operation, Request};
use serde_json::Value;
use uuid::Uuid;

use super::{
    super::{Failure, Run},
    Permit,
    connection::{Command, normalised},
};
use crate::{
    audit::Excerpt,
    journal::{Change, Ending, Journal, is_kept},
    secrets::Carried,
};

/// A command that the journal has taken, or of which it keeps nothing. Only such a command can be sent.
#[derive(Debug)]
pub(super) struct Recorded {
    command: Command,
    /// What the journal holds of it.
    change: Option<Change>,
}

impl Recorded {
    /// A command that leaves nothing to undo, or that is sent by an operator who keeps no journal.
    fn unkept(command: Command) -> Self {
        Self {
            command,
            change: None,
        }
    }

    /// Writes `change`, which `command` makes, down. What cannot be written down cannot be sent.
    async fn begin(
        journal: &dyn Journal,
        change: Change,
        command: Command,
    ) -> Result<Self, Failure> {
        if !journal.begin(&change).await? {
            let change = change.undoes.unwrap_or_default();
            return Err(Failure::Undone { change });
        }
        Ok(Self {
            command,
            change: Some(change),
        })
    }

    pub(super) fn command(&self) -> &Command {
        &self.command
    }
}

fn hidden(carried: &Carried, object: Option<Value>) -> Option<Value> {
    let mut object = object?;
    carried.hide_in(&mut object);
    Some(object)
}

impl Permit<'_> {
    /// Sends what the permitted call changes. It is written down first, with what it was, and afterwards what came of it.
    /// What the request `carried` is not written, even where Portkey repeats it.
    pub(super) async fn change(
        &self,
        command: Command,
        carried: &Carried,
    ) -> Result<Value, Failure> {
        let (run, operation, arguments) = (&self.run, command.operation(), &self.arguments);
        let (connection, catalog) = (&run.caller.connection, run.caller.catalog);
        let journal = run.caller.safeguards.journal.as_deref();
        let Some(journal) = journal.filter(|_| is_kept(catalog, operation)) else {
            let recorded = Recorded::unkept(command);
            let answer = connection.change(&recorded, run.trail).await;
            return normalised(catalog, operation, answer);
        };
        let mut change = run.planned(operation, arguments, command.request());
        change.before = hidden(carried, run.before_to_keep(operation, arguments).await);
        let mut recorded = Recorded::begin(journal, change, command).await?;
        let answer = connection.change(&recorded, run.trail).await;
        let outcome = Ending::of(&answer);
        let answer = answer
            .map(|answer| operation.declaration.normalise(answer.value))
            .map_err(|error| Failure::upstream(catalog, operation, error));
        if let Some(change) = &mut recorded.change {
            change.outcome = outcome;
            if let Ok(answer) = &answer {
                change.after = hidden(carried, run.left(operation, arguments, answer).await);
            }
            if let Err(failure) = journal.put(change).await {
                tracing::warn!(change = change.id, %failure, "how a change ended is not in the journal");
            }
        }
        answer
    }
}

impl Run<'_> {
    /// The change that `request` makes. How it ends is not known yet.
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
            place: self.place().to_owned(),
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

    /// What a change left: the object as it now is, or the ids of what was made.
    async fn left(
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
            _ => self.before_to_keep(operation, arguments).await,
        }
    }
}
