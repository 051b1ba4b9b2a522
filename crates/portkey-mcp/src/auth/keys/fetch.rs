//! Fetches an issuer's keys from its discovery document or from a known address.

use std::{sync::OnceLock, time::Duration};

use jsonwebtoken::jwk::Jwk;
use reqwest::{Client, StatusCode, redirect};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
use url::Url;

use crate::config::{is_local, is_protected};

/// How long an issuer may take to answer.
const TIMEOUT: Duration = Duration::from_secs(5);

/// The largest document that is read, in bytes.
const LARGEST: usize = 1024 * 1024;

/// Where the keys of an issuer are.
#[derive(Debug)]
pub(super) struct Fetch {
    issuer: String,
    location: KeyLocation,
    // Made at the first use: reading the system's certificates takes a while.
    http: OnceLock<Client>,
}

#[derive(Debug)]
enum KeyLocation {
    Known(Url),
    /// Discovery documents that may name the address, the usual one first.
    Discovered(Vec<Url>),
}

/// An address that keys cannot come from.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no https address (http is permitted on this machine only); set `jwks-uri` to the address of the keys"
)]
pub(crate) struct InvalidAddress(String);

/// Why keys could not be fetched.
#[derive(Debug, thiserror::Error)]
pub(super) enum FetchError {
    #[error("{url} cannot be reached")]
    Unreachable { url: Url, source: reqwest::Error },
    #[error("{url} answers {status}")]
    Status { url: Url, status: StatusCode },
    #[error("{url} answers too much")]
    TooLarge { url: Url },
    #[error("{url} answers what cannot be read")]
    Unreadable { url: Url, source: serde_json::Error },
    #[error("the discovery document is that of `{0}`")]
    Foreign(String),
    #[error(transparent)]
    Address(#[from] InvalidAddress),
}

/// The members of a discovery document that are used.
#[derive(Deserialize)]
struct Discovery {
    issuer: String,
    jwks_uri: String,
}

/// A set of keys, of which some may be of a kind that is not understood.
#[derive(Deserialize)]
pub(super) struct KeySet {
    keys: Vec<Value>,
}

impl KeySet {
    /// The keys of a kind that is understood.
    pub(super) fn understood(self) -> impl Iterator<Item = Jwk> {
        let keys = self.keys.into_iter();
        keys.filter_map(|key| serde_json::from_value(key).ok())
    }
}

impl Fetch {
    pub(super) fn new(issuer: &str, jwks_uri: Option<&str>) -> Result<Self, InvalidAddress> {
        let location = match jwks_uri {
            Some(uri) => KeyLocation::Known(protected(uri)?),
            None => KeyLocation::Discovered(discovery(&protected(issuer)?)),
        };
        Ok(Self {
            issuer: issuer.to_owned(),
            location,
            http: OnceLock::new(),
        })
    }

    pub(super) fn issuer(&self) -> &str {
        &self.issuer
    }

    pub(super) async fn keys(&self) -> Result<KeySet, FetchError> {
        match &self.location {
            KeyLocation::Known(url) => self.get(url).await,
            KeyLocation::Discovered(documents) => self.get(&self.discover(documents).await?).await,
        }
    }

    async fn discover(&self, documents: &[Url]) -> Result<Url, FetchError> {
        let mut last = InvalidAddress(self.issuer.clone()).into();
        for url in documents {
            match self.get::<Discovery>(url).await {
                Ok(document) if document.issuer == self.issuer => {
                    return Ok(protected(&document.jwks_uri)?);
                }
                Ok(document) => return Err(FetchError::Foreign(document.issuer)),
                Err(missing @ FetchError::Status { .. }) => last = missing,
                Err(other) => return Err(other),
            }
        }
        Err(last)
    }

    async fn get<T: DeserializeOwned>(&self, url: &Url) -> Result<T, FetchError> {
        let unreachable = |source: reqwest::Error| FetchError::Unreachable {
            url: url.clone(),
            source: source.without_url(),
        };
        let http = self.http(url).map_err(unreachable)?;
        let mut response = http.get(url.clone()).send().await.map_err(unreachable)?;
        let status = response.status();
        if !status.is_success() {
            let url = url.clone();
            return Err(FetchError::Status { url, status });
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
            if body.len() + chunk.len() > LARGEST {
                return Err(FetchError::TooLarge { url: url.clone() });
            }
            body.extend_from_slice(&chunk);
        }
        serde_json::from_slice(&body).map_err(|source| FetchError::Unreadable {
            url: url.clone(),
            source,
        })
    }

    fn http(&self, url: &Url) -> Result<&Client, reqwest::Error> {
        if let Some(http) = self.http.get() {
            return Ok(http);
        }
        portkey_client::ensure_crypto_provider();
        let mut builder = Client::builder()
            .user_agent(concat!("portkey-mcp/", env!("CARGO_PKG_VERSION")))
            .timeout(TIMEOUT)
            .redirect(redirect::Policy::none())
            .referer(false);
        if is_local(url) && url.scheme() == "http" {
            // No proxy reaches this machine's own addresses, and nothing needs certificates.
            builder = builder.no_proxy().tls_certs_only([]);
        }
        let http = builder.build()?;
        Ok(self.http.get_or_init(|| http))
    }
}

/// The documents of `OpenID` Connect, and of OAuth for issuers that are no `OpenID` providers.
fn discovery(issuer: &Url) -> Vec<Url> {
    let path = issuer.path().trim_end_matches('/').to_owned();
    let paths = [
        format!("{path}/.well-known/openid-configuration"),
        format!("/.well-known/oauth-authorization-server{path}"),
    ];
    paths
        .iter()
        .map(|path| {
            let mut url = issuer.clone();
            url.set_path(path);
            url
        })
        .collect()
}

fn protected(text: &str) -> Result<Url, InvalidAddress> {
    let url = Url::parse(text).ok().filter(is_protected);
    url.ok_or_else(|| InvalidAddress(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_lie_where_the_standards_say() {
        let urls = discovery(&"https://id.example.com/realms/a/".parse().unwrap());
        let urls: Vec<&str> = urls.iter().map(Url::as_str).collect();
        assert_eq!(
            urls,
            [
                "https://id.example.com/realms/a/.well-known/openid-configuration",
                "https://id.example.com/.well-known/oauth-authorization-server/realms/a",
            ]
        );
    }

    #[test]
    fn keys_never_come_in_the_clear() {
        assert!(Fetch::new("http://id.example.com", None).is_err());
        assert!(Fetch::new("portkey-mcp-gateway", None).is_err());
        assert!(Fetch::new("portkey-mcp-gateway", Some("https://id.example.com/jwks")).is_ok());
        assert!(Fetch::new("http://127.0.0.1:3000", None).is_ok());
    }
}
