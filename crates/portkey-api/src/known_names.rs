//! Names that the API gives a meaning and takes as text: scopes of keys and AI providers. The vendor has more of them every
//! month, so an unknown one is noted and passed on.

use std::borrow::Cow;

use portkey_api_core::{Path, Problem, Problems, Reason, nearest, shortened};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::Value;

macro_rules! name {
    ($(#[doc = $doc:literal])+ $name:ident: $mark:literal, such as $example:literal) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "x-advice": $mark, "x-example": $example })
            }
        }
    };
}

name! {
    /// What a key may do, such as `logs.view`.
    KeyScope: "scope", such as "logs.view"
}

name! {
    /// A company or program that runs models, as Portkey calls it.
    AiProvider: "ai_provider", such as "openai"
}

/// AI providers by the names that the API and the gateway give them.
pub const AI_PROVIDERS: &[&str] = &[
    "ai21",
    "ai-badgr",
    "anthropic",
    "anyscale",
    "azure-ai",
    "azure-openai",
    "bedrock",
    "bytez",
    "cerebras",
    "cohere",
    "cortex",
    "dashscope",
    "databricks",
    "deepbricks",
    "deepgram",
    "deepinfra",
    "deepseek",
    "featherless-ai",
    "fireworks-ai",
    "github",
    "google",
    "groq",
    "huggingface",
    "hyperbolic",
    "inference-net",
    "jina",
    "kluster-ai",
    "krutrim",
    "lambda",
    "lemonfox-ai",
    "lepton",
    "lingyi",
    "meshy",
    "mistral-ai",
    "modal",
    "monsterapi",
    "moonshot",
    "ncompass",
    "nebius",
    "nextbit",
    "nomic",
    "novita-ai",
    "nscale",
    "ollama",
    "openai",
    "openrouter",
    "oracle",
    "ovhcloud",
    "palm",
    "perplexity-ai",
    "predibase",
    "qdrant",
    "recraft-ai",
    "reka-ai",
    "replicate",
    "sagemaker",
    "sambanova",
    "segmind",
    "siliconflow",
    "stability-ai",
    "together-ai",
    "triton",
    "tripo3d",
    "upstage",
    "vertex-ai",
    "voyage",
    "workers-ai",
    "x-ai",
    "zhipu",
];

/// Those in the workspace are called `@slug`, and are not ours to know.
pub(crate) fn advise_on_provider(provider: &mut Value, path: &Path<'_>, problems: &mut Problems) {
    let is_unknown = |name: &&str| !name.starts_with('@') && !AI_PROVIDERS.contains(name);
    if let Some(name) = provider.as_str().filter(is_unknown) {
        problems.note(|| {
            let nearest = nearest(name, AI_PROVIDERS.iter().copied());
            Problem::rule(
                path,
                unknown("AI provider", name, nearest, "list_ai_providers"),
            )
        });
    }
}

/// Notes the members of a free object that are not known here.
pub(crate) fn advise_on_members(
    object: Option<&Value>,
    known: &'static [&'static str],
    path: &Path<'_>,
    problems: &mut Problems,
) {
    let members = object.and_then(Value::as_object).into_iter().flatten();
    for (name, _) in members.filter(|(name, _)| !known.contains(&name.as_str())) {
        problems.report(true, || {
            let reason = Reason::Unknown {
                nearest: nearest(name, known.iter().copied()).map(str::to_owned),
                known: known.iter().map(|name| (*name).to_owned()).collect(),
            };
            Problem::new(path.member(&shortened(name)), reason)
        });
    }
}

/// What is said of a name that the vendor may know and we do not.
pub(crate) fn unknown(what: &str, name: &str, nearest: Option<&str>, listing: &str) -> String {
    let advice = match nearest {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => format!("`{listing}` lists those that are"),
    };
    let name = shortened(name);
    format!("`{name}` is no {what} known here and passed on as it is; {advice}")
}
