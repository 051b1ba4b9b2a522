//! Things that go wrong on purpose, so that clients can be tested for surviving them: rules that stand until they
//! are replaced, and headers for a single request.

mod connection;
mod ending;
mod rule;
mod shape;

use std::sync::{Arc, Mutex};

use axum::{
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, HeaderValue, Method},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::{refusal::Refusal, store::hold, world::World};

pub(crate) use connection::{Breakable, Connection};
use rule::When;
pub use rule::{BadRule, Rule};
pub(crate) use shape::Shape;

/// Asks for a fault in a request, and tells of it in an answer.
pub(crate) const HEADER: &str = "x-sandbox-fault";

/// The rules that stand.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    standing: Mutex<Vec<Standing>>,
}

#[derive(Debug)]
struct Standing {
    rule: Rule,
    /// How many requests it could have struck.
    seen: u64,
    /// How many it struck.
    struck: u64,
}

/// What of the rules that strike a request is done where the request is executed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Distortion {
    /// How long reads don't see what is written.
    pub(crate) lag: Option<SignedDuration>,
    pub(crate) shapes: Vec<Shape>,
}

impl Faults {
    /// Puts these rules in the place of all others.
    pub(crate) fn replace(&self, rules: Vec<Rule>) {
        let standing = rules.into_iter().map(|rule| Standing {
            rule,
            seen: 0,
            struck: 0,
        });
        *hold(&self.standing) = standing.collect();
    }

    /// The rules, and what they did so far.
    pub(crate) fn wire(&self) -> Value {
        let standing = hold(&self.standing);
        let entries = standing.iter().map(|standing| {
            json!({
                "rule": standing.rule.to_string(),
                "seen": standing.seen,
                "struck": standing.struck,
            })
        });
        entries.collect()
    }

    /// The rules that strike a request, those of its own header first. Only one of them may end the answer, so
    /// the later ones wait for another request.
    fn strike(
        &self,
        method: &Method,
        path: &str,
        headers: &HeaderMap,
    ) -> Result<Vec<Rule>, BadRule> {
        let mut ended = false;
        let mut strike = Vec::new();
        for value in headers.get_all(HEADER) {
            let rule = String::from_utf8_lossy(value.as_bytes()).parse::<Rule>()?;
            let rule = rule.for_one_request()?;
            if rule.is_about(method, path) && !(ended && rule.ending.is_some()) {
                ended |= rule.ending.is_some();
                strike.push(rule);
            }
        }
        for standing in hold(&self.standing).iter_mut() {
            let ends = standing.rule.ending.is_some();
            if standing.rule.is_about(method, path) && !(ended && ends) && standing.is_due() {
                ended |= ends;
                strike.push(standing.rule.clone());
            }
        }
        Ok(strike)
    }
}

impl Standing {
    fn is_due(&mut self) -> bool {
        self.seen += 1;
        let due = self.rule.is_due(self.seen, self.struck);
        self.struck += u64::from(due);
        due
    }
}

/// The rules of `{"rules": [...]}`.
pub(crate) fn rules(list: &[Value]) -> Result<Vec<Rule>, BadRule> {
    list.iter().map(Rule::read).collect()
}

/// Lets the faults strike that a request is due. The sandbox's controls are never struck.
pub(crate) async fn intervene(
    State(world): State<Arc<World>>,
    ConnectInfo(connection): ConnectInfo<Connection>,
    mut request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path();
    if path == "/_sandbox" || path.starts_with("/_sandbox/") {
        return next.run(request).await;
    }
    let strike = world
        .faults
        .strike(request.method(), path, request.headers());
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

/// The answer after what strikes at this moment, and whether that was its end.
async fn delayed(
    moment: When,
    rules: &[Rule],
    mut answer: Response,
    connection: &Connection,
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

/// The answer, saying what befell it. What is done where a request is executed is announced there.
fn announced<'a>(mut answer: Response, rules: impl Iterator<Item = &'a Rule>) -> Response {
    for rule in rules {
        let text = HeaderValue::from_str(&rule.to_string());
        if let Ok(text) = text
            && (rule.latency.is_some() || rule.ending.is_some())
        {
            answer.headers_mut().append(HEADER, text);
        }
    }
    answer
}
