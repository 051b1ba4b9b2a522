use portkey_api::{JsonObject, Operation, Request};
use portkey_client::{Answer, Error};
use serde_json::Value;

use super::{Caller, Failure, done, says_nothing};
use crate::audit;

impl Caller {
    /// Sends a request and makes one consistent form of the answer.
    pub(super) async fn send(
        &self,
        operation: &'static Operation,
        request: &Request,
    ) -> Result<Value, Failure> {
        let answer = self.exchange(request).await;
        let answer = answer.map_err(|error| Failure::upstream(operation, error))?;
        Ok(operation.declaration.normalise(answer.value))
    }

    /// Sends a request, and notes for the audit how it was answered.
    pub(super) async fn exchange(&self, request: &Request) -> Result<Answer, Error> {
        let answer = self.client.call(request).await;
        audit::request_answered(request, &answer);
        answer
    }

    /// Where an update answers nothing, what it made of the object. A failure to read that does not turn the
    /// update, which has happened, into a failure.
    pub(super) async fn refresh(
        &self,
        operation: &'static Operation,
        arguments: &JsonObject,
        answer: Value,
    ) -> Value {
        if !says_nothing(&answer) {
            return answer;
        }
        let Some(source) = operation.fresh else {
            return done();
        };
        let source = source();
        let Ok(request) = source.request(source.path_arguments(arguments)) else {
            return done(); // Several objects were changed, so there is no one to read.
        };
        self.send(source, &request).await.unwrap_or_else(|_| done())
    }
}
