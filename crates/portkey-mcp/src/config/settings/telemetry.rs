//! Settings of traces.

use std::str::FromStr;

use clap::{Args, ValueEnum, builder::BoolishValueParser};
use http::{HeaderName, HeaderValue};
use percent_encoding::percent_decode_str;
use url::Url;

use super::heading;

/// Traces. The variables are those of every program that speaks OpenTelemetry.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = heading::OBSERVABILITY)]
pub(crate) struct TelemetrySettings {
    /// Address of an OpenTelemetry collector that takes OTLP over HTTP, such as `http://localhost:4318`; `/v1/traces`
    /// is appended. Left out: no traces.
    #[arg(
        long,
        env = "OTEL_EXPORTER_OTLP_ENDPOINT",
        global = true,
        value_name = "URL"
    )]
    pub(crate) otlp_endpoint: Option<OtlpEndpoint>,

    /// Address of a collector of traces alone, used as it is: `http://localhost:4318/v1/traces`.
    #[arg(
        long,
        env = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
        global = true,
        value_name = "URL"
    )]
    pub(crate) otlp_traces_endpoint: Option<OtlpEndpoint>,

    /// Whether traces are sent to a collector.
    #[arg(
        long,
        env = "OTEL_TRACES_EXPORTER",
        global = true,
        value_enum,
        default_value_t
    )]
    pub(crate) traces_exporter: TracesExporter,

    /// Send no traces to a collector, whatever else is set.
    #[arg(long, env = "OTEL_SDK_DISABLED", global = true, value_parser = BoolishValueParser::new(), num_args = 0..=1,
          require_equals = true, default_value = "false", default_missing_value = "true", hide_default_value = true)]
    pub(crate) otel_sdk_disabled: bool,

    /// Protocol of the collector. There is one; any other stops the program at the start.
    #[arg(
        long,
        env = "OTEL_EXPORTER_OTLP_PROTOCOL",
        global = true,
        value_enum,
        default_value_t
    )]
    pub(crate) otlp_protocol: OtlpProtocol,

    /// Headers for the collector, such as its key: `authorization=Basic%20…`, percent-encoded.
    #[arg(
        long,
        env = "OTEL_EXPORTER_OTLP_HEADERS",
        global = true,
        value_name = "NAME=VALUE,…",
        hide_env_values = true
    )]
    pub(crate) otlp_headers: Option<CollectorHeaders>,

    /// Name of this server in traces.
    #[arg(
        long,
        env = "OTEL_SERVICE_NAME",
        global = true,
        value_name = "NAME",
        default_value = "portkey-mcp"
    )]
    pub(crate) service_name: String,

    /// Further attributes of this server in traces: `deployment.environment.name=test`, percent-encoded.
    #[arg(
        long,
        env = "OTEL_RESOURCE_ATTRIBUTES",
        global = true,
        value_name = "NAME=VALUE,…"
    )]
    pub(crate) resource_attributes: Option<ResourceAttributes>,

    /// Which requests are traced. The `parentbased_…` samplers follow the client's decision, if it sends one.
    #[arg(
        long,
        env = "OTEL_TRACES_SAMPLER",
        global = true,
        value_enum,
        default_value_t
    )]
    pub(crate) traces_sampler: TracesSampler,

    /// Share of traces that the `…traceidratio` samplers keep, from 0 to 1.
    #[arg(long, env = "OTEL_TRACES_SAMPLER_ARG", global = true, value_name = "SHARE", default_value_t = 1.0,
          value_parser = share)]
    pub(crate) traces_sampler_arg: f64,
}

impl TelemetrySettings {
    /// The address that traces are sent to; `None` if none are.
    pub(crate) fn traces_url(&self) -> Option<Url> {
        if self.otel_sdk_disabled || self.traces_exporter == TracesExporter::None {
            return None;
        }
        let Some(OtlpEndpoint(Some(own))) = &self.otlp_traces_endpoint else {
            return self.otlp_endpoint.as_ref()?.joined("v1/traces");
        };
        Some(own.clone())
    }
}

/// The address of a collector; `None` for an empty variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OtlpEndpoint(Option<Url>);

impl OtlpEndpoint {
    fn joined(&self, path: &str) -> Option<Url> {
        let mut url = self.0.clone()?;
        let base = url.path().trim_end_matches('/').to_owned();
        url.set_path(&format!("{base}/{path}"));
        Some(url)
    }
}

/// Why a setting of traces cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidTelemetry {
    #[error("expected the address of a collector, such as http://localhost:4318")]
    Endpoint,
    #[error("expected NAME=VALUE with the name and the value of a header, percent-encoded")]
    Header,
    #[error("expected NAME=VALUE")]
    Attribute,
}

impl FromStr for OtlpEndpoint {
    type Err = InvalidTelemetry;

    fn from_str(text: &str) -> Result<Self, InvalidTelemetry> {
        if text.trim().is_empty() {
            return Ok(Self(None));
        }
        let url = Url::parse(text.trim()).ok();
        let url = url.filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        url.map(|url| Self(Some(url)))
            .ok_or(InvalidTelemetry::Endpoint)
    }
}

/// Where traces are sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum TracesExporter {
    /// To a collector.
    #[default]
    Otlp,
    /// Not at all.
    None,
}

/// The protocol of the collector. gRPC would double the dependencies of the program, so HTTP is the only one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum OtlpProtocol {
    /// Protocol buffers over HTTP.
    #[default]
    #[value(name = "http/protobuf")]
    HttpProtobuf,
}

/// Headers for the collector. `Debug` does not show their values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CollectorHeaders(Vec<(HeaderName, HeaderValue)>);

impl CollectorHeaders {
    pub(crate) fn iter(&self) -> impl Iterator<Item = &(HeaderName, HeaderValue)> {
        self.0.iter()
    }
}

impl FromStr for CollectorHeaders {
    type Err = InvalidTelemetry;

    fn from_str(text: &str) -> Result<Self, InvalidTelemetry> {
        let headers = members(text).map(|member| {
            let (name, value) = pair(member)?;
            let mut value: HeaderValue = value.parse().ok()?;
            value.set_sensitive(true);
            Some((name.parse().ok()?, value))
        });
        let headers: Option<_> = headers.collect();
        headers.map(Self).ok_or(InvalidTelemetry::Header)
    }
}

/// What traces say of this server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ResourceAttributes(Vec<(String, String)>);

impl ResourceAttributes {
    /// Name and value of each, such as `deployment.environment.name` and `production`.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &(String, String)> {
        self.0.iter()
    }
}

impl FromStr for ResourceAttributes {
    type Err = InvalidTelemetry;

    fn from_str(text: &str) -> Result<Self, InvalidTelemetry> {
        let attributes: Option<_> = members(text).map(pair).collect();
        attributes.map(Self).ok_or(InvalidTelemetry::Attribute)
    }
}

/// Which requests are traced, by the names that OpenTelemetry has for it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum TracesSampler {
    /// Every one.
    AlwaysOn,
    /// None.
    AlwaysOff,
    /// A share of them.
    #[value(name = "traceidratio")]
    TraceIdRatio,
    /// Those that the client traces, and every one of clients that do not say.
    #[default]
    #[value(name = "parentbased_always_on")]
    ParentBasedAlwaysOn,
    /// Those that the client traces.
    #[value(name = "parentbased_always_off")]
    ParentBasedAlwaysOff,
    /// Those that the client traces, and a share of those of clients that do not say.
    #[value(name = "parentbased_traceidratio")]
    ParentBasedTraceIdRatio,
}

/// The members of a list with commas; none for an empty variable.
fn members(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').filter(|member| !member.trim().is_empty())
}

fn pair(text: &str) -> Option<(String, String)> {
    let (name, value) = text.split_once('=')?;
    let decoded = |text: &str| {
        let text = percent_decode_str(text.trim()).decode_utf8();
        text.ok().map(std::borrow::Cow::into_owned)
    };
    let name = decoded(name).filter(|name| !name.is_empty())?;
    Some((name, decoded(value)?))
}

fn share(text: &str) -> Result<f64, &'static str> {
    let share = text.parse().ok();
    share
        .filter(|share| (0.0..=1.0).contains(share))
        .ok_or("expected a number from 0 to 1")
}

#[cfg(test)]
mod tests {
    use clap::{Command, FromArgMatches as _};

    use super::*;

    fn settings(words: &[&str]) -> Result<TelemetrySettings, clap::Error> {
        let command = TelemetrySettings::augment_args(Command::new("test").no_binary_name(true));
        TelemetrySettings::from_arg_matches(&command.try_get_matches_from(words)?)
    }

    fn traces_url(words: &[&str]) -> Option<String> {
        settings(words).unwrap().traces_url().map(Into::into)
    }

    #[test]
    fn traces_go_below_the_collector_or_to_their_own_address() {
        assert_eq!(traces_url(&[]), None);
        assert_eq!(traces_url(&["--otlp-endpoint="]), None);
        let collector = "--otlp-endpoint=https://collector.example/otlp/";
        let below = "https://collector.example/otlp/v1/traces";
        assert_eq!(traces_url(&[collector]).unwrap(), below);
        assert_eq!(
            traces_url(&[collector, "--otlp-traces-endpoint="]).unwrap(),
            below
        );
        let own = "--otlp-traces-endpoint=http://tempo.example:4318/here";
        assert_eq!(
            traces_url(&[collector, own]).unwrap(),
            "http://tempo.example:4318/here"
        );
    }

    #[test]
    fn traces_can_be_turned_off_where_a_collector_is_set() {
        let collector = "--otlp-endpoint=https://collector.example";
        for off in ["--traces-exporter=none", "--otel-sdk-disabled=true"] {
            assert_eq!(traces_url(&[collector, off]), None);
        }
        for on in ["--traces-exporter=otlp", "--otel-sdk-disabled=false"] {
            assert!(traces_url(&[collector, on]).is_some());
        }
    }

    #[test]
    fn headers_are_decoded_and_not_shown() {
        let headers = "--otlp-headers=authorization=Basic%20c2VzYW1l,x-scope=a=b";
        let settings = settings(&[headers]).unwrap();
        let headers = settings.otlp_headers.clone().unwrap();
        let values: Vec<&HeaderValue> = headers.iter().map(|(_, value)| value).collect();
        assert_eq!(values, ["Basic c2VzYW1l", "a=b"]);
        assert!(!format!("{settings:?}").contains("c2VzYW1l"));
    }

    #[test]
    fn what_cannot_be_done_is_refused() {
        for word in [
            "--otlp-endpoint=localhost:4317",
            "--otlp-protocol=grpc",
            "--otlp-headers=key",
            "--resource-attributes==a",
            "--traces-sampler=jaeger_remote",
            "--traces-sampler-arg=2",
        ] {
            assert!(settings(&[word]).is_err(), "{word}");
        }
    }
}
