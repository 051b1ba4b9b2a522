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

/// What a client must bring, for the page that says how to connect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Credential {
    /// Nothing.
    Nothing,
    /// A bearer token that its user was given.
    Token,
    /// A token that the client gets by itself, by signing its user in.
    SignIn,
}

/// A request that nobody answers for.
#[derive(Debug, thiserror::Error)]
pub enum Denial {}

impl Authenticator {
    /// What it asks of clients.
    pub fn credential(&self) -> Credential {
        match self {
            Self::Nobody => Credential::Nothing,
        }
    }

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
