//! Permits to send requests to Portkey. Only a [`Permit`] can send a request for a principal, whether it is the call
//! itself, an inner call of a workflow, a look-up, a read for a request for consent or an undo. All permits are issued
//! by the same checks.

mod answers;
mod connection;
mod journal;
mod workspace_scope;

use std::mem;

use parking_lot::Mutex;
use portkey_api_core::{JsonObject, Operation, Projection};
use serde_json::Value;

use super::{CallContext, Caller, Failure, pages, show::View};
use crate::{catalog::Tool, secrets::Redactor};
use connection::Query;
pub(super) use connection::{Connection, Prepared};
use workspace_scope::WorkspaceScope;

/// A permit to call one operation with certain arguments, for the principal of the call.
#[derive(Debug)]
pub(crate) struct Permit<'a> {
    pub(super) context: CallContext<'a>,
    pub(super) operation: &'static Operation,
    /// The arguments, with the workspace filled in if the policy allows only one.
    pub(super) arguments: JsonObject,
    scope: WorkspaceScope<'a>,
    /// What the requester sees of the entries of a list, if that is not all of them.
    projection: Option<Projection>,
    /// The names of members that were not read, since the requester does not see them.
    skipped: Mutex<Vec<String>>,
}

impl<'a> CallContext<'a> {
    /// Issues a permit to call `operation`. Fails unless the policy, the tool sets and the scopes of the token allow it
    /// and the objects that the arguments name are in the workspaces of the policy.
    pub(crate) async fn permit(
        &self,
        operation: &'static Operation,
        arguments: JsonObject,
    ) -> Result<Permit<'a>, Failure> {
        self.authorise(Tool::Operation(operation))?;
        self.permit_for_journal(operation, arguments).await
    }

    /// Issues a permit to read the object of a permitted change for the journal. The reading tool need not be allowed,
    /// since the requester does not see the answer. The limit to workspaces applies.
    pub(super) async fn permit_for_journal(
        &self,
        operation: &'static Operation,
        arguments: JsonObject,
    ) -> Result<Permit<'a>, Failure> {
        let (arguments, scope) = self.workspace_scope(operation, arguments).await?;
        Ok(Permit {
            context: *self,
            operation,
            arguments,
            scope,
            projection: None,
            skipped: Mutex::default(),
        })
    }
}

impl Permit<'_> {
    /// Sends a request of the permitted call. One that may change something is journaled first.
    pub(super) async fn send(
        &self,
        prepared: Prepared,
        redactor: &Redactor,
    ) -> Result<Value, Failure> {
        match prepared {
            Prepared::Query(query) => self.query(query).await,
            Prepared::Command(command) => Box::pin(self.change(command, redactor)).await,
        }
    }

    /// Sends the permitted call as a read with these arguments and returns the answer. Fails if the operation may
    /// change something.
    pub(super) async fn fetch(&self, arguments: JsonObject) -> Result<Value, Failure> {
        let query = Query::new(self.context.edition(), self.operation, arguments)?;
        self.query(query).await
    }

    async fn query(&self, query: Query) -> Result<Value, Failure> {
        let Caller {
            connection,
            catalog,
            ..
        } = self.context.caller;
        let query = query.projected(self.projection);
        let (answer, skipped) = connection.read(catalog, &query, self.context.trail).await?;
        if !skipped.is_empty() {
            self.skipped.lock().extend(skipped);
        }
        Ok(answer)
    }

    /// Returns this permit for a requester who sees answers as `view` says. What lists do not show is not even read,
    /// unless the limit to workspaces may depend on it.
    pub(super) fn for_view(mut self, view: &View, include_bodies: bool) -> Self {
        if view.shortens_entries() && !include_bodies && self.scope.0.is_none() {
            self.projection = self.operation.declaration.projection();
        }
        self
    }

    /// The names of members that were not read although some entry has them.
    pub(super) fn skipped(&self) -> Vec<String> {
        mem::take(&mut self.skipped.lock())
    }

    /// Removes from an answer what is outside the workspaces of the policy.
    pub(super) async fn let_through(&self, answer: Value) -> Result<Value, Failure> {
        self.scope.let_through(answer).await
    }

    /// Makes the permitted call of a reading operation and returns its answer: one page of a list, or the whole list if
    /// the arguments ask for it.
    pub(crate) async fn read(&self) -> Result<Value, Failure> {
        let arguments = self.arguments.clone();
        let answer = if pages::is_paged(self.operation) {
            self.list(arguments).await?
        } else {
            self.fetch(arguments).await?
        };
        self.let_through(answer).await
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        call::testing::{Bench, arguments},
        policy::Rules,
    };

    fn toy() -> JsonObject {
        arguments(json!({ "toy_id": "t1" }))
    }

    #[tokio::test]
    async fn no_permit_is_issued_for_a_forbidden_tool() {
        let bench = Bench::new().await.ruled_by(Rules {
            read_only: true,
            ..Rules::default()
        });
        let refused = bench
            .context()
            .permit(bench.operation("delete_toy"), toy())
            .await;
        assert!(matches!(refused, Err(Failure::Forbidden(_))), "{refused:?}");
        assert!(
            bench
                .context()
                .permit(bench.operation("get_toy"), toy())
                .await
                .is_ok()
        );
        assert!(bench.received().await.is_empty());
    }

    #[tokio::test]
    async fn a_permit_for_a_change_does_not_read() {
        let bench = Bench::new().await;
        bench.answers("DELETE", "/toys/t1", 200, json!({})).await;
        let permit = bench
            .context()
            .permit(bench.operation("delete_toy"), toy())
            .await;
        let read = permit.unwrap().read().await;
        assert!(
            matches!(read, Err(Failure::NoRead("delete_toy"))),
            "{read:?}"
        );
        assert!(bench.received().await.is_empty());
    }

    #[tokio::test]
    async fn requests_are_recorded_in_the_trail_of_the_call() {
        let bench = Bench::new().await;
        bench
            .answers("GET", "/toys/t1", 200, json!({ "id": "t1" }))
            .await;
        let permit = bench
            .context()
            .permit(bench.operation("get_toy"), toy())
            .await;
        assert_eq!(permit.unwrap().read().await.unwrap(), json!({ "id": "t1" }));
        let noted = bench.noted();
        assert_eq!(&*noted.sent[0].request, "GET toys/t1");
        assert_eq!(noted.sent[0].status, Some(200));
    }
}
