//! From a request to its handler and back: key, body, transaction, audit.

use std::sync::Arc;

use axum::response::{IntoResponse as _, Response};
use portkey_api::{Edition, JsonObject, Method};
use rusqlite::{Transaction, TransactionBehavior};
use serde_json::Value;

use super::airs;
use crate::{
    controls::Control,
    routes::{Handler, Route},
    rules::{audit, authority},
    state::SandboxState,
    store::{self, Image},
    wire::{Answer, Call, Incoming, Refusal},
};

/// What a route of the service does.
#[derive(Clone, Copy)]
pub(super) enum Work {
    Operation(Route),
    Control(&'static Control),
    /// Gives a token.
    Token,
    /// Refuses what an emulated Prisma AIRS does not serve.
    NotServed,
}

/// Answers a request on a thread for blocking work. A handler that panics costs only its own answer.
pub(super) async fn respond(state: Arc<SandboxState>, work: Work, incoming: Incoming) -> Response {
    let answer = tokio::task::spawn_blocking(move || match work {
        Work::Operation(route) => {
            let shapes = incoming.distortion.shapes.clone();
            let outcome = execute(&state, route, incoming);
            let name = route.operation.declaration.name;
            shapes
                .into_iter()
                .fold(outcome, |outcome, shape| shape.of(name, outcome))
        }
        Work::Control(control) => operate(&state, control, incoming),
        Work::Token => airs::token(&state, &incoming),
        Work::NotServed => airs::refuse(&state, &incoming),
    });
    match answer.await {
        Ok(Ok(answer)) => answer.into_response(),
        Ok(Err(refusal)) => refusal.into_response(),
        Err(_) => Refusal::fault("The sandbox could not answer this").into_response(),
    }
}

/// Answers by one of the sandbox's own controls.
fn operate(
    state: &SandboxState,
    control: &Control,
    mut incoming: Incoming,
) -> Result<Answer, Refusal> {
    let (principal, now) = {
        let db = state.store.lock()?;
        (authority::anonymous(&db)?, store::now(&db)?)
    };
    let body = json_body(&incoming.raw_body);
    incoming.body = body.as_ref().map_or(Value::Null, Value::clone);
    let call = Call {
        principal,
        now,
        request: incoming,
        operation: None,
        edition: state.edition,
    };
    control.access.permit(&call, state)?;
    body?;
    (control.run)(&call, state)
}

/// Answers an operation of the API.
fn execute(
    state: &SandboxState,
    Route { operation, handler }: Route,
    mut incoming: Incoming,
) -> Result<Answer, Refusal> {
    let mut connection = state.store.lock()?;
    let is_read = operation.method == Method::Get;
    let lag = incoming.distortion.lag.filter(|_| !is_read);
    let before = lag.map(|_| Image::of(&connection)).transpose()?;
    let behavior = if is_read {
        TransactionBehavior::Deferred
    } else {
        TransactionBehavior::Immediate
    };
    let transaction = connection.transaction_with_behavior(behavior)?;
    let now = store::now(&transaction)?;
    let principal = match state.edition {
        Edition::Classic => authority::authorise(&transaction, operation, &incoming, now)?,
        Edition::PrismaAirs => airs::authorise(state, &transaction, operation, &mut incoming, now)?,
    };
    incoming.body = json_body(&incoming.raw_body)?;
    if state.edition == Edition::PrismaAirs {
        airs::check_tenant(&incoming)?;
    }
    let call = Call {
        principal,
        now,
        request: incoming,
        operation: Some(operation),
        edition: state.edition,
    };
    if is_read && let Some(past) = state.read_lag.at(now) {
        let answer = handler(&call, &past.lock())?;
        return Ok(answer.naming_fault("stale"));
    }
    let outcome = attempt(&call, handler, transaction);
    if let (Ok(_), Some(before), Some(lag)) = (&outcome, before, lag) {
        state
            .read_lag
            .keep(before, now.checked_add(lag).unwrap_or(now));
    }
    outcome
}

/// Runs the handler, rolls back what it did if it refuses, and records the call in the audit.
fn attempt(
    call: &Call,
    handler: Handler,
    mut transaction: Transaction<'_>,
) -> Result<Answer, Refusal> {
    let savepoint = transaction.savepoint()?;
    let outcome = handler(call, &savepoint);
    let status = match &outcome {
        Ok(answer) => {
            savepoint.commit()?;
            answer.status()
        }
        Err(refusal) => {
            drop(savepoint); // Rolls back, so that a refused call changed nothing but the trail.
            refusal.status()
        }
    };
    audit::record(&transaction, call, status)?;
    transaction.commit()?;
    outcome
}

fn json_body(body: &str) -> Result<Value, Refusal> {
    if body.trim().is_empty() {
        return Ok(Value::Object(JsonObject::new()));
    }
    serde_json::from_str(body).map_err(|error| {
        Refusal::invalid(format!("Invalid request. The body is not JSON: {error}"))
    })
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;
    use portkey_api::{Endpoint, model_pricing::GetModelPricing};

    use super::*;
    use crate::{seed::Seed, state::InitialState};

    #[tokio::test]
    async fn a_handler_that_panics_costs_no_more_than_its_answer() {
        let (connection, keys) = store::connect(None, None).unwrap();
        let state = Arc::new(SandboxState::new(
            Edition::Classic,
            InitialState::new(keys, Seed::Empty, None, Vec::new()),
            false,
        ));
        state.store.open(Ok(connection));
        let respond = async |handler| {
            // Public, so that it needs no key.
            let operation = &const { <GetModelPricing as Endpoint>::OPERATION };
            let work = Work::Operation(Route { operation, handler });
            respond(state.clone(), work, Incoming::default())
                .await
                .status()
        };
        let status = respond(|_, _| panic!("on purpose")).await;
        assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(respond(|_, _| Ok(Answer::empty())).await, StatusCode::OK);
    }
}
