//! A rule: one fault as users write it, and the requests it strikes.

mod notation;

use std::{fmt, num::NonZeroU64, str::FromStr, time::Duration};

use axum::http::Method;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use notation::{Notation, members};

use super::ending::Ending;
use crate::wire::Shape;

/// A fault and the requests it strikes, such as `status=503, path=/v1/prompts/*, first=2`. In JSON it is an object
/// with the same members.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    pattern: RequestPattern,
    frequency: Frequency,
    pub(super) latency: Option<Duration>,
    pub(super) ending: Option<Ending>,
    /// Whether the operation is executed before latency and ending strike.
    pub(super) when: When,
    pub(super) lag: Option<SignedDuration>,
    pub(super) shape: Option<Shape>,
    /// The rule as text.
    text: String,
}

/// Why a text or an object is not a rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{rule} is no fault of the sandbox: {problem}")]
pub struct BadRule {
    rule: String,
    problem: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct RequestPattern {
    method: Option<Verb>,
    path: Option<String>,
}

/// How many of the matching requests it strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Frequency {
    first: Option<NonZeroU64>,
    every: Option<NonZeroU64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum When {
    /// The operation is not executed.
    #[default]
    Before,
    /// The operation is executed, and the fault changes its answer.
    After,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum Verb {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

impl Rule {
    /// Whether it matches such requests.
    pub(super) fn is_about(&self, method: &Method, path: &str) -> bool {
        let RequestPattern {
            method: verb,
            path: wanted,
        } = &self.pattern;
        // Lag concerns writes only: reads change nothing that could become visible late.
        let strikes = self.lag.is_none() || method != Method::GET;
        strikes
            && verb.is_none_or(|verb| verb.is(method))
            && wanted.as_deref().is_none_or(|wanted| matches(wanted, path))
    }

    /// Whether to strike the matching request with this number, counted from 1, when this many were struck before.
    pub(super) fn is_due(&self, number: u64, struck: u64) -> bool {
        let Frequency { first, every } = self.frequency;
        every.is_none_or(|every| number.is_multiple_of(every.get()))
            && first.is_none_or(|first| struck < first.get())
    }

    /// The same rule, if it does not count requests, so that it can apply to a single one.
    pub(super) fn for_one_request(self) -> Result<Self, BadRule> {
        if self.frequency == Frequency::default() {
            return Ok(self);
        }
        let problem = "`first` and `every` count requests, which a header cannot";
        Err(BadRule::new(self.text, problem))
    }

    /// Reads a rule from text or from an object.
    pub(super) fn read(value: &Value) -> Result<Self, BadRule> {
        let members = match value {
            Value::String(text) => members(text),
            Value::Object(members) => Ok(members.clone()),
            _ => Err("a rule is text or an object".to_owned()),
        };
        let read = members.and_then(|members| {
            let notation: Notation = serde_path_to_error::deserialize(Value::Object(members))
                .map_err(|error| match error.path().to_string().as_str() {
                    "." => error.inner().to_string(),
                    member => format!("`{member}`: {}", error.inner()),
                })?;
            notation.rule()
        });
        let text = || value.as_str().map_or(value.to_string(), str::to_owned);
        read.map_err(|problem| BadRule::new(text(), problem))
    }
}

impl BadRule {
    fn new(rule: String, problem: impl Into<String>) -> Self {
        let problem = problem.into();
        Self { rule, problem }
    }
}

impl FromStr for Rule {
    type Err = BadRule;

    fn from_str(text: &str) -> Result<Self, BadRule> {
        Self::read(&text.into())
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Verb {
    fn is(self, method: &Method) -> bool {
        *method
            == match self {
                Self::Get => Method::GET,
                Self::Post => Method::POST,
                Self::Put => Method::PUT,
                Self::Patch => Method::PATCH,
                Self::Delete => Method::DELETE,
            }
    }
}

/// Whether a pattern, in which `*` stands for anything, matches the whole path.
fn matches(pattern: &str, path: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else {
        return pattern == path;
    };
    path.strip_prefix(start).is_some_and(|path| {
        let mut ends = path.char_indices().map(|(end, _)| end).chain([path.len()]);
        ends.any(|end| path.get(end..).is_some_and(|path| matches(rest, path)))
    })
}

#[cfg(test)]
mod tests {
    use proptest::{prop_assert_eq, proptest};
    use serde_json::json;

    use super::*;

    #[test]
    fn text_and_json_say_the_same() {
        let text = "status=429,retry-after=2, method=POST ,path=/v1/prompts/*,first=2";
        let object = json!({
            "status": 429, "retry-after": 2, "method": "POST", "path": "/v1/prompts/*", "first": 2,
        });
        let rule = Rule::read(&object).unwrap();
        assert_eq!(text.parse::<Rule>().unwrap(), rule);
        assert_eq!(rule.to_string().parse::<Rule>().unwrap(), rule);
        assert_eq!("html".parse::<Rule>().unwrap().to_string(), "html");
    }

    #[test]
    fn nonsense_is_refused_by_name() {
        for (rule, problem) in [
            ("", "between the commas"),
            ("latencyy=3", "latencyy"),
            ("latency=long", "latency"),
            ("status=404", "neither 401, 403, 429 nor 500"),
            ("status=503, status=500", "twice"),
            ("retry-after=3", "belongs to a `status`"),
            ("reset, truncate", "truncated, or never comes"),
            ("truncate, when=before", "nothing to truncate"),
            ("first=2", "it needs one of"),
            ("reset, first=0", "first"),
            ("reset, method=FETCH", "FETCH"),
            ("reset, path=v1/prompts", "start with /"),
            ("stale=5, method=GET", "strikes writes"),
            ("shape=round", "bare-lists"),
        ] {
            let refused = rule.parse::<Rule>().unwrap_err().to_string();
            assert!(refused.contains(problem), "{refused}");
        }
    }

    #[test]
    fn a_star_stands_for_anything() {
        for (pattern, path, fitting) in [
            ("/v1/prompts", "/v1/prompts", true),
            ("/v1/prompts", "/v1/prompts/pp", false),
            ("/v1/prompts*", "/v1/prompts", true),
            ("/v1/prompts/*", "/v1/prompts/pp/versions", true),
            ("*/versions", "/v1/prompts/pp/versions", true),
            ("/v1/*/pp/*s", "/v1/prompts/pp/versions", true),
            ("/v1/*/pq/*s", "/v1/prompts/pp/versions", false),
            ("*", "/ü", true),
        ] {
            assert_eq!(matches(pattern, path), fitting, "{pattern} {path}");
        }
    }

    #[test]
    fn shares_and_limits_count_together() {
        let rule: Rule = "reset, every=3, first=2".parse().unwrap();
        let mut struck = 0;
        let due = (1..=12).filter(|number| {
            let due = rule.is_due(*number, struck);
            struck += u64::from(due);
            due
        });
        assert_eq!(due.collect::<Vec<_>>(), [3, 6]);
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_parser(text in "(latency|status|reset|stale|[a-z]{1,3}|,|=|[0-9]{1,4}| ){0,9}") {
            if let Ok(rule) = text.parse::<Rule>() {
                prop_assert_eq!(rule.to_string().parse(), Ok(rule));
            }
        }
    }
}
