//! Leave to ask Portkey. Whatever makes a request on somebody's behalf (the call itself, a composed tool, a look-up, the
//! question before a delete, an undo), only a [`Permit`] can send it, and all permits are given by the same rules.

mod answers;
mod within;

use std::future;

use portkey_api::{JsonObject, Operation, Request};
use portkey_client::{Answer, Client, Error};
use serde_json::Value;

use super::{Failure, Run, pages};
use crate::{audit::Trail, catalog::Tool};
use within::Scope;

/// The connection to Portkey. Requests of principals leave by a [`Permit`] only.
#[derive(Debug, Clone)]
pub(super) struct Line {
    client: Client,
}

impl Line {
    /// The connection of this client.
    pub(super) fn new(client: Client) -> Self {
        Self { client }
    }

    /// The client, for what the server asks on its own behalf, such as whether Portkey answers.
    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    /// Sends a request, and notes in the trail of the call that it is sent and how it was answered.
    async fn exchange(&self, request: &Request, trail: &Trail) -> Result<Answer, Error> {
        let Ok(noted) = trail.begin(request) else {
            // Nobody waits for this call any longer, and what it is made on ends it.
            return future::pending().await;
        };
        let answer = self.client.call(request).await;
        noted.answered(&answer);
        answer
    }

    /// Sends a request and makes one consistent form of the answer.
    async fn send(
        &self,
        operation: &'static Operation,
        request: &Request,
        trail: &Trail,
    ) -> Result<Value, Failure> {
        let answer = self.exchange(request, trail).await;
        let failed = |error| Failure::upstream(operation, error);
        let answer = operation
            .declaration
            .normalise(answer.map_err(failed)?.value);
        if operation.declaration.lacks_list(&answer) {
            let name = operation.declaration.name;
            return Err(failed(Error::NoList { operation: name }));
        }
        Ok(answer)
    }
}

/// Leave to call one operation with certain arguments, for whoever the call is made for.
#[derive(Debug)]
pub(crate) struct Permit<'a> {
    pub(super) run: Run<'a>,
    pub(super) operation: &'static Operation,
    /// With the workspace filled in, where only one can be meant.
    pub(super) arguments: JsonObject,
    scope: Scope<'a>,
}

impl<'a> Run<'a> {
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
        let (arguments, scope) = self.within(operation, arguments).await?;
        Ok(Permit {
            run: *self,
            operation,
            arguments,
            scope,
        })
    }
}

impl Permit<'_> {
    /// Sends a request of the permitted call, and makes one consistent form of the answer.
    pub(super) async fn send(&self, request: &Request) -> Result<Value, Failure> {
        let line = &self.run.caller.line;
        line.send(self.operation, request, self.run.trail).await
    }

    /// The same, with the answer as it came.
    pub(super) async fn exchange(&self, request: &Request) -> Result<Answer, Error> {
        self.run.caller.line.exchange(request, self.run.trail).await
    }

    /// Leaves of an answer what is in the workspaces that the policy names.
    pub(super) async fn let_through(&self, answer: Value) -> Result<Value, Failure> {
        self.scope.let_through(answer).await
    }

    /// What the operation answers: a list by the page, or as a whole if the arguments ask for that.
    pub(crate) async fn read(&self) -> Result<Value, Failure> {
        let arguments = self.arguments.clone();
        let answer = if pages::is_paged(self.operation) {
            self.list(arguments).await?
        } else {
            self.send(&self.operation.request(arguments)?).await?
        };
        self.let_through(answer).await
    }
}
