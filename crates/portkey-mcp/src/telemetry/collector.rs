//! Sends traces to a collector over HTTP.

use std::{
    sync::{Arc, OnceLock},
    time::{Duration, Instant},
};

use async_trait::async_trait;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use parking_lot::Mutex;
use reqwest::{Client, redirect};
use tokio::runtime::Handle;
use url::Url;

use portkey_engine::causes::with_causes;

use crate::config::{CollectorHeaders, is_local};

/// The shortest time between two warnings that a collector takes nothing.
const INTERVAL: Duration = Duration::from_mins(1);

/// How long connecting to a collector may take.
const CONNECT: Duration = Duration::from_secs(3);

/// The longest answer of a collector that is read, in bytes.
const LARGEST: usize = 64 * 1024;

/// Sends batches of spans. The exporter runs in a thread without a runtime, so requests are made on the program's.
#[derive(Debug)]
pub(super) struct Collector {
    inner: Arc<Inner>,
    runtime: Handle,
}

#[derive(Debug)]
struct Inner {
    url: Url,
    headers: Option<CollectorHeaders>,
    timeout: Duration,
    // Made for the first batch: reading the system's certificates takes a while.
    http: OnceLock<Client>,
    last_warning: Mutex<Option<Instant>>,
}

/// Why a batch was not sent.
#[derive(Debug, thiserror::Error)]
enum ExportError {
    #[error(transparent)]
    Unreachable(reqwest::Error),
    #[error("its answer is too long")]
    TooLong,
}

impl Collector {
    pub(super) fn new(
        url: Url,
        headers: Option<&CollectorHeaders>,
        timeout: Duration,
        runtime: &Handle,
    ) -> Self {
        let inner = Inner {
            url,
            headers: headers.cloned(),
            timeout,
            http: OnceLock::new(),
            last_warning: Mutex::default(),
        };
        Self {
            inner: Arc::new(inner),
            runtime: runtime.clone(),
        }
    }
}

#[async_trait]
impl HttpClient for Collector {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let inner = Arc::clone(&self.inner);
        let sent = self.runtime.spawn(async move {
            let result = inner.send(request).await;
            match &result {
                Ok(response) if response.status().is_success() => {}
                Ok(response) => inner.warn(&response.status()),
                Err(error) => inner.warn(&with_causes(error)),
            }
            result
        });
        Ok(sent.await??)
    }
}

impl Inner {
    async fn send(&self, mut request: Request<Bytes>) -> Result<Response<Bytes>, ExportError> {
        for (name, value) in self.headers.iter().flat_map(CollectorHeaders::iter) {
            request.headers_mut().insert(name, value.clone());
        }
        let (parts, body) = request.into_parts();
        let http = self.http()?;
        let request = http
            .post(self.url.clone())
            .headers(parts.headers)
            .body(body);
        let mut response = request.send().await?;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            if body.len() + chunk.len() > LARGEST {
                return Err(ExportError::TooLong);
            }
            body.extend_from_slice(&chunk);
        }
        let mut answer = Response::new(body.into());
        *answer.status_mut() = response.status();
        *answer.headers_mut() = std::mem::take(response.headers_mut());
        Ok(answer)
    }

    fn http(&self) -> Result<&Client, reqwest::Error> {
        if let Some(http) = self.http.get() {
            return Ok(http);
        }
        portkey_client::ensure_crypto_provider();
        let mut builder = Client::builder()
            .user_agent(concat!("portkey-mcp/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT)
            .timeout(self.timeout)
            // The headers may hold a key, so they must not follow a redirect.
            .redirect(redirect::Policy::none())
            .referer(false);
        if self.url.scheme() == "http" {
            // So that it works on systems without certificates.
            builder = builder.tls_certs_only([]);
        }
        if is_local(&self.url) {
            // No proxy reaches this machine's own addresses.
            builder = builder.no_proxy();
        }
        let http = builder.build()?;
        Ok(self.http.get_or_init(|| http))
    }

    /// Warns that spans are lost, at most once in an interval.
    fn warn(&self, reason: &dyn std::fmt::Display) {
        let mut last = self.last_warning.lock();
        if last.is_none_or(|last| last.elapsed() >= INTERVAL) {
            *last = Some(Instant::now());
            let collector = self.url.origin().ascii_serialization();
            tracing::warn!(%collector, %reason, "the collector takes no traces");
        }
    }
}

impl From<reqwest::Error> for ExportError {
    /// The query of the URL may hold a key, so the URL is left out.
    fn from(error: reqwest::Error) -> Self {
        Self::Unreachable(error.without_url())
    }
}
