//! The connection to Portkey and its two doors: one for what only reads, one for what may change something.
//!
//! The client is private to this file, and [`Connection::exchange`], which alone sends a request with it, is private too.
//! [`Connection::read`] takes a [`Query`], which is made of operations that read and of no others.
//! [`Connection::change`] takes a [`Recorded`] command, which only `journal.rs` makes, after the journal has taken it. So
//! nothing that changes Portkey can be sent by another way, or before it is written down.

use std::{future, sync::Arc};

use portkey_api_core::{Effect, InvalidArguments, JsonObject, Operation, Request};
use portkey_client::{Answer, Client, Error, ReadClient, SecretString, Settings};
use serde_json::Value;

use super::{super::Failure, journal::Recorded};
use crate::{audit::Trail, catalog::Catalog};

/// The connection to Portkey. Clones share it.
#[derive(Debug, Clone)]
pub(in crate::call) struct Connection {
    client: Client,
}

/// A request of an operation that changes nothing.
#[derive(Debug)]
pub(in crate::call) struct Query {
    operation: &'static Operation,
    request: Request,
}

/// A request of an operation that may change something.
#[derive(Debug)]
pub(in crate::call) struct Command {
    operation: &'static Operation,
    request: Request,
}

/// A request of either kind, by the effect that its operation declares.
#[derive(Debug)]
pub(in crate::call) enum Prepared {
    /// It changes nothing.
    Query(Query),
    /// It may change something.
    Command(Command),
}

impl Prepared {
    /// The request of `operation` with these arguments.
    pub(in crate::call) fn new(
        operation: &'static Operation,
        arguments: JsonObject,
    ) -> Result<Self, InvalidArguments> {
        let request = operation.request(arguments)?;
        Ok(Self::of(operation, request))
    }

    /// The request of `operation` with arguments that its own struct was serialised to. They are not parsed again, since
    /// some types serialise to a form that they do not accept.
    pub(in crate::call) fn serialised(
        operation: &'static Operation,
        arguments: JsonObject,
    ) -> Result<Self, InvalidArguments> {
        let request = Request::new(operation, arguments)?;
        Ok(Self::of(operation, request))
    }

    /// Not for other files: `request` must be one of `operation`.
    fn of(operation: &'static Operation, request: Request) -> Self {
        match operation.declaration.effect {
            Effect::Read => Self::Query(Query { operation, request }),
            Effect::Create | Effect::Update | Effect::Delete | Effect::Execute => {
                Self::Command(Command { operation, request })
            }
        }
    }
}

impl Query {
    /// The request of `operation` with these arguments. Refuses an operation that may change something.
    pub(in crate::call) fn new(
        operation: &'static Operation,
        arguments: JsonObject,
    ) -> Result<Self, Failure> {
        match Prepared::new(operation, arguments)? {
            Prepared::Query(query) => Ok(query),
            Prepared::Command(_) => Err(Failure::NoRead(operation.declaration.name)),
        }
    }
}

impl Command {
    /// What it is a request of.
    pub(super) fn operation(&self) -> &'static Operation {
        self.operation
    }

    /// What is sent.
    pub(super) fn request(&self) -> &Request {
        &self.request
    }
}

impl Connection {
    /// The connection of this client.
    pub(in crate::call) fn new(client: Client) -> Self {
        Self { client }
    }

    /// Where and as whom requests are sent, and how patiently.
    pub(in crate::call) fn settings(&self) -> &Settings {
        self.client.settings()
    }

    /// The same with one key for everything; see [`Client::with_key`].
    pub(in crate::call) fn with_key(&self, key: SecretString) -> Self {
        Self::new(self.client.with_key(key))
    }

    /// The same for one of several callers; see [`Client::for_one`].
    pub(in crate::call) fn for_one(&self, whose: Arc<str>) -> Self {
        Self::new(self.client.for_one(whose))
    }

    /// For what the server asks on its own behalf, such as whether Portkey answers. It cannot change anything.
    pub(in crate::call) fn read_only(&self) -> ReadClient {
        self.client.read_only()
    }

    /// Sends what changes nothing, and makes one consistent form of the answer.
    pub(super) async fn read(
        &self,
        catalog: &Catalog,
        query: &Query,
        trail: &Trail,
    ) -> Result<Value, Failure> {
        let answer = self.exchange(&query.request, trail).await;
        normalised(catalog, query.operation, answer)
    }

    /// Sends what may change something, once the journal has it.
    pub(super) async fn change(&self, recorded: &Recorded, trail: &Trail) -> Result<Answer, Error> {
        self.exchange(recorded.command().request(), trail).await
    }

    /// Sends a request, and notes in the trail of the call that it is sent and how it was answered.
    async fn exchange(&self, request: &Request, trail: &Trail) -> Result<Answer, Error> {
        let Ok(noted) = trail.begin(request) else {
            // The call's entry is written: nobody waits for it any longer, and its task is being ended.
            return future::pending().await;
        };
        let answer = self.client.call(request).await;
        noted.answered(&answer);
        answer
    }
}

/// One consistent form of an answer of `operation`. A list without its entries is a failure.
pub(super) fn normalised(
    catalog: &Catalog,
    operation: &'static Operation,
    answer: Result<Answer, Error>,
) -> Result<Value, Failure> {
    let failed = |error| Failure::upstream(catalog, operation, error);
    let answer = operation
        .declaration
        .normalise(answer.map_err(failed)?.value);
    if operation.declaration.lacks_list(&answer) {
        let name = operation.declaration.name;
        return Err(failed(Error::NoList { operation: name }));
    }
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use portkey_api::operations;

    use super::*;
    use crate::call::{pages, time_series};

    #[test]
    fn the_door_for_reads_is_closed_to_every_operation_that_may_change_something() {
        for operation in operations() {
            let (name, effect) = (operation.declaration.name, operation.declaration.effect);
            let example = portkey_examples::least(operation);
            let query = Query::new(operation, example);
            match effect {
                Effect::Read => assert!(query.is_ok(), "{name}"),
                _ => assert!(
                    matches!(query, Err(Failure::NoRead(_))),
                    "{name}: {query:?}"
                ),
            }
        }
    }

    #[test]
    fn what_is_asked_for_by_the_page_or_by_the_day_only_reads() {
        for operation in operations() {
            if pages::is_paged(operation) || time_series::is_time_series(operation) {
                let name = operation.declaration.name;
                assert_eq!(operation.declaration.effect, Effect::Read, "{name}");
            }
        }
    }
}
