//! The least that a server of this kind can cost: the same SDK and HTTP client, and nothing that the product adds.

pub mod proxy;
pub mod smallest;

use std::{env, io};

use axum::{Router, serve::ListenerExt as _};
use reqwest::Client;
use tokio::net::TcpListener;

/// Where the upstream is, and what asks it.
#[derive(Clone)]
struct Upstream {
    client: Client,
    /// Of the one request that a yardstick makes.
    url: String,
    key: String,
}

impl Upstream {
    /// From the variables that the product reads.
    fn from_environment() -> Self {
        let base = env::var("PORTKEY_BASE_URL").unwrap_or_default();
        Self {
            client: client(),
            url: format!("{base}/admin/workspaces"),
            key: env::var("PORTKEY_API_KEY").unwrap_or_default(),
        }
    }

    async fn workspaces(&self) -> reqwest::Result<reqwest::Response> {
        let request = self.client.get(&self.url);
        request.header("x-portkey-api-key", &self.key).send().await
    }
}

/// Serves without delay: what waits for more to send answers 40 ms later.
pub(crate) async fn serve(listener: TcpListener, router: Router) -> io::Result<()> {
    // A connection without it is slower, and the figures say so.
    let prompt = listener.tap_io(|connection| _ = connection.set_nodelay(true));
    axum::serve(prompt, router).await
}

/// One without TLS, which no upstream of a measurement speaks.
fn client() -> Client {
    // Fails only where another is installed, which is as good.
    _ = rustls::crypto::ring::default_provider().install_default();
    let builder = Client::builder().tls_certs_only([]).no_proxy();
    builder.build().unwrap_or_default()
}
