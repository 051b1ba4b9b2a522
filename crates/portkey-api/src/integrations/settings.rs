//! What a provider needs besides its key: where it is, and credentials that are more than a key.

use std::borrow::Cow;

use portkey_api_core::{Check, Path, Problem, Problems, Secret, arguments, secret_members};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Value, json};

use crate::known_names::advise_on_members;

/// The settings of the commonest providers; what they have no place for goes into `configurations`.
#[arguments]
#[derive(Default)]
pub struct ProviderSettings {
    /// All provider settings, such as `{"openai_project": "p"}`, instead of those below.
    #[body("configurations")]
    pub configurations: Option<Settings>,
    /// Azure.
    #[body("configurations")]
    #[alias("azure_resource_name")]
    #[excludes(configurations)]
    pub resource_name: Option<AzureResource>,
    /// Azure.
    #[body("configurations.azure_deployment_config.0.azure_deployment_name")]
    #[alias("azure_deployment_name")]
    #[excludes(configurations)]
    pub deployment_name: Option<String>,
    /// Azure.
    #[body("configurations.azure_deployment_config.0.azure_api_version")]
    #[alias("azure_api_version")]
    #[excludes(configurations)]
    pub api_version: Option<String>,
    /// Azure: the model deployed.
    #[body("configurations.azure_deployment_config.0.azure_model_slug")]
    #[alias("azure_model_slug")]
    #[excludes(configurations)]
    pub model_slug: Option<String>,
    /// Bedrock, with access keys.
    #[body("configurations")]
    #[excludes(configurations)]
    pub aws_region: Option<AwsRegion>,
    /// Bedrock.
    #[body("configurations.aws_access_key_id")]
    #[excludes(configurations)]
    pub aws_access_key_id: Option<Secret>,
    /// Bedrock.
    #[body("configurations.aws_secret_access_key")]
    #[excludes(configurations)]
    pub aws_secret_access_key: Option<Secret>,
    /// Vertex AI.
    #[body("configurations")]
    #[excludes(configurations)]
    pub vertex_region: Option<VertexRegion>,
    /// Vertex AI.
    #[body("configurations.vertex_project_id")]
    #[excludes(configurations)]
    pub vertex_project_id: Option<String>,
    /// Base URL of a compatible API.
    #[body("configurations.custom_host")]
    #[excludes(configurations)]
    pub custom_host: Option<String>,
}

impl ProviderSettings {
    /// What is given of the settings that make one provider together.
    fn groups(&self) -> [Vec<(&'static str, bool)>; 5] {
        [
            vec![("configurations", self.configurations.is_some())],
            vec![
                ("resource_name", self.resource_name.is_some()),
                ("deployment_name", self.deployment_name.is_some()),
                ("api_version", self.api_version.is_some()),
                ("model_slug", self.model_slug.is_some()),
            ],
            vec![
                ("aws_region", self.aws_region.is_some()),
                ("aws_access_key_id", self.aws_access_key_id.is_some()),
                (
                    "aws_secret_access_key",
                    self.aws_secret_access_key.is_some(),
                ),
            ],
            vec![
                ("vertex_region", self.vertex_region.is_some()),
                ("vertex_project_id", self.vertex_project_id.is_some()),
            ],
            vec![("custom_host", self.custom_host.is_some())],
        ]
    }
}

impl Check for ProviderSettings {
    fn check(&self) -> Result<(), Problem> {
        let groups = self.groups();
        let mut given = groups
            .iter()
            .filter_map(|group| Some((group, group.iter().find(|(_, is_given)| *is_given)?.0)));
        let Some((_, name)) = given.next() else {
            return Ok(());
        };
        if let Some((_, other)) = given.next() {
            let rule = format!(
                "does not go with `{name}`: give the settings of one provider, or all of them in `configurations`"
            );
            return Err(Problem::rule(other, rule));
        }
        Ok(())
    }
}

/// What is usually given together of the settings that have arguments of their own.
const TOGETHER: [&[&str]; 3] = [
    &[
        "resource_name",
        "deployment_name",
        "api_version",
        "model_slug",
    ],
    &["aws_region", "aws_access_key_id", "aws_secret_access_key"],
    &["vertex_region", "vertex_project_id"],
];

/// The settings of providers that the API is known to take. The vendor adds some with each provider.
const SETTINGS: &[&str] = &[
    "amzn_sagemaker_custom_attributes",
    "amzn_sagemaker_enable_explanations",
    "amzn_sagemaker_inference_component",
    "amzn_sagemaker_inference_id",
    "amzn_sagemaker_model_name",
    "amzn_sagemaker_session_id",
    "amzn_sagemaker_target_container_hostname",
    "amzn_sagemaker_target_model",
    "amzn_sagemaker_target_variant",
    "anthropic_inspect_stream_for_overloaded_error",
    "aws_access_key_id",
    "aws_auth_type",
    "aws_external_id",
    "aws_region",
    "aws_role_arn",
    "aws_secret_access_key",
    "azure_api_version",
    "azure_auth_mode",
    "azure_deployment_config",
    "azure_deployment_name",
    "azure_entra_client_id",
    "azure_entra_client_secret",
    "azure_entra_tenant_id",
    "azure_foundry_url",
    "azure_managed_client_id",
    "azure_resource_name",
    "custom_headers",
    "custom_host",
    "huggingface_base_url",
    "openai_organization",
    "openai_project",
    "snowflake_account",
    "vertex_auth_type",
    "vertex_project_id",
    "vertex_region",
    "vertex_service_account_json",
    "workers_ai_account_id",
];

/// Notes what is lacking beside the settings given. Portkey may know it already, or do without it.
pub(crate) fn advise(arguments: &mut Value, path: &Path<'_>, problems: &mut Problems) {
    let is_given = |name: &&&str| arguments.get(**name).is_some();
    for group in TOGETHER {
        let Some(given) = group.iter().find(is_given) else {
            continue;
        };
        for lacking in group.iter().filter(|name| !is_given(name)) {
            let rule = format!(
                "left out, though it usually goes with `{given}`; `configurations` takes other settings"
            );
            problems.note(|| Problem::rule(path.member(lacking), rule));
        }
    }
    let settings = path.member("configurations");
    advise_on_members(
        arguments.get("configurations"),
        SETTINGS,
        &settings,
        problems,
    );
    for name in ["azure_resource_name", "resource_name"] {
        if let Some(resource) = arguments
            .get_mut("configurations")
            .and_then(|c| c.get_mut(name))
        {
            advise_on_resource(resource, &settings.member(name), problems);
        }
    }
}

/// People paste the endpoint, of which Azure's name of the resource is a part.
pub(crate) fn advise_on_resource(resource: &mut Value, path: &Path<'_>, problems: &mut Problems) {
    let Some(text) = resource.as_str() else {
        return;
    };
    if text.contains("://") || text.contains(".azure.com") {
        let host = text.split_once("://").map_or(text, |(_, rest)| rest);
        let name: String = host
            .chars()
            .take_while(|c| c.is_ascii_alphanumeric() || *c == '-')
            .collect();
        let rule = format!(
            "is a whole address and passed on as it is; Portkey wants the name alone, such as `{name}`"
        );
        problems.note(|| Problem::rule(path, rule));
    }
}

/// Declares a setting that brings another with it, which the API wants and callers need not know.
macro_rules! setting {
    ($($name:ident: $member:literal, $with:literal: $value:literal $(, $advice:literal)?;)*) => {$(
        #[doc = concat!("`", $member, "`, and `", $with, "` with it.")]
        #[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                json!({ $with: $value, $member: self.0 }).serialize(serializer)
            }
        }

        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string" $(, "x-advice": $advice)? })
            }
        }
    )*};
}

setting! {
    AzureResource: "azure_resource_name", "azure_auth_mode": "default", "azure_resource";
    AwsRegion: "aws_region", "aws_auth_type": "accessKey";
    VertexRegion: "vertex_region", "vertex_auth_type": "basic";
}

secret_members! {
    /// Settings of a provider, as the API spells them.
    Settings: [
        "aws_access_key_id", "aws_secret_access_key", "azure_entra_client_secret", "vertex_service_account_json",
        "custom_headers", "masked_*",
    ]
}
