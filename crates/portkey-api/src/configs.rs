//! Configs: how the gateway routes, retries and caches requests, kept under a slug.

use portkey_api_core::{
    Check, Done, Open, Page, Problem, RefersTo, answer, arguments, catalog, endpoint, serialised,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{ConfigObject, ConfigTarget, ids::WorkspaceId, paging::Paging};

pub use crate::ids::ConfigSlug;

catalog! { "Configs":
    ListConfigs,
    GetConfig,
    CreateConfig,
    UpdateConfig,
    DeleteConfig,
    ListConfigVersions,
}

/// List all configs
///
/// Shows all configs of a workspace: gateway configs (routing rules) with slug and status. `get_config` has their
/// content.
#[endpoint(GET "/configs" -> Page<Config>, scopes("configs.list"), essential, lists(Config, whole = GetConfig))]
pub struct ListConfigs {
    pub workspace_id: Option<WorkspaceId>,
    #[shared]
    pub paging: Paging,
}

/// Get a config
///
/// Prints what is in a config, as JSON: targets, fallbacks, retries, cache, guardrails.
#[endpoint(GET "/configs/{slug}" -> Config, scopes("configs.read"), essential, reads(Config))]
pub struct GetConfig {
    #[alias("config_id", "config_slug")]
    pub slug: ConfigSlug,
}

/// Create a new config
///
/// Makes a config that routes requests: fallback when a model or provider is down or fails, retries, load balancing. It
/// can cache answers, and split traffic by share. Give `gateway_config`, or the plain arguments.
#[endpoint(POST "/configs" -> NewConfig, scopes("configs.create"), checked, essential)]
pub struct CreateConfig {
    pub name: String,
    /// Whole gateway config, such as `{"strategy": {"mode": "fallback"}, "targets": [{"provider": "@openai"}]}`.
    #[alias("gateway_config", "configuration", "content")]
    #[schemars(extend("x-advertised" = "gateway_config"))]
    #[in_example]
    pub config: Option<ConfigObject>,
    /// For organisation keys.
    pub workspace_id: Option<WorkspaceId>,
    /// Portkey's older file of the API has it, the newer does not, and Portkey ignores it.
    #[local]
    #[hidden]
    #[schemars(extend("x-ignored" = true))]
    pub is_default: Option<bool>,
    #[shared]
    pub parts: ConfigParts,
}

impl Check for CreateConfig {
    fn check(&self) -> Result<(), Problem> {
        let has_parts = self.parts.check_beside(self.config.as_ref())?;
        if has_parts || self.config.is_some() {
            Ok(())
        } else {
            let rule = "a config needs content: give `gateway_config`, or plain arguments such as `cache_mode`";
            Err(Problem::rule("config", rule))
        }
    }
}

/// Change a config
///
/// Edits a config: switches caching on or off, adds or changes targets, weights of load balancing, retries, timeout.
/// Every key and prompt that names it follows at once.
#[endpoint(PUT "/configs/{slug}" -> Config,
    scopes("configs.update"), not_repeatable(because = "makes a version each time"), checked, fresh(GetConfig),
    essential)]
pub struct UpdateConfig {
    #[alias("config_id", "config_slug")]
    pub slug: ConfigSlug,
    pub name: Option<String>,
    pub status: Option<Open<ConfigStatus>>,
    /// Whole gateway config: what it leaves out is gone.
    #[alias("gateway_config", "configuration", "content")]
    #[schemars(extend("x-advertised" = "gateway_config"))]
    #[in_example]
    pub config: Option<ConfigObject>,
    #[shared]
    pub parts: ConfigParts,
}

impl Check for UpdateConfig {
    fn check(&self) -> Result<(), Problem> {
        self.parts.check_beside(self.config.as_ref())?;
        Ok(())
    }
}

/// Parts of a config that have arguments of their own, instead of the whole.
#[arguments]
#[derive(Default)]
pub struct ConfigParts {
    #[body("config.cache.mode")]
    #[excludes(config)]
    pub cache_mode: Option<Open<CacheMode>>,
    /// Seconds; with `cache_mode`.
    #[body("config.cache.max_age")]
    #[schemars(range(min = 1))]
    #[excludes(config)]
    pub cache_max_age: Option<u64>,
    #[body("config.retry.attempts")]
    #[schemars(range(min = 1, max = 5))]
    #[excludes(config)]
    pub retry_attempts: Option<u8>,
    /// With `retry_attempts`.
    #[body("config.retry.on_status_codes")]
    #[schemars(length(min = 1))]
    #[excludes(config)]
    pub retry_on_status_codes: Option<Vec<u32>>,
    /// With `targets`.
    #[body("config.strategy.mode")]
    #[excludes(config)]
    pub strategy_mode: Option<Open<StrategyMode>>,
    /// Such as {"provider": "@slug"}; with `strategy_mode`.
    #[body("config.targets")]
    #[schemars(length(min = 1, max = 100))]
    #[excludes(config)]
    pub targets: Option<Vec<ConfigTarget>>,
}

/// Parts that mean nothing without another.
const NEEDS: [(&str, &str); 4] = [
    ("cache_max_age", "cache_mode"),
    ("retry_on_status_codes", "retry_attempts"),
    ("strategy_mode", "targets"),
    ("targets", "strategy_mode"),
];

impl ConfigParts {
    /// Answers whether there are any, which is refused beside a whole config.
    fn check_beside(&self, whole: Option<&ConfigObject>) -> Result<bool, Problem> {
        let given = serialised(self);
        let first = given.keys().next();
        if let Some(part) = first.filter(|_| whole.is_some()) {
            let rule = "is part of a config: put it into `config`, or leave `config` out";
            return Err(Problem::rule(part, rule));
        }
        for (name, needed) in NEEDS {
            if given.contains_key(name) && !given.contains_key(needed) {
                return Err(Problem::rule(name, format!("needs `{needed}`")));
            }
        }
        Ok(first.is_some())
    }
}

/// Delete a config
///
/// Gets rid of a config for good: removes (drops) an old one that is no longer used. Refused while an API key has it as
/// its default.
#[endpoint(DELETE "/configs/{slug}" -> Done, scopes("configs.delete"),
    undo(loses = "its versions but one, and the keys that named it"))]
pub struct DeleteConfig {
    #[alias("config_id", "config_slug")]
    pub slug: ConfigSlug,
}

/// List older versions of a config
///
/// Shows the history of a config: older versions with their contents. Restore one with `update_config`.
#[endpoint(GET "/configs/{slug}/versions" -> Page<Config>, scopes("configs.read"))]
pub struct ListConfigVersions {
    #[alias("config_id", "config_slug")]
    pub slug: ConfigSlug,
}

/// For the same request, or similar ones too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CacheMode {
    /// For the same request.
    Simple,
    /// For a similar request.
    Semantic,
}

/// How requests are spread over targets; `config` has more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the names say it all")]
pub enum StrategyMode {
    Loadbalance,
    Fallback,
}

/// Whether a config is in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(description = "")]
#[allow(missing_docs, reason = "the names say it all")]
pub enum ConfigStatus {
    Active,
    Inactive,
}

/// A gateway config under a slug.
#[answer(brief(
    id,
    slug,
    name,
    workspace_id,
    is_default,
    status,
    config,
    version_id,
    last_updated_at
))]
pub struct Config {
    pub id: Option<String>,
    pub slug: Option<String>,
    pub name: Option<String>,
    pub workspace_id: Option<RefersTo<WorkspaceId>>,
    pub organisation_id: Option<String>,
    pub is_default: Option<bool>,
    pub status: Option<String>,
    /// Not in lists of configs.
    pub config: Option<ConfigObject>,
    pub version_id: Option<String>,
    pub owner_id: Option<String>,
    pub updated_by: Option<String>,
    pub created_at: Option<String>,
    pub last_updated_at: Option<String>,
}

/// A fresh config.
#[answer]
pub struct NewConfig {
    pub id: Option<String>,
    pub slug: Option<String>,
    pub version_id: Option<String>,
}
