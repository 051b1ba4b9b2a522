//! A client that can only read.

use portkey_api_core::{Effect, Endpoint, Request};
use secrecy::SecretString;

use crate::{Answer, Client, Error, Probe, Settings, Unsendable};

/// A client that only sends operations which read. Clones share the connections.
///
/// Other operations do not compile:
///
/// ```compile_fail
/// # use portkey_api::configs::DeleteConfig;
/// # async fn example(client: portkey_client::ReadClient, delete: DeleteConfig) {
/// _ = client.call(&delete).await;
/// # }
/// # let client = portkey_client::Client::new(portkey_client::Settings::default());
/// # drop(example(client.read_only(), DeleteConfig { slug: "pc-x".into() }));
/// ```
///
/// Operations that read do:
///
/// ```
/// # use portkey_api::configs::GetConfig;
/// # async fn example(client: portkey_client::ReadClient, get: GetConfig) {
/// _ = client.call(&get).await;
/// # }
/// # let client = portkey_client::Client::new(portkey_client::Settings::default());
/// # drop(example(client.read_only(), GetConfig { slug: "pc-x".into() }));
/// ```
#[derive(Debug, Clone)]
pub struct ReadClient(Client);

impl Client {
    /// Returns a client with the same connections that can only read.
    pub fn read_only(&self) -> ReadClient {
        ReadClient(self.clone())
    }
}

impl ReadClient {
    /// Returns a client that sends this key with every request; see [`Client::with_key`].
    #[must_use]
    pub fn with_key(&self, key: SecretString) -> Self {
        Self(self.0.with_key(key))
    }

    /// Returns the settings of the client.
    pub fn settings(&self) -> &Settings {
        self.0.settings()
    }

    /// Sends an operation that changes nothing, and returns the unchanged JSON answer.
    pub async fn call<E: Endpoint>(&self, endpoint: &E) -> Result<Answer, Error> {
        const {
            assert!(
                matches!(E::DECLARATION.effect, Effect::Read),
                "this client sends only what changes nothing"
            );
        }
        let request = Request::to_edition(endpoint, self.0.settings().edition);
        let request = request.map_err(Unsendable::from)?;
        self.0.call(&request).await
    }

    /// Asks whether a server answers; see [`Client::probe`].
    pub async fn probe(&self) -> Result<Probe, Error> {
        self.0.probe().await
    }

    /// Downloads a file; see [`Client::download`].
    pub async fn download(&self, url: &str) -> Result<Vec<u8>, Error> {
        self.0.download(url).await
    }
}
