//! What follows a check.

use portkey_api_core::{Path, Problem, Problems};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What follows a check. The API documents all of it as required, so what is left out gets Portkey's defaults.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-advice" = "guardrail_actions"))]
#[allow(
    missing_docs,
    reason = "models read every word: only what names do not say"
)]
pub struct GuardrailActions {
    pub deny: Option<bool>,
    /// Do not wait for the checks.
    pub r#async: Option<bool>,
    /// One check after the other.
    pub sequential: Option<bool>,
    #[schemars(extend("x-hidden" = "outlined"))]
    pub on_success: Option<Outcome>,
    #[schemars(extend("x-hidden" = "outlined"))]
    pub on_fail: Option<Outcome>,
    /// What clients of older tools send.
    #[schemars(extend("x-hidden" = true))]
    pub on_fail_action: Option<Value>,
    /// As some of the vendor's examples have it.
    #[serde(rename = "onFail")]
    #[schemars(extend("x-hidden" = true))]
    pub camel_on_fail: Option<Value>,
    /// As some of the vendor's examples have it.
    #[serde(rename = "onSuccess")]
    #[schemars(extend("x-hidden" = true))]
    pub camel_on_success: Option<Value>,
    /// As some of the vendor's examples have it.
    #[schemars(extend("x-hidden" = true))]
    pub message: Option<Value>,
}

/// What follows one outcome of a check. Some of the vendor's examples have a word instead, such as `deny`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("type" = ["object", "string"]))]
pub struct Outcome {
    /// Goes to the log of the request.
    pub feedback: OutcomeFeedback,
    /// Understood by gateways in place of the one beside it.
    #[schemars(extend("x-hidden" = true))]
    pub deny: Option<bool>,
}

/// Feedback that a check gives.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "the names say it all")]
pub struct OutcomeFeedback {
    pub value: f64,
    #[schemars(extend("x-hidden" = true))]
    pub weight: Option<f64>,
    /// Text in the API's documents, an object in the gateway's.
    #[schemars(extend("x-hidden" = true))]
    pub metadata: Option<Value>,
}

/// Members that Portkey stores and the gateway does not read.
const WITHOUT_EFFECT: [&str; 4] = ["onFail", "onSuccess", "on_fail_action", "message"];

/// A guardrail of requests to models needs actions, so they are added, as if they were given empty, and checks. One of
/// MCP tools needs neither.
pub(crate) fn advise(arguments: &mut Value, path: &Path<'_>, problems: &mut Problems) {
    let Value::Object(members) = arguments else {
        return;
    };
    if members
        .get("target")
        .is_some_and(|target| target == "mcp_tools")
    {
        return;
    }
    if !members.contains_key("checks") {
        let rule = "left out, though a guardrail of requests to models needs at least one: Portkey may refuse it";
        problems.note(|| Problem::rule(path.member("checks"), rule));
    }
    if !members.contains_key("actions") {
        members.insert("actions".to_owned(), json!({}));
        let rule = "left out, so what fails is only logged: `{\"deny\": true}` would stop it";
        problems.note(|| Problem::rule(path.member("actions"), rule));
    }
}

/// Adds what is left out of actions, and notes what has no effect. Nothing that was given changes.
pub(crate) fn complete(actions: &mut Value, path: &Path<'_>, problems: &mut Problems) {
    let Value::Object(members) = actions else {
        return;
    };
    for name in WITHOUT_EFFECT {
        if members.contains_key(name) {
            let rule = "is stored, but the gateway does not act on it: `deny` stops what fails, `on_fail.feedback` \
                        goes to the log";
            problems.note(|| Problem::rule(path.member(name), rule));
        }
    }
    for (name, value) in [("deny", json!(false)), ("async", json!(false))] {
        members.entry(name).or_insert(value);
    }
    for (name, value) in [("on_success", 5), ("on_fail", -5)] {
        let outcome = members
            .entry(name)
            .or_insert_with(|| json!({ "feedback": { "value": value } }));
        if let Some(Value::Object(feedback)) = outcome.get_mut("feedback") {
            feedback.entry("weight").or_insert(json!(1));
            feedback.entry("metadata").or_insert(json!(""));
        }
    }
}
