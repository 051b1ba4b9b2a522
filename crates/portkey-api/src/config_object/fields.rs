//! What the fields of one level of a config hold. Only the schema of these types is used.

use std::borrow::Cow;

use portkey_api_core::{JsonObject, MayReferTo, Refers as _, RefersTo, RefersToVersion};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    AiProvider, ConfigTarget,
    ids::{GuardrailId, PromptId, ProviderSlug},
};

/// The fields of a config, or of a target. Others are passed on with a note.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "its schema is all that is read")]
pub(super) struct Level {
    // Routing.
    strategy: Option<Strategy>,
    #[schemars(length(min = 1))]
    targets: Option<Vec<ConfigTarget>>,
    name: Option<String>,
    #[schemars(range(min = 0))]
    weight: Option<f64>,
    // Where requests go.
    #[schemars(extend("x-may-refer" = ProviderSlug::KIND))]
    provider: Option<AiProvider>,
    virtual_key: Option<RefersTo<ProviderSlug>>,
    api_key: Option<String>,
    custom_host: Option<String>,
    prompt_id: Option<RefersToVersion<PromptId>>,
    // What happens on the way.
    cache: Option<Cache>,
    retry: Option<Retry>,
    cb_config: Option<CircuitBreaker>,
    #[schemars(range(min = 1))]
    request_timeout: Option<u64>,
    on_status_codes: Option<Vec<u16>>,
    passthrough: Option<bool>,
    forward_headers: Option<Vec<String>>,
    strict_open_ai_compliance: Option<bool>,
    fetch_integrated_models: Option<bool>,
    // What requests say.
    default_params: Option<Parameters>,
    override_params: Option<Parameters>,
    drop_params: Option<Vec<String>>,
    metadata: Option<JsonObject>,
    // Who looks at them.
    input_guardrails: Option<Vec<Guardrail>>,
    output_guardrails: Option<Vec<Guardrail>>,
    before_request_hooks: Option<Vec<Hook>>,
    after_request_hooks: Option<Vec<Hook>>,
    #[serde(rename = "inputMutators")]
    input_mutators: Option<Vec<Value>>,
    #[serde(rename = "outputMutators")]
    output_mutators: Option<Vec<Value>>,
    allow_subdomain: Option<bool>,
    // Providers' own settings.
    #[serde(rename = "Authorization")]
    authorization: Option<String>,
    anthropic_beta: Option<String>,
    anthropic_version: Option<String>,
    api_version: Option<String>,
    aws_access_key_id: Option<String>,
    aws_auth_type: Option<String>,
    aws_external_id: Option<String>,
    aws_region: Option<String>,
    aws_role_arn: Option<String>,
    aws_secret_access_key: Option<String>,
    aws_session_token: Option<String>,
    azure_api_version: Option<String>,
    azure_auth_mode: Option<String>,
    azure_deployment_id: Option<String>,
    azure_deployment_name: Option<String>,
    azure_deployment_type: Option<AzureHosting>,
    azure_endpoint_name: Option<String>,
    azure_entra_client_id: Option<String>,
    azure_entra_client_secret: Option<String>,
    azure_entra_scope: Option<String>,
    azure_entra_tenant_id: Option<String>,
    azure_extra_params: Option<String>,
    azure_foundry_url: Option<String>,
    azure_managed_client_id: Option<String>,
    azure_model_name: Option<String>,
    azure_region: Option<String>,
    azure_resource_name: Option<String>,
    deployment_id: Option<String>,
    deployments: Option<Vec<AzureModel>>,
    openai_organization: Option<String>,
    openai_project: Option<String>,
    resource_name: Option<String>,
    vertex_project_id: Option<String>,
    vertex_region: Option<String>,
    vertex_service_account_json: Option<JsonObject>,
}

#[derive(Deserialize, JsonSchema)]
#[expect(dead_code, reason = "its schema is all that is read")]
struct Strategy {
    mode: Mode,
    #[schemars(length(min = 1))]
    conditions: Option<Vec<Condition>>,
    default: Option<String>,
    on_status_codes: Option<Vec<u16>>,
    cb_config: Option<CircuitBreaker>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Mode {
    Single,
    Loadbalance,
    Fallback,
    Conditional,
}

#[derive(Deserialize, JsonSchema)]
#[expect(dead_code, reason = "its schema is all that is read")]
struct Condition {
    query: JsonObject,
    then: String,
}

/// What goes to the model, of which one part says which provider it is at.
#[derive(Deserialize, JsonSchema)]
#[expect(dead_code, reason = "its schema is all that is read")]
struct Parameters {
    model: Option<MayReferTo<ProviderSlug>>,
}

#[derive(Deserialize, JsonSchema)]
#[expect(dead_code, reason = "its schema is all that is read")]
struct Cache {
    mode: CacheMode,
    max_age: Option<u64>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum CacheMode {
    Simple,
    Semantic,
}

#[derive(Deserialize, JsonSchema)]
#[expect(dead_code, reason = "its schema is all that is read")]
struct Retry {
    attempts: u32,
    on_status_codes: Option<Vec<u16>>,
    use_retry_after_headers: Option<bool>,
}

#[derive(Deserialize, JsonSchema)]
#[expect(dead_code, reason = "its schema is all that is read")]
struct CircuitBreaker {
    #[schemars(range(min = 1))]
    failure_threshold: Option<f64>,
    #[schemars(range(min = 0, max = 100))]
    failure_threshold_percentage: Option<f64>,
    minimum_requests: Option<u64>,
    /// Milliseconds.
    #[schemars(range(min = 30_000))]
    cooldown_interval: Option<f64>,
    failure_status_codes: Option<Vec<u16>>,
}

/// The id of a guardrail, or one written out in place.
#[derive(Deserialize)]
struct Guardrail(#[expect(dead_code, reason = "its schema is all that is read")] Value);

impl JsonSchema for Guardrail {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Guardrail".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = RefersTo::<GuardrailId>::json_schema(generator);
        let id = schema.clone().to_value();
        schema.insert("type".to_owned(), json!(["string", "object"]));
        schema.insert("properties".to_owned(), json!({ "id": id }));
        schema
    }
}

#[derive(Deserialize, JsonSchema)]
#[expect(dead_code, reason = "its schema is all that is read")]
struct Hook {
    id: Option<RefersTo<GuardrailId>>,
    r#type: Option<String>,
    deny: Option<bool>,
    r#async: Option<bool>,
    sequential: Option<bool>,
    on_fail: Option<JsonObject>,
    on_success: Option<JsonObject>,
    checks: Option<Vec<HookCheck>>,
}

#[derive(Deserialize, JsonSchema)]
#[schemars(extend("x-advice" = "guardrail_check"))]
#[expect(dead_code, reason = "its schema is all that is read")]
struct HookCheck {
    id: Option<String>,
    parameters: Option<JsonObject>,
    is_enabled: Option<bool>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum AzureHosting {
    Serverless,
    Managed,
}

#[derive(Deserialize, JsonSchema)]
#[expect(dead_code, reason = "its schema is all that is read")]
struct AzureModel {
    deployment_id: Option<String>,
    alias: Option<String>,
    api_version: Option<String>,
    is_default: Option<bool>,
}
