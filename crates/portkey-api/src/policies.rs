//! Policies: limits on the requests that meet some conditions, counted apart for each group of them.

pub mod rate_limits;
pub mod usage_limits;

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use crate::{Problem, answer, id::id};

id! {
    /// Policy UUID.
    PolicyId
}

/// Which requests a policy is about: all of its conditions must hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-synonyms" = { "field": "key" }))]
pub struct Condition {
    /// Such as `api_key`, `metadata.team`, `config` or `model` (`@provider/model`).
    pub key: String,
    /// One of these; `*` is any.
    pub value: Values,
    /// But none of these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub excludes: Option<Values>,
    /// What clients of older tools send: understood where it says the same as `key` and `value`.
    #[serde(default, skip_serializing)]
    #[schemars(extend("x-hidden" = true))]
    pub operator: Option<String>,
}

/// Operators that say what a condition without one says.
const EQUALITY: [&str; 8] = ["=", "==", "eq", "$eq", "equals", "is", "in", "$in"];

/// Conditions have no operators, so only those that mean nothing else can be left out.
fn check_conditions(conditions: &[Condition]) -> Result<(), Problem> {
    for (index, condition) in conditions.iter().enumerate() {
        if let Some(operator) = &condition.operator
            && !EQUALITY.contains(&operator.to_lowercase().as_str())
        {
            let rule = "conditions have no operator: `value` lists what `key` may be (`*` for anything), `excludes` \
                        what it may not be, as in {\"key\": \"model\", \"value\": \"*\", \"excludes\": [\"@a/b\"]}";
            return Err(Problem::rule(format!("conditions[{index}].operator"), rule));
        }
    }
    Ok(())
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

/// A key by which requests are counted apart. The API wants it as an object, which is understood too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "GroupKeyForm")]
pub struct GroupKey {
    /// Such as `api_key`.
    pub key: String,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a key such as `api_key`")]
enum GroupKeyForm {
    Name(String),
    Object { key: String },
}

impl From<GroupKeyForm> for GroupKey {
    fn from(form: GroupKeyForm) -> Self {
        match form {
            GroupKeyForm::Name(key) | GroupKeyForm::Object { key } => Self { key },
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
        json_schema!({ "type": ["string", "object"] })
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
