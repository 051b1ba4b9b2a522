//! Asks a server on this machine whether it lives: for images that have no other program to ask with.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use clap::Args;
use reqwest::{Client, StatusCode};

use crate::config::HttpSettings;

/// Less than orchestrators wait.
const PATIENCE: Duration = Duration::from_secs(3);

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The server, such as `http://127.0.0.1:3000`; left out, the one that the same environment would start.
    #[arg(long, value_name = "URL")]
    url: Option<String>,

    #[command(flatten)]
    http: HttpSettings,
}

/// A server that does not live.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HealthFailure {
    /// It gives no answer.
    #[error("no answer")]
    Silent(#[from] reqwest::Error),
    /// It gives another answer than it should.
    #[error("{url} answers {status}")]
    Answered {
        /// What was asked.
        url: String,
        /// The answer.
        status: StatusCode,
    },
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
        // Whether it lives is asked, not who it is: its certificate is made for another name than this address.
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
