//! Other shapes of answers, in which Portkey has been observed or is documented to answer.

use portkey_api::{
    Declared,
    api_keys::{GetApiKey, ListApiKeys},
    configs::{CreateConfig, GetConfig, ListConfigVersions, UpdateConfig},
    integrations::ListIntegrationWorkspaces,
    prompt_partials::{ListPartialVersions, ListPromptPartials},
    prompts::ListPromptVersions,
    providers::{GetProvider, ListProviders},
    virtual_keys::{GetVirtualKey, ListVirtualKeys},
    workspaces::{GetWorkspace, ListWorkspaces},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{answer::Answer, refusal::Refusal};

/// A shape of answers other than the usual one. Where sources differ, the live API's shape is the usual one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Shape {
    /// Creating and updating a config answers without `{success, data}` around it.
    FlatConfigs,
    /// `config` is an object rather than JSON in text.
    ConfigObjects,
    /// Versions of prompts, partials and their versions come as lists without an envelope.
    BareLists,
    /// `usage_limits` is a list where it is an object, and the other way round.
    SwappedUsageLimits,
    /// `rate_limits` is an object where it is a list of one.
    RateLimitObjects,
    /// Missing objects are answered with 403 AB03 instead of 404 AB08.
    ForbiddenForMissing,
}

impl Shape {
    pub(crate) fn name(self) -> String {
        let name = serde_json::to_value(self);
        name.map_or(String::new(), |name| {
            format!("shape={}", name.as_str().unwrap_or_default())
        })
    }

    /// The outcome of an operation in this shape, with a header that names the shape if it changed anything.
    pub(crate) fn of(
        self,
        operation: &str,
        outcome: Result<Answer, Refusal>,
    ) -> Result<Answer, Refusal> {
        match outcome {
            Ok(answer) => Ok(self.of_answer(operation, answer)),
            Err(refusal) if self == Self::ForbiddenForMissing => Err(refusal.hiding_absence()),
            Err(refusal) => Err(refusal),
        }
    }

    fn of_answer(self, operation: &str, mut answer: Answer) -> Answer {
        let Some(body) = answer.json_mut().filter(|_| self.concerns(operation)) else {
            return answer;
        };
        let usual = body.clone();
        match self {
            Self::FlatConfigs | Self::BareLists => unwrap(body),
            Self::ConfigObjects => each(body, "config", |text| {
                text.as_str()
                    .and_then(|text| serde_json::from_str(text).ok())
            }),
            Self::SwappedUsageLimits => each(body, "usage_limits", |limits| match limits {
                Value::Object(_) => Some(Value::Array(vec![limits.clone()])),
                _ => only(limits),
            }),
            Self::RateLimitObjects => each(body, "rate_limits", only),
            Self::ForbiddenForMissing => {}
        }
        let changed = *body != usual;
        if changed {
            answer.naming_fault(&self.name())
        } else {
            answer
        }
    }

    /// Whether this operation is known to answer in both shapes.
    fn concerns(self, operation: &str) -> bool {
        let operations: &[&str] = match self {
            Self::FlatConfigs => &[CreateConfig::NAME, UpdateConfig::NAME],
            Self::ConfigObjects => &[GetConfig::NAME, ListConfigVersions::NAME],
            Self::BareLists => &[
                ListPromptVersions::NAME,
                ListPromptPartials::NAME,
                ListPartialVersions::NAME,
            ],
            Self::SwappedUsageLimits => &[
                ListApiKeys::NAME,
                GetApiKey::NAME,
                ListProviders::NAME,
                GetProvider::NAME,
                ListVirtualKeys::NAME,
                GetVirtualKey::NAME,
                ListWorkspaces::NAME,
                GetWorkspace::NAME,
                ListIntegrationWorkspaces::NAME,
            ],
            Self::RateLimitObjects => &[
                ListProviders::NAME,
                GetProvider::NAME,
                ListVirtualKeys::NAME,
                GetVirtualKey::NAME,
            ],
            Self::ForbiddenForMissing => &[],
        };
        operations.contains(&operation)
    }
}

fn unwrap(body: &mut Value) {
    if let Some(data) = body.get_mut("data") {
        *body = data.take();
    }
}

/// Changes a member of the answer itself, or of the entries it lists.
fn each(body: &mut Value, name: &str, other: impl Fn(&Value) -> Option<Value>) {
    let change = |thing: &mut Value| {
        if let Some(member) = thing.get_mut(name)
            && let Some(other) = other(member)
        {
            *member = other;
        }
    };
    change(body);
    for list in ["data", "workspaces"] {
        let entries = body.get_mut(list).and_then(Value::as_array_mut);
        entries.into_iter().flatten().for_each(change);
    }
}

fn only(list: &Value) -> Option<Value> {
    match list.as_array()?.as_slice() {
        [only] => Some(only.clone()),
        _ => None,
    }
}
