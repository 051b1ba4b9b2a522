//! The settings, as flags with environment variables.

mod auth;
mod confirm;
mod drain;
mod duration;
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

use clap::{Args, ValueEnum};
use portkey_client::BaseUrl;
use portkey_engine::{
    audit,
    catalog::Selection,
    secrets::{Destination, Source},
};

use super::DEFAULT_PROFILE;
use crate::catalog;

pub(crate) use auth::{AuthKind, AuthSettings, PublicUrl, is_local, is_protected};
pub(crate) use confirm::ConfirmSettings;
pub(crate) use drain::DrainSettings;
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
pub(super) const LIVE: [&str; 17] = [
    "allow",
    "base-url",
    "confirm",
    "deny",
    "effects",
    "gateway-url",
    "known-apps",
    "known-envs",
    "max-retries",
    "only-workspaces",
    "profile",
    "quota-deletes",
    "quota-keys",
    "read-only",
    "secret-sources",
    "timeout",
    "toolsets",
];

/// Where settings are that stand in neither flags nor the environment. It is no setting itself, and not global, because
/// tools have an argument of this name.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct FileSetting {
    /// Read settings, profiles and grants from this TOML file; flags and the environment win over it.
    #[arg(
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
    /// Work on the embedded sandbox: no account, no network, made-up data. It is gone when the program ends, unless a
    /// file is named that keeps it: `--sandbox=demo.db`.
    #[arg(long, env = "PORTKEY_SANDBOX", global = true, num_args = 0..=1, value_name = "FILE", require_equals = true,
          default_value = "false", default_missing_value = "true", hide_default_value = true)]
    pub(crate) sandbox: SandboxSetting,

    /// Portkey's control plane.
    #[arg(
        long,
        env = "PORTKEY_BASE_URL",
        global = true,
        value_name = "URL",
        default_value = "https://api.portkey.ai/v1"
    )]
    pub(crate) base_url: BaseUrl,

    /// Portkey's gateway, where it has another address than the control plane (self-hosted).
    #[arg(long, env = "PORTKEY_GATEWAY_URL", global = true, value_name = "URL")]
    pub(crate) gateway_url: Option<BaseUrl>,

    /// Which profile of the configuration file is meant: another organisation, or another key.
    #[arg(
        long,
        env = "PORTKEY_MCP_PROFILE",
        global = true,
        value_name = "NAME",
        default_value = DEFAULT_PROFILE
    )]
    pub(crate) profile: String,

    /// Which tools are offered: `default`, `essentials`, `all`, domains and tools by name; `-NAME` leaves out.
    #[arg(
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

    /// Where newly made secrets go: `inline` into the answer, `mask` nowhere, `file:PATH`, `keyring` the system's, or
    /// `exec:COMMAND` to a program of yours, which gets JSON on its standard input.
    /// Left out: a file only you can read, in your data directory; over HTTP `mask`.
    #[arg(
        long,
        env = "PORTKEY_SECRETS",
        global = true,
        value_name = "inline|mask|file:PATH|keyring|exec:COMMAND"
    )]
    pub(crate) secrets: Option<Destination>,

    /// Where arguments may take secrets from by reference, such as `env:OPENAI_*` or `file:/run/secrets/*`; nowhere,
    /// when left out.
    #[arg(
        long,
        env = "PORTKEY_MCP_SECRET_SOURCES",
        global = true,
        value_name = "env:NAME|file:PATH,…",
        value_delimiter = ','
    )]
    pub(crate) secret_sources: Vec<Source>,

    /// Where every call is written down: `off`, `log` among the logs, or `file:PATH` or `journal`, its database, where
    /// each line is chained to the one before it. Left out: with the journal, if that is `postgres://…`; else a file only
    /// you can read, in your data directory; over HTTP and on the sandbox `log`.
    #[arg(
        long,
        env = "PORTKEY_MCP_AUDIT",
        global = true,
        value_name = "off|log|file:PATH|journal"
    )]
    pub(crate) audit: Option<audit::Destination>,

    /// Who must agree before something is destroyed.
    #[command(flatten)]
    pub(crate) confirm: ConfirmSettings,

    /// When answers carry `structuredContent` beside text: for tools that declare an output schema, always or never.
    #[arg(
        long,
        env = "PORTKEY_STRUCTURED",
        global = true,
        value_enum,
        default_value_t
    )]
    pub(crate) structured: Structured,

    /// Seconds a call may take in all, repeats included.
    #[arg(long, env = "PORTKEY_TIMEOUT", global = true, value_name = "SECONDS", default_value = "60",
          value_parser = seconds)]
    pub(crate) timeout: Duration,

    /// How often a failed request is repeated, where repeating is safe.
    #[arg(long, env = "PORTKEY_MAX_RETRIES", global = true, value_name = "N", default_value_t = 4,
          value_parser = clap::value_parser!(u32).range(0..=20))]
    pub(crate) max_retries: u32,

    /// The apps that `validate_completion_metadata` knows; any, when left out.
    #[arg(
        long,
        env = "PORTKEY_KNOWN_APPS",
        global = true,
        value_name = "NAME,…",
        value_delimiter = ','
    )]
    pub(crate) known_apps: Vec<String>,

    /// The environments that `validate_completion_metadata` knows; any, when left out.
    #[arg(
        long,
        env = "PORTKEY_KNOWN_ENVS",
        global = true,
        value_name = "NAME,…",
        value_delimiter = ','
    )]
    pub(crate) known_envs: Vec<String>,

    /// What is logged to standard error, such as `info` or `portkey_client=debug`.
    #[arg(
        long,
        env = "PORTKEY_LOG",
        global = true,
        value_name = "FILTER",
        default_value = "warn"
    )]
    pub(crate) log: String,

    /// How it is written: as lines for people, or as JSON objects for collectors.
    #[arg(
        long,
        env = "PORTKEY_LOG_FORMAT",
        global = true,
        value_enum,
        default_value_t
    )]
    pub(crate) log_format: LogFormat,

    /// How clients reach the server.
    #[arg(long, env = "MCP_TRANSPORT", value_enum, default_value_t)]
    pub(crate) transport: TransportKind,

    /// What may be done.
    #[command(flatten)]
    pub(crate) policy: PolicySettings,
    /// Where changes are written down.
    #[command(flatten)]
    pub(crate) journal: JournalSettings,

    /// What Portkey is spared.
    #[command(flatten)]
    pub(crate) upstream: UpstreamSettings,

    /// Where traces go.
    #[command(flatten)]
    pub(crate) telemetry: TelemetrySettings,

    /// How the server ends.
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
