//! The settings, as flags with environment variables.

mod answers;
mod auth;
mod confirm;
mod drain;
mod duration;
mod edition;
mod heading;
mod http;
mod journal;
mod limits;
mod policy;
mod sandbox;
mod scaling;
mod telemetry;
mod tls;
mod upstream;

use std::{path::PathBuf, time::Duration};

use clap::{Args, ValueEnum, builder::BoolishValueParser};
use portkey_client::BaseUrl;
use portkey_engine::{
    audit,
    catalog::Selection,
    secrets::{Destination, SecretSource},
};

use schemars::JsonSchema;
use serde::Deserialize;

use super::DEFAULT_PROFILE;
use crate::catalog;

pub(crate) use answers::AnswerSettings;
pub(crate) use auth::{AuthKind, AuthSettings, PublicUrl, is_local, is_protected};
pub(crate) use confirm::ConfirmSettings;
pub(crate) use drain::DrainSettings;
pub(crate) use edition::EditionSettings;
pub(crate) use http::{AllowedHost, AllowedOrigin, HttpSettings};
pub(crate) use http::{is_address, is_loopback, is_of_this_machine, origin};
pub(crate) use journal::JournalSettings;
pub(crate) use limits::{LimitSettings, ProxyHeader};
pub(crate) use policy::PolicySettings;
pub(crate) use sandbox::SandboxSetting;
pub(crate) use scaling::ScalingSettings;
pub(crate) use telemetry::{
    CollectorHeaders, OtlpProtocol, ResourceAttributes, TelemetrySettings, TracesSampler,
};
pub(crate) use tls::TlsSettings;
pub(crate) use upstream::UpstreamSettings;

/// The settings that a running server takes over from a changed file; the others need a restart.
pub(super) const LIVE: [&str; 19] = [
    "allow",
    "base-url",
    "confirm",
    "deny",
    "effects",
    "gateway-url",
    "known-apps",
    "known-envs",
    "max-result-tokens",
    "max-retries",
    "only-workspaces",
    "profile",
    "quota-deletes",
    "quota-keys",
    "read-only",
    "result-tokens",
    "secret-sources",
    "timeout",
    "toolsets",
];

/// Where settings are that stand in neither flags nor the environment. It is no setting itself, and not global, because
/// tools have an argument of this name.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct FileSetting {
    /// Read settings, profiles and grants from this TOML file. Flags and the environment win over it.
    #[arg(
        help_heading = heading::CONNECTION,
        id = "config_file",
        long = "config",
        env = "PORTKEY_MCP_CONFIG",
        value_name = "FILE"
    )]
    pub(crate) path: Option<PathBuf>,
}

/// What an operator decides. A flag wins over its environment variable, and that over the configuration file.
#[derive(Debug, Clone, Args)]
pub(crate) struct Settings {
    /// Use the embedded sandbox: no account, no network, made-up data. The data is gone when the program ends, unless
    /// you name a file that keeps it: `--sandbox=demo.db`. A Portkey key is not used then.
    #[arg(help_heading = heading::CONNECTION, long, env = "PORTKEY_SANDBOX", global = true, num_args = 0..=1, value_name = "FILE", require_equals = true,
          default_value = "false", default_missing_value = "true", hide_default_value = true)]
    pub(crate) sandbox: SandboxSetting,

    /// Address of Portkey's control plane.
    #[arg(
        help_heading = heading::CONNECTION,
        long,
        env = "PORTKEY_BASE_URL",
        global = true,
        value_name = "URL",
        default_value = "https://api.portkey.ai/v1"
    )]
    pub(crate) base_url: BaseUrl,

    /// Address of Portkey's gateway, if it is not that of the control plane (self-hosted).
    #[arg(help_heading = heading::CONNECTION, long, env = "PORTKEY_GATEWAY_URL", global = true, value_name = "URL")]
    pub(crate) gateway_url: Option<BaseUrl>,

    /// The edition that answers at these addresses.
    #[command(flatten)]
    pub(crate) edition: EditionSettings,

    /// Profile of the configuration file to use: another organisation, or another key.
    #[arg(
        help_heading = heading::CONNECTION,
        long,
        env = "PORTKEY_MCP_PROFILE",
        global = true,
        value_name = "NAME",
        default_value = DEFAULT_PROFILE
    )]
    pub(crate) profile: String,

    /// Do not ask Portkey at the start whether it accepts the key. Left out: one request asks it while the server starts,
    /// and clients are told if it does not.
    #[arg(long, env = "PORTKEY_SKIP_KEY_CHECK", global = true, value_parser = BoolishValueParser::new(), num_args = 0..=1,
          require_equals = true, default_value = "false", default_missing_value = "true", hide_default_value = true)]
    pub(crate) skip_key_check: bool,

    /// Tools to offer: the sets `default`, `essentials`, `all`, `onboarding`, `cost`, `prompting`, `access` and `gateway`,
    /// domains and tools by name; `-NAME` leaves one out. Left out: `default` for a server that lists tools with their
    /// arguments (`--surface flat`), every tool for other surfaces and for commands.
    #[arg(
        help_heading = heading::OFFER,
        long,
        env = "PORTKEY_TOOLSETS",
        global = true,
        value_name = "NAME,…",
        allow_hyphen_values = true,
        value_parser = catalog::selection
    )]
    pub(crate) toolsets: Option<Selection>,

    /// The same by the name it has in the TypeScript server.
    #[arg(
        long,
        env = "PORTKEY_TOOL_DOMAINS",
        hide = true,
        conflicts_with = "toolsets",
        value_parser = catalog::selection
    )]
    pub(crate) tool_domains: Option<Selection>,

    /// Where new keys, invitation links and other new secrets go: `inline` into the answer, `mask` nowhere,
    /// `file:PATH`, `keyring` of the system, or `exec:COMMAND` to a program of yours, which gets JSON on its standard
    /// input. Left out: `secrets.jsonl` in your data directory, which only you can read; over HTTP `mask`.
    #[arg(
        help_heading = heading::SAFETY,
        long,
        env = "PORTKEY_SECRETS",
        global = true,
        value_name = "inline|mask|file:PATH|keyring|exec:COMMAND"
    )]
    pub(crate) secrets: Option<Destination>,

    /// Secrets that arguments may refer to, such as `env:OPENAI_*` or `file:/run/secrets/*`. Left out: none.
    #[arg(
        help_heading = heading::SAFETY,
        long,
        env = "PORTKEY_MCP_SECRET_SOURCES",
        global = true,
        value_name = "env:NAME|file:PATH,…",
        value_delimiter = ','
    )]
    pub(crate) secret_sources: Vec<SecretSource>,

    /// Where every call is recorded: `off`; `log`, among the logs; or, each entry chained to the one before it,
    /// `file:PATH` or `journal`, the database of the journal. Left out: `journal` if that is `postgres://…`; else
    /// `audit.jsonl` in your data directory, which only you can read; over HTTP and on the sandbox `log`.
    #[arg(
        help_heading = heading::RECORDS,
        long,
        env = "PORTKEY_MCP_AUDIT",
        global = true,
        value_name = "off|log|file:PATH|journal"
    )]
    pub(crate) audit: Option<audit::Destination>,

    /// Consent to destructive calls.
    #[command(flatten)]
    pub(crate) confirm: ConfirmSettings,

    /// How `tools/list` shows the tools: `flat` with their arguments, `names` with a sentence each, `compact` by a few
    /// tools that find, describe and call all others. Each reaches the same tools.
    #[arg(
        help_heading = heading::OFFER,
        long,
        env = "PORTKEY_SURFACE",
        global = true,
        value_enum,
        default_value_t
    )]
    pub(crate) surface: Surface,

    /// When answers carry `structuredContent` beside text: `always`, for tools that declare an output schema
    /// (`declared`), or `never`.
    #[arg(
        help_heading = heading::ANSWERS,
        long,
        env = "PORTKEY_STRUCTURED",
        global = true,
        value_enum,
        default_value_t
    )]
    pub(crate) structured: Structured,

    /// The size of answers.
    #[command(flatten)]
    pub(crate) answers: AnswerSettings,

    /// Seconds that a call may take in all, however many requests and repeats it makes; from 1 to 3600.
    #[arg(help_heading = heading::CONNECTION, long, env = "PORTKEY_TIMEOUT", global = true, value_name = "SECONDS", default_value = "60",
          value_parser = seconds)]
    pub(crate) timeout: Duration,

    /// How often a failed request to Portkey is repeated, if repeating it is safe; at most 20.
    #[arg(help_heading = heading::CONNECTION, long, env = "PORTKEY_MAX_RETRIES", global = true, value_name = "N", default_value_t = 4,
          value_parser = clap::value_parser!(u32).range(0..=20))]
    pub(crate) max_retries: u32,

    /// Apps that `validate_completion_metadata` accepts without a warning. Left out: any.
    #[arg(
        help_heading = heading::OFFER,
        long,
        env = "PORTKEY_KNOWN_APPS",
        global = true,
        value_name = "NAME,…",
        value_delimiter = ','
    )]
    pub(crate) known_apps: Vec<String>,

    /// Environments that `validate_completion_metadata` accepts without a warning. Left out: any.
    #[arg(
        help_heading = heading::OFFER,
        long,
        env = "PORTKEY_KNOWN_ENVS",
        global = true,
        value_name = "NAME,…",
        value_delimiter = ','
    )]
    pub(crate) known_envs: Vec<String>,

    /// What is logged to standard error, such as `info` or `portkey_client=debug`.
    #[arg(
        help_heading = heading::OBSERVABILITY,
        long,
        env = "PORTKEY_LOG",
        global = true,
        value_name = "FILTER",
        default_value = "warn"
    )]
    pub(crate) log: String,

    /// How the log is written: as lines of text for people, or as JSON objects for collectors.
    #[arg(
        help_heading = heading::OBSERVABILITY,
        long,
        env = "PORTKEY_LOG_FORMAT",
        global = true,
        value_enum,
        default_value_t
    )]
    pub(crate) log_format: LogFormat,

    /// How clients reach the server: `http` is the same as the command `http`.
    #[arg(help_heading = heading::SERVER, long, env = "MCP_TRANSPORT", value_enum, default_value_t)]
    pub(crate) transport: TransportKind,

    /// The policy for every principal.
    #[command(flatten)]
    pub(crate) policy: PolicySettings,

    /// The journal of changes.
    #[command(flatten)]
    pub(crate) journal: JournalSettings,

    /// Limits on requests to Portkey.
    #[command(flatten)]
    pub(crate) upstream: UpstreamSettings,

    /// Traces.
    #[command(flatten)]
    pub(crate) telemetry: TelemetrySettings,

    /// The server's graceful end.
    #[command(flatten)]
    pub(crate) drain: DrainSettings,
}

impl FileSetting {
    /// The id of the argument in clap, in every command that takes it.
    pub(super) const ID: &str = "config_file";
}

impl Settings {
    /// The tools that the operator selected.
    pub(crate) fn selection(&self) -> Option<&Selection> {
        self.toolsets.as_ref().or(self.tool_domains.as_ref())
    }

    /// The tools that a server offers: all of them where its list does not grow with their number.
    pub(crate) fn offered(&self) -> Selection {
        let selected = self.selection().cloned();
        selected.unwrap_or_else(|| match self.surface {
            Surface::Flat => catalog::catalog().default_selection(),
            Surface::Names | Surface::Compact | Surface::Code => catalog::catalog().all(),
        })
    }
}

/// How the tools are shown to clients. Each surface reaches the same tools.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Surface {
    /// Every tool with its description and its arguments.
    #[default]
    Flat,
    /// Every tool with its name and a sentence; `describe_tools` tells its arguments.
    Names,
    /// A few tools that find, describe and call all others.
    Compact,
    /// `search_tools` tells functions, and `run_script` runs a JavaScript program that calls them; a model reads only
    /// what that returns.
    Code,
}

/// When `structuredContent` is sent beside the text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Structured {
    /// With every successful answer.
    Always,
    /// With answers of tools that declare an output schema.
    #[default]
    Declared,
    /// Not at all, and no tool declares one.
    Never,
}

/// How the log is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// A line of text each.
    #[default]
    Text,
    /// A JSON object a line each.
    Json,
}

/// How clients reach the server.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum TransportKind {
    /// Standard input and output.
    #[default]
    Stdio,
    /// Streamable HTTP, as by `portkey-mcp http`.
    Http,
}

fn seconds(text: &str) -> Result<Duration, String> {
    match text.parse::<u64>() {
        Ok(seconds @ 1..=3600) => Ok(Duration::from_secs(seconds)),
        _ => Err("expected whole seconds from 1 to 3600".to_owned()),
    }
}
