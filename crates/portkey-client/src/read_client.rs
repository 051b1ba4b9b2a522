//! A client for whoever must not change anything.

use portkey_api_core::{Effect, Endpoint, Request};
use secrecy::SecretString;

use crate::{Answer, Client, Error, Settings, Unsendable};

/// Sends operations that only read. Clones share the connection.
///
/// Any other operation does not compile:
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
/// One that reads does:
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
    /// The same connection for whoever must not change anything.
    pub fn read_only(&self) -> ReadClient {
        ReadClient(self.clone())
    }
}

impl ReadClient {
    /// The same with one key for everything; see [`Client::with_key`].
    #[must_use]
    pub fn with_key(&self, key: SecretString) -> Self {
        Self(self.0.with_key(key))
    }

    /// What the client was made with.
    pub fn settings(&self) -> &Settings {
        self.0.settings()
    }

    /// Sends an operation that changes nothing, and answers the JSON as it came.
    pub async fn call<E: Endpoint>(&self, endpoint: &E) -> Result<Answer, Error> {
        const {
            assert!(
                matches!(E::DECLARATION.effect, Effect::Read),
                "this client sends only what changes nothing"
            );
        }
        let request = Request::to(endpoint).map_err(Unsendable::from)?;
        self.0.call(&request).await
    }

    /// Fetches a file; see [`Client::download`].
    pub async fn download(&self, url: &str) -> Result<Vec<u8>, Error> {
        self.0.download(url).await
    }
}
