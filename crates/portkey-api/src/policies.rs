//! Policies: limits on the requests that meet some conditions, counted apart for each group of them.

pub mod rate_limits;
pub mod usage_limits;

use std::borrow::Cow;

use portkey_api_core::{
    Nullable, Open, Path, Problem, Problems, Reason, answer, arguments, nearest, opened, shortened,
};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Value, json};

/// What a policy is called, which requests it is about, and how it counts them.
#[arguments(body)]
pub struct Subject {
    #[schemars(length(max = 255))]
    pub name: Option<String>,
    #[schemars(length(max = 500))]
    pub description: Option<String>,
    /// Which requests; all must hold.
    #[schemars(length(min = 1))]
    pub conditions: Vec<Open<Condition>>,
    /// Keys by which to count apart, such as `api_key` or `metadata.team`.
    #[schemars(length(min = 1))]
    pub group_by: Vec<GroupKey>,
}

/// What can change of a policy's [`Subject`]: how it counts cannot.
#[arguments(body)]
#[derive(Default)]
pub struct SubjectChange {
    #[schemars(length(max = 255))]
    pub name: Option<String>,
    #[schemars(length(max = 500))]
    #[serde(deserialize_with = "portkey_api_core::present")]
    pub description: Option<Nullable<String>>,
    /// Replace the old ones.
    #[schemars(length(min = 1))]
    pub conditions: Option<Vec<Open<Condition>>>,
}

/// Which requests a policy is about: all of its conditions must hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-synonyms" = { "field": "key" }, "x-advice" = "condition"))]
pub struct Condition {
    /// `api_key`, `metadata.team`, `config`, `model` (`@provider/model`) and others.
    pub key: String,
    /// One of these; `*` is any.
    pub value: Values,
    /// But none of these.
    pub excludes: Option<Values>,
    /// What clients of older tools send: understood where it says the same as `key` and `value`.
    #[schemars(extend("x-hidden" = true))]
    pub operator: Option<String>,
}

/// Operators that say what a condition without one says.
const EQUALITY: [&str; 8] = ["=", "==", "eq", "$eq", "equals", "is", "in", "$in"];

/// What the requests of a policy can be told apart by, besides `metadata.` and a name: those of models and of MCP tools.
const KEYS: [&str; 10] = [
    "api_key",
    "config",
    "endpoint_type",
    "mcp_server",
    "mcp_tool",
    "model",
    "prompt",
    "provider",
    "virtual_key",
    "workspace_id",
];

/// Notes a key that is not known here. Portkey adds some from time to time, so it is passed on.
fn advise_on_key(key: &str, path: &Path<'_>, problems: &mut Problems) {
    let is_metadata = key.starts_with("metadata.") || key == "metadata";
    if is_metadata || KEYS.contains(&key) {
        return;
    }
    problems.report(true, || {
        let reason = Reason::NotAllowed {
            got: format!("`{}`", shortened(key)),
            allowed: KEYS
                .iter()
                .map(|key| (*key).to_owned())
                .chain(["metadata.*".to_owned()])
                .collect(),
            nearest: nearest(key, KEYS).map(|key| format!("`{key}`")),
        };
        Problem::new(path, reason)
    });
}

/// Notes the key by which requests are counted apart, if it is unknown.
pub(crate) fn advise_on_group(group: &mut Value, path: &Path<'_>, problems: &mut Problems) {
    match group {
        Value::String(key) => advise_on_key(key, path, problems),
        Value::Object(members) => {
            if let Some(key) = members.get("key").and_then(Value::as_str) {
                advise_on_key(key, &path.member("key"), problems);
            }
        }
        _ => {}
    }
}

/// Conditions have no operators. One that means nothing else than a condition does is left out; others are passed on.
pub(crate) fn advise_on_condition(condition: &mut Value, path: &Path<'_>, problems: &mut Problems) {
    let Value::Object(members) = condition else {
        return;
    };
    if let Some(key) = members.get("key").and_then(Value::as_str) {
        advise_on_key(key, &path.member("key"), problems);
    }
    let Some(operator) = members.get("operator").and_then(Value::as_str) else {
        return;
    };
    let at = || path.member("operator");
    if EQUALITY.contains(&operator.to_lowercase().as_str()) {
        members.remove("operator");
        problems.note(|| Problem::rule(at(), "left out: conditions say the same without it"));
        return;
    }
    let rule = "passed on, but conditions have no operator: `value` lists what `key` may be (`*` for anything), \
                `excludes` what it may not be, as in {\"key\": \"model\", \"value\": \"*\", \"excludes\": [\"@a/b\"]}";
    problems.note(|| Problem::rule(at(), rule));
}

/// One value or several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, expecting = "expected text or a list of texts")]
pub enum Values {
    /// This one.
    One(String),
    /// Any of these.
    Several(Vec<String>),
}

impl JsonSchema for Values {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Values".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["string", "array"], "items": { "type": "string" } })
    }
}

/// A key by which requests are counted apart, such as `api_key`. The API wants it as an object, which is passed on as it is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct GroupKey(pub Value);

impl Serialize for GroupKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Value::String(key) => json!({ "key": key }).serialize(serializer),
            other => other.serialize(serializer),
        }
    }
}

impl JsonSchema for GroupKey {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "GroupKey".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        opened(json_schema!({ "type": ["string", "object"], "x-advice": "group_key" }))
    }
}

/// Whether a policy is in force. Deleting one archives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the names say it all")]
pub enum PolicyStatus {
    Active,
    Archived,
}

/// What stays as it was created, with the way around.
fn check_fixed(name: &str, is_given: bool) -> Result<(), Problem> {
    if is_given {
        let rule = "cannot change: delete the policy and create another";
        return Err(Problem::rule(name, rule));
    }
    Ok(())
}

/// A fresh policy.
#[answer]
pub struct NewPolicy {
    pub id: Option<String>,
}
