//! The connection to Portkey, with one method for reads and one for changes.
//!
//! The client is private to this file, as is [`Connection::exchange`], the only function that sends a request with it.
//! [`Connection::read`] takes a [`Query`], which can be made only of operations that read. [`Connection::change`] takes
//! a [`Recorded`] command, which only `journal.rs` makes, after the journal entry is written. The types thus ensure
//! that no change is sent without its journal entry.

use std::{future, mem, sync::Arc};

use portkey_api_core::{
    Edition, Effect, InvalidArguments, JsonObject, Operation, Projection, Request,
};
use portkey_client::{Answer, Client, Error, ReadClient, SecretString, Settings};
use serde_json::Value;

use super::{super::Failure, journal::Recorded};
use crate::{audit::Trail, catalog::Catalog};

/// The connection to Portkey. Clones share one client.
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
    /// The operation changes nothing.
    Query(Query),
    /// The operation may change something.
    Command(Command),
}

impl Prepared {
    /// Returns the request of `operation` with these arguments, as this edition takes it.
    pub(in crate::call) fn new(
        edition: Edition,
        operation: &'static Operation,
        arguments: JsonObject,
    ) -> Result<Self, InvalidArguments> {
        let request = operation.request_to(edition, arguments)?;
        Ok(Self::of(operation, request))
    }

    /// Returns the request of `operation` with arguments that were serialised from its struct. They are not parsed
    /// again, since some types serialise to a form that they do not accept.
    pub(in crate::call) fn serialised(
        edition: Edition,
        operation: &'static Operation,
        arguments: JsonObject,
    ) -> Result<Self, InvalidArguments> {
        let request = Request::new(operation, arguments, edition)?;
        Ok(Self::of(operation, request))
    }

    /// Private, because `request` must be one of `operation`, which is not checked.
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
    /// Returns the request of `operation` with these arguments. Fails if the operation may change something.
    pub(in crate::call) fn new(
        edition: Edition,
        operation: &'static Operation,
        arguments: JsonObject,
    ) -> Result<Self, Failure> {
        match Prepared::new(edition, operation, arguments)? {
            Prepared::Query(query) => Ok(query),
            Prepared::Command(_) => Err(Failure::NoRead(operation.declaration.name)),
        }
    }

    /// Returns this query for a caller that looks at this part of the answer only.
    pub(super) fn projected(mut self, projection: Option<Projection>) -> Self {
        self.request.projection = projection;
        self
    }
}

impl Command {
    /// The operation that is requested.
    pub(super) fn operation(&self) -> &'static Operation {
        self.operation
    }

    /// The request that is sent.
    pub(super) fn request(&self) -> &Request {
        &self.request
    }
}

impl Connection {
    /// Returns the connection through `client`.
    pub(in crate::call) fn new(client: Client) -> Self {
        Self { client }
    }

    /// The connection settings: address, keys, timeouts and retries.
    pub(in crate::call) fn settings(&self) -> &Settings {
        self.client.settings()
    }

    /// Returns this connection with one key for all requests; see [`Client::with_key`].
    pub(in crate::call) fn with_key(&self, key: SecretString) -> Self {
        Self::new(self.client.with_key(key))
    }

    /// Returns this connection for one of several callers; see [`Client::for_one`].
    pub(in crate::call) fn for_one(&self, whose: Arc<str>) -> Self {
        Self::new(self.client.for_one(whose))
    }

    /// Returns a client for reads of the server's own, such as health checks. It cannot change anything.
    pub(in crate::call) fn read_only(&self) -> ReadClient {
        self.client.read_only()
    }

    /// Sends a read and returns its normalised answer, with the names of members that the query leaves out.
    pub(super) async fn read(
        &self,
        catalog: &Catalog,
        query: &Query,
        trail: &Trail,
    ) -> Result<(Value, Vec<String>), Failure> {
        let mut answer = self.exchange(&query.request, trail).await;
        let skipped = answer.as_mut().map(|answer| mem::take(&mut answer.skipped));
        let skipped = skipped.unwrap_or_default();
        Ok((normalised(catalog, query.operation, answer)?, skipped))
    }

    /// Sends a change that the journal has recorded.
    pub(super) async fn change(&self, recorded: &Recorded, trail: &Trail) -> Result<Answer, Error> {
        self.exchange(recorded.command().request(), trail).await
    }

    /// Sends a request, and records the request and the status of its answer in the trail of the call.
    async fn exchange(&self, request: &Request, trail: &Trail) -> Result<Answer, Error> {
        let Ok(noted) = trail.begin(request) else {
            // The audit entry is written already, so the call was withdrawn and its task is about to be dropped.
            return future::pending().await;
        };
        let answer = self.client.call(request).await;
        noted.answered(&answer);
        answer
    }
}

/// Returns the normalised answer of `operation`. Fails if the request failed or a list answer has no entries member.
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
    fn no_query_can_be_made_of_an_operation_that_may_change_something() {
        for operation in operations() {
            let (name, effect) = (operation.declaration.name, operation.declaration.effect);
            let example = portkey_examples::least(operation);
            let query = Query::new(Edition::Classic, operation, example);
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
    fn paged_and_time_series_operations_only_read() {
        for operation in operations() {
            if pages::is_paged(operation) || time_series::is_time_series(operation) {
                let name = operation.declaration.name;
                assert_eq!(operation.declaration.effect, Effect::Read, "{name}");
            }
        }
    }
}
