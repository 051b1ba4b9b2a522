//! Who sends a request, told from what it carries.

use http::HeaderMap;

/// Who a request comes from, before it is known what they may use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Unique among all that this server knows.
    pub name: String,
    /// The groups that an identity provider puts them in.
    pub groups: Vec<String>,
}

/// How requests are told apart.
#[derive(Debug)]
pub enum Authenticator {
    /// Not at all: everybody is the same.
    Nobody,
}

/// A request that nobody answers for.
#[derive(Debug, thiserror::Error)]
pub enum Denial {}

impl Authenticator {
    /// Who sent these headers.
    #[expect(
        clippy::unused_async,
        reason = "providers of keys are asked over the network"
    )]
    pub async fn identify(&self, _: &HeaderMap) -> Result<Identity, Denial> {
        match self {
            Self::Nobody => Ok(Identity {
                name: "anonymous".to_owned(),
                groups: Vec::new(),
            }),
        }
    }
}
