//! Workflows that list names which the API accepts, from the catalog. They send no request.

use portkey_api::{AI_PROVIDERS, guardrails::known_checks, scopes, workflow};
use portkey_engine::call::{CallContext, Failure, Steps};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// List the scopes of API keys
///
/// Lists the available scopes (permissions) of API keys, as `create_api_key` takes them, and what tools they let call.
/// Answered without calling Portkey.
#[workflow(-> KeyScopes, effect(read), scopes(), extended)]
pub(crate) struct ListKeyScopes {
    /// Part of the name, such as `logs`.
    pub search: Option<String>,
}

/// List the available guardrail checks
///
/// Lists the built-in checks (plugins, detectors) that a guardrail can do, with their parameters. Portkey may know
/// newer ones. Answered without calling Portkey.
#[workflow(-> GuardrailChecks, effect(read), scopes(), extended)]
pub(crate) struct ListGuardrailChecks {
    /// Part of the id, such as `pii`.
    pub search: Option<String>,
}

/// List the supported AI providers
///
/// Lists which LLM vendors Portkey supports, by the names integrations and configs use. Answered without calling
/// Portkey; your own credentials are in `list_integrations`.
#[workflow(-> AiProviders, effect(read), scopes(), extended)]
pub(crate) struct ListAiProviders {
    /// Part of the name.
    pub search: Option<String>,
}

/// Scopes.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub(crate) struct KeyScopes {
    data: Vec<KnownScope>,
}

/// A scope.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub(crate) struct KnownScope {
    name: String,
    /// The tools that ask for it, or for another instead.
    tools: Vec<String>,
}

/// Checks.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub(crate) struct GuardrailChecks {
    data: Vec<KnownCheck>,
}

/// A check.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub(crate) struct KnownCheck {
    id: String,
    /// Parameters that it usually needs; left out where nothing is known of its parameters.
    #[serde(skip_serializing_if = "Option::is_none")]
    needs: Option<Vec<String>>,
    /// Parameters that it takes besides.
    #[serde(skip_serializing_if = "Option::is_none")]
    takes: Option<Vec<String>>,
}

/// Providers.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub(crate) struct AiProviders {
    data: Vec<String>,
}

impl Steps for ListKeyScopes {
    async fn run(self, _: CallContext<'_>) -> Result<KeyScopes, Failure> {
        let wanted = wanted(self.search.as_deref());
        let scopes = scopes().iter().filter(|(name, _)| wanted(name));
        let data = scopes.map(|(name, tools)| KnownScope {
            name: (*name).to_owned(),
            tools: owned(tools),
        });
        Ok(KeyScopes {
            data: data.collect(),
        })
    }
}

impl Steps for ListGuardrailChecks {
    async fn run(self, _: CallContext<'_>) -> Result<GuardrailChecks, Failure> {
        let wanted = wanted(self.search.as_deref());
        let checks = known_checks().filter(|(id, _)| wanted(id));
        let data = checks.map(|(id, parameters)| {
            let [needs, takes] = match parameters {
                Some(parameters) => parameters.map(|names| Some(owned(&names))),
                None => [None, None],
            };
            KnownCheck {
                id: id.to_owned(),
                needs,
                takes,
            }
        });
        Ok(GuardrailChecks {
            data: data.collect(),
        })
    }
}

impl Steps for ListAiProviders {
    async fn run(self, _: CallContext<'_>) -> Result<AiProviders, Failure> {
        let wanted = wanted(self.search.as_deref());
        let names = AI_PROVIDERS.iter().copied().filter(|name| wanted(name));
        Ok(AiProviders {
            data: names.map(str::to_owned).collect(),
        })
    }
}

/// Returns a function that says whether a name contains the search text.
fn wanted(search: Option<&str>) -> impl Fn(&str) -> bool {
    let search = search.unwrap_or_default().to_lowercase();
    move |name| name.to_lowercase().contains(&search)
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}
