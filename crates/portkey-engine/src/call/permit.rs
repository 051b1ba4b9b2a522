//! Leave to ask Portkey. Whatever makes a request on somebody's behalf (the call itself, a composed tool, a look-up, the
//! question before a delete, an undo), only a [`Permit`] can send it, and all permits are given by the same rules.

mod answers;
mod connection;
mod journal;
mod workspace_scope;

use portkey_api_core::{JsonObject, Operation};
use serde_json::Value;

use super::{CallContext, Caller, Failure, pages};
use crate::{catalog::Tool, secrets::Redactor};
use connection::Query;
pub(super) use connection::{Connection, Prepared};
use workspace_scope::WorkspaceScope;

/// Leave to call one operation with certain arguments, for whoever the call is made for.
#[derive(Debug)]
pub(crate) struct Permit<'a> {
    pub(super) context: CallContext<'a>,
    pub(super) operation: &'static Operation,
    /// With the workspace filled in, where only one can be meant.
    pub(super) arguments: JsonObject,
    scope: WorkspaceScope<'a>,
}

impl<'a> CallContext<'a> {
    /// Leave to call `operation`: the policy, the tool sets and the scopes of the token allow it, and what the arguments
    /// name is in a workspace that the policy names.
    pub(crate) async fn permit(
        &self,
        operation: &'static Operation,
        arguments: JsonObject,
    ) -> Result<Permit<'a>, Failure> {
        self.authorise(Tool::Operation(operation))?;
        self.permit_to_keep(operation, arguments).await
    }

    /// Leave to read what a permitted change is about, for the journal. The answer is kept by the server and not shown,
    /// so the tool need not be allowed; the limit to workspaces holds all the same.
    pub(super) async fn permit_to_keep(
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
        })
    }
}

impl Permit<'_> {
    /// Sends a request of the permitted call through the door for what it does.
    pub(super) async fn send(
        &self,
        prepared: Prepared,
        redactor: &Redactor,
    ) -> Result<Value, Failure> {
        match prepared {
            Prepared::Query(query) => self.query(&query).await,
            Prepared::Command(command) => self.change(command, redactor).await,
        }
    }

    /// What Portkey answers to a request of the permitted call that changes nothing.
    pub(super) async fn fetch(&self, arguments: JsonObject) -> Result<Value, Failure> {
        self.query(&Query::new(self.operation, arguments)?).await
    }

    async fn query(&self, query: &Query) -> Result<Value, Failure> {
        let Caller {
            connection,
            catalog,
            ..
        } = self.context.caller;
        connection.read(catalog, query, self.context.trail).await
    }

    /// Leaves of an answer what is in the workspaces that the policy names.
    pub(super) async fn let_through(&self, answer: Value) -> Result<Value, Failure> {
        self.scope.let_through(answer).await
    }

    /// What an operation that changes nothing answers: a list by the page, or as a whole if the arguments ask for that.
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
    async fn no_leave_is_given_for_a_tool_that_may_not_be_called() {
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
    async fn what_is_sent_is_in_the_trail_of_the_call() {
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
