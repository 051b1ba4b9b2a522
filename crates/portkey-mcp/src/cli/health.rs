//! `portkey-mcp health`: asks a server whether it is alive, for container images without other programs.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use clap::Args;
use reqwest::{Client, StatusCode};

use crate::config::HttpSettings;

/// How long the server may take; less than orchestrators wait.
const PATIENCE: Duration = Duration::from_secs(3);

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The server, such as `http://127.0.0.1:3000`. Left out: the one that the same environment would start.
    #[arg(long, value_name = "URL")]
    url: Option<String>,

    #[command(flatten)]
    http: HttpSettings,
}

/// Why a server is not healthy.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HealthFailure {
    #[error("no answer")]
    Silent(#[from] reqwest::Error),
    #[error("{url} answers {status}")]
    Answered { url: String, status: StatusCode },
}

pub(super) async fn run(arguments: &Arguments) -> Result<(), HealthFailure> {
    let origin = match &arguments.url {
        Some(url) => url.trim_end_matches('/').to_owned(),
        None => origin(&arguments.http),
    };
    let url = format!("{origin}/health");
    portkey_client::ensure_crypto_provider();
    let client = Client::builder()
        .no_proxy()
        .tls_certs_only([])
        .timeout(PATIENCE)
        // Only the answer matters: the certificate is for the server's public name, not for this address.
        .tls_danger_accept_invalid_certs(true)
        .build()?;
    let status = client.get(&url).send().await?.status();
    if status.is_success() {
        Ok(())
    } else {
        Err(HealthFailure::Answered { url, status })
    }
}

fn origin(http: &HttpSettings) -> String {
    let scheme = if http.tls.is_on() { "https" } else { "http" };
    let address: IpAddr = match http.bind {
        IpAddr::V4(address) if address.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(address) if address.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        address => address,
    };
    format!("{scheme}://{}", SocketAddr::new(address, http.port))
}
