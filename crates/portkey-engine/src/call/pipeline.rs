//! The stages of one call, in their order.

use portkey_api_core::{
    Declaration, JsonObject, Operation, ParsedArguments, parse_arguments, parse_arguments_exactly,
};
use serde_json::Value;

use super::{
    CallContext, Caller, Failure, Outcome, asks_for_dry_run,
    authorise::spend,
    not_stored,
    options::Shown,
    pages,
    permit::{Permit, Prepared},
    redact::show,
    resolve_secrets::resolve_secrets,
    state_after::{Read, or_success},
    time_series,
};
use crate::{
    catalog::{Tool, Workflow},
    secrets::Redactor,
};

impl CallContext<'_> {
    pub(super) async fn operate(
        &self,
        operation: &'static Operation,
        arguments: JsonObject,
    ) -> Result<Outcome, Failure> {
        let tool = Tool::Operation(operation);
        let arguments = self.parse_arguments(&operation.declaration, arguments)?;
        let arguments = self.resolve(tool, arguments).await?;
        let named = Self::may_name(&arguments).then(|| arguments.clone());
        match (self.carry_out(operation, arguments).await, named) {
            (Err(failure), Some(named)) => {
                match self.resolve_unfound(tool, &named, &failure).await? {
                    Some(resolved) => self.carry_out(operation, resolved).await,
                    None => Err(failure),
                }
            }
            (outcome, _) => outcome,
        }
    }

    /// Makes the call with arguments that were parsed and whose names were resolved to ids.
    async fn carry_out(
        &self,
        operation: &'static Operation,
        arguments: JsonObject,
    ) -> Result<Outcome, Failure> {
        operation.check_ids(&arguments)?;
        self.note_unsent(operation, &arguments);
        let arguments = self.fill_in_organisation(operation, arguments).await?;
        let permit = self.permit(operation, arguments).await?;
        let permit = permit.for_view(&self.options.view, self.options.include_bodies);
        let arguments = &permit.arguments;
        let own_dry_run = asks_for_dry_run(arguments).then_some(Shown::Changes);
        if let Some(shown) = self.options.dry_run.or(own_dry_run) {
            // A dry run reports the same errors about secret references as the call itself.
            self.resolve_secrets(&operation.declaration, arguments)
                .await?;
            // Boxed like other rare branches: a future is as large as its largest branch, and every call copies it.
            let preview = Box::pin(self.preview(operation, arguments.clone(), shown)).await?;
            return Ok(Outcome::Preview(Box::new(preview)));
        }
        let tool = Tool::Operation(operation);
        if let Some(unconfirmed) = self.confirm(tool, arguments).await? {
            return Ok(unconfirmed);
        }
        spend(&self.caller.services.quotas, self.by, operation).await?;
        let (answer, not_stored) = self.make(&permit).await?;
        let held = entries(&answer);
        let answer = permit.let_through(answer).await?;
        let has_gaps = entries(&answer) < held;
        let skipped = permit.skipped();
        let answer = self.answer(&operation.declaration, arguments, skipped, answer);
        let mut answer = answer.await?;
        not_stored::name(&mut answer, not_stored);
        Ok(self.show(tool, arguments, has_gaps, answer))
    }

    /// Sends the permitted call and returns its answer, and what it sent that is not stored so. Secret references in the
    /// arguments are resolved only within this function, so that no other stage sees the secrets.
    async fn make(&self, permit: &Permit<'_>) -> Result<(Value, Option<Value>), Failure> {
        let declaration = &permit.operation.declaration;
        if declaration.answers_new_secrets() {
            self.caller.secrets.sink.prepare().await?;
        }
        let (resolved, redactor) = self.resolve_secrets(declaration, &permit.arguments).await?;
        match self.dispatch(permit, resolved, &redactor).await {
            Ok((mut answer, read)) => {
                let not_stored = permit.not_stored(&answer, read.as_ref(), &redactor).await;
                redactor.redact_in(&mut answer);
                Ok((answer, not_stored))
            }
            Err(failure) => {
                let failure = self.name_missing(&permit.arguments, failure).await;
                Err(failure.without(&redactor, self.by.wording))
            }
        }
    }

    /// Sends the request or requests of the operation: page by page, day by day, or a single one. `resolved` holds the
    /// arguments with secrets; the journal keeps the arguments of the permit, which hold references instead.
    async fn dispatch(
        &self,
        permit: &Permit<'_>,
        resolved: JsonObject,
        redactor: &Redactor,
    ) -> Result<(Value, Option<Read>), Failure> {
        let operation = permit.operation;
        let answer = if pages::is_paged(operation) {
            permit.list(permit.with_usual_page(resolved)).await?
        } else if time_series::is_time_series(operation) {
            permit.time_series(resolved).await?
        } else {
            let resolved = self.look_up(operation, resolved).await?;
            let prepared = Prepared::new(self.edition(), operation, resolved)?;
            permit.send(prepared, redactor).await?
        };
        Ok(if self.options.return_object {
            permit.refresh(answer).await
        } else {
            (or_success(answer), None)
        })
    }

    /// Parses arguments, and adds a note for each one that was not taken literally.
    fn parse_arguments(
        &self,
        declaration: &Declaration,
        arguments: JsonObject,
    ) -> Result<JsonObject, Failure> {
        let read = match self.undoes {
            // Arguments that restore an object use `null` for an empty field, not for one that is left as it is.
            Some(_) => parse_arguments_exactly,
            None => parse_arguments,
        };
        let ParsedArguments { arguments, notes } = read(declaration, arguments)?;
        self.notes.extend(notes);
        Ok(arguments)
    }

    pub(super) async fn compose(
        &self,
        workflow: &'static Workflow,
        arguments: JsonObject,
    ) -> Result<Outcome, Failure> {
        let tool = Tool::Workflow(workflow);
        let arguments = self.parse_arguments(&workflow.declaration, arguments)?;
        let arguments = self.resolve(tool, arguments).await?;
        if !asks_for_dry_run(&arguments)
            && let Some(unconfirmed) = self.confirm(tool, &arguments).await?
        {
            return Ok(unconfirmed);
        }
        let (arguments, redactor) = self
            .resolve_secrets(&workflow.declaration, &arguments)
            .await?;
        let composed = self.composed(workflow)?;
        let answer = composed.run(arguments.clone(), *self).await;
        let mut answer = answer.map_err(|failure| failure.without(&redactor, self.by.wording))?;
        redactor.redact_in(&mut answer);
        let answer = self.answer(&workflow.declaration, &arguments, Vec::new(), answer);
        Ok(self.show(tool, &arguments, false, answer.await?))
    }

    /// Returns the arguments with each secret reference replaced by its secret, and a redactor that removes those
    /// secrets from answers.
    async fn resolve_secrets(
        &self,
        declaration: &'static Declaration,
        arguments: &JsonObject,
    ) -> Result<(JsonObject, Redactor), Failure> {
        let (secrets, settings) = (&self.caller.secrets, self.caller.settings());
        let policy = &self.by.authority.policy;
        let wording = self.by.wording;
        resolve_secrets(secrets, policy, settings, declaration, arguments, wording).await
    }

    /// Makes an answer of Portkey fit to be shown: secrets are masked or written to the sink, recorded bodies left out
    /// unless they were asked for, figures told with their units, and entries of lists shortened. `skipped` are members
    /// of entries that were not even read.
    async fn answer(
        &self,
        declaration: &'static Declaration,
        arguments: &JsonObject,
        mut skipped: Vec<String>,
        answer: Value,
    ) -> Result<Value, Failure> {
        let Caller { secrets, .. } = self.caller;
        let principal = &self.by.principal;
        let options = self.options;
        let shown = show(secrets, principal, declaration, arguments, options, answer);
        let (answer, left_out) = shown.await?;
        skipped.extend(left_out);
        self.tell_left_out(skipped);
        Ok(answer)
    }
}

/// The number of entries of a list.
fn entries(answer: &Value) -> usize {
    answer
        .get("data")
        .and_then(Value::as_array)
        .map_or(0, Vec::len)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::call::{
        Consent,
        testing::{Bench, arguments},
    };

    async fn bench() -> Bench {
        let bench = Bench::new().await;
        bench.has_bear().await;
        bench.answers("PUT", "/toys/t1", 200, json!({})).await;
        bench
    }

    fn update(name: &str) -> JsonObject {
        arguments(json!({ "toy_id": "t1", "name": name }))
    }

    #[tokio::test]
    async fn a_call_is_sent_journaled_and_answers_its_object() {
        let bench = bench().await;
        let outcome = bench
            .context()
            .operate(bench.operation("update_toy"), update("Ox"))
            .await;
        let Ok(Outcome::Answer(answer)) = outcome else {
            panic!("{outcome:?}");
        };
        assert_eq!(answer["name"], "Bear");
        let put = |one: &String| one == "PUT /toys/t1";
        assert_eq!(
            bench.received().await.iter().filter(|one| put(one)).count(),
            1
        );
        assert_eq!(bench.journal().await.len(), 1);
    }

    #[tokio::test]
    async fn a_dry_run_and_an_unconfirmed_call_change_nothing() {
        let mut bench = bench().await;
        bench.options.dry_run = Some(Shown::Changes);
        let outcome = bench
            .context()
            .operate(bench.operation("update_toy"), update("Ox"))
            .await;
        assert!(matches!(outcome, Ok(Outcome::Preview(_))), "{outcome:?}");
        bench.options.dry_run = None;
        bench.consent = Consent::OfCaller;
        let given = arguments(json!({ "toy_id": "t1" }));
        let outcome = bench
            .context()
            .operate(bench.operation("delete_toy"), given)
            .await;
        assert!(
            matches!(outcome, Ok(Outcome::Unconfirmed { .. })),
            "{outcome:?}"
        );
        let received = bench.received().await;
        assert!(
            received.iter().all(|one| one.starts_with("GET ")),
            "{received:?}"
        );
        assert!(bench.journal().await.is_empty());
    }

    #[tokio::test]
    async fn a_secret_reaches_portkey_but_not_the_answer_or_the_journal() {
        let bench = Bench::new().await;
        let echo = json!({ "id": "t1", "key": "pk-0123456789abcdef", "note": "sesame-open" });
        bench.answers("POST", "/toys", 200, echo).await;
        let given = arguments(json!({ "name": "Ox", "coupon": "env:TOY_KEY" }));
        let outcome = bench
            .context()
            .operate(bench.operation("create_toy"), given)
            .await;
        let Ok(Outcome::Answer(answer)) = outcome else {
            panic!("{outcome:?}");
        };
        assert_eq!(bench.body().await["coupon"], "sesame-open");
        let change = &bench.journal().await[0].change;
        for text in [answer.to_string(), serde_json::to_string(change).unwrap()] {
            assert!(
                !text.contains("sesame-open") && !text.contains("0123456789"),
                "{text}"
            );
        }
    }

    #[tokio::test]
    async fn invalid_arguments_are_not_sent() {
        let bench = Bench::new().await;
        let given = arguments(json!({ "toy_id": "t1", "colour": "red" }));
        let outcome = bench
            .context()
            .operate(bench.operation("update_toy"), given)
            .await;
        assert!(matches!(outcome, Err(Failure::Arguments(_))), "{outcome:?}");
        assert!(bench.received().await.is_empty());
    }
}
