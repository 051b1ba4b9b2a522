//! The rules that stand until they are replaced, and how often each struck.

use std::sync::Mutex;

use axum::http::{HeaderMap, Method};
use serde_json::{Value, json};

use super::rule::{BadRule, Rule};
use crate::{store::lock, wire::FAULT_HEADER};

/// The rules that stand.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    standing: Mutex<Vec<StandingRule>>,
}

#[derive(Debug)]
struct StandingRule {
    rule: Rule,
    /// How many requests it matched.
    seen: u64,
    /// How many it struck.
    struck: u64,
}

impl Faults {
    /// Replaces all rules.
    pub(crate) fn replace(&self, rules: Vec<Rule>) {
        let standing = rules.into_iter().map(|rule| StandingRule {
            rule,
            seen: 0,
            struck: 0,
        });
        *lock(&self.standing) = standing.collect();
    }

    /// The rules, and how often each matched and struck.
    pub(crate) fn to_json(&self) -> Value {
        let standing = lock(&self.standing);
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
    pub(super) fn strike(
        &self,
        method: &Method,
        path: &str,
        headers: &HeaderMap,
    ) -> Result<Vec<Rule>, BadRule> {
        let mut ended = false;
        let mut strike = Vec::new();
        for value in headers.get_all(FAULT_HEADER) {
            let rule = String::from_utf8_lossy(value.as_bytes()).parse::<Rule>()?;
            let rule = rule.for_one_request()?;
            if rule.is_about(method, path) && !(ended && rule.ending.is_some()) {
                ended |= rule.ending.is_some();
                strike.push(rule);
            }
        }
        for standing in lock(&self.standing).iter_mut() {
            let ends = standing.rule.ending.is_some();
            if standing.rule.is_about(method, path) && !(ended && ends) && standing.is_due() {
                ended |= ends;
                strike.push(standing.rule.clone());
            }
        }
        Ok(strike)
    }
}

impl StandingRule {
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
