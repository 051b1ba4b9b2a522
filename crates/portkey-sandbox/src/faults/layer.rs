//! The layer around the router in which faults strike, so that handlers know nothing of them.

use std::sync::Arc;

use axum::{
    extract::{ConnectInfo, Request, State},
    http::HeaderValue,
    middleware::Next,
    response::{IntoResponse as _, Response},
};

use super::{
    connection::ClientConnection,
    rule::{Rule, When},
    standing::Faults,
};
use crate::wire::{Distortion, FAULT_HEADER, Refusal};

/// Applies the faults that are due for a request. The sandbox's controls have none.
pub(crate) async fn intervene(
    State(faults): State<Arc<Faults>>,
    ConnectInfo(connection): ConnectInfo<ClientConnection>,
    mut request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path();
    if path == "/_sandbox" || path.starts_with("/_sandbox/") {
        return next.run(request).await;
    }
    let strike = faults.strike(request.method(), path, request.headers());
    let rules = match strike {
        Ok(rules) if rules.is_empty() => return next.run(request).await,
        Ok(rules) => rules,
        Err(bad) => return Refusal::invalid(format!("Invalid request. {bad}")).into_response(),
    };
    let unanswered = Refusal::fault("The answer went missing").into_response();
    let (answer, ended) = delayed(When::Before, &rules, unanswered, &connection).await;
    if ended {
        let struck = rules.iter().filter(|rule| rule.when == When::Before);
        return announced(answer, struck);
    }
    request.extensions_mut().insert(Distortion {
        lag: rules.iter().filter_map(|rule| rule.lag).max(),
        shapes: rules.iter().filter_map(|rule| rule.shape).collect(),
    });
    let answer = next.run(request).await;
    let (answer, _) = delayed(When::After, &rules, answer, &connection).await;
    announced(answer, rules.iter())
}

/// The answer after the faults of this moment, and whether one of them ended it.
async fn delayed(
    moment: When,
    rules: &[Rule],
    mut answer: Response,
    connection: &ClientConnection,
) -> (Response, bool) {
    let mut ended = false;
    for rule in rules.iter().filter(|rule| rule.when == moment) {
        if let Some(latency) = rule.latency {
            tokio::time::sleep(latency).await;
        }
        if let Some(ending) = rule.ending {
            answer = ending.of(answer, connection).await;
            ended = true;
        }
    }
    (answer, ended)
}

/// The answer with a header for each fault. Faults that act where the request is executed are named there.
fn announced<'a>(mut answer: Response, rules: impl Iterator<Item = &'a Rule>) -> Response {
    for rule in rules {
        let text = HeaderValue::from_str(&rule.to_string());
        if let Ok(text) = text
            && (rule.latency.is_some() || rule.ending.is_some())
        {
            answer.headers_mut().append(FAULT_HEADER, text);
        }
    }
    answer
}
