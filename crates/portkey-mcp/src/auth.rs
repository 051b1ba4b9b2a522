//! Who sends a request, told from what it carries.

mod claims;
mod credentials;
mod denial;
mod issuer;
mod issuers;
mod keys;
mod method;
mod signature;
mod token_kind;
mod tokens;

use std::{collections::BTreeSet, sync::Arc};

use http::HeaderMap;
use jiff::Timestamp;
use portkey_engine::{catalog::Selection, policy::Rules};

pub(crate) use credentials::{CALLER_KEY, caller_key};
pub(crate) use denial::{Challenge, Denial, TokenError};
pub(crate) use issuers::{InvalidIssuer, Issuers};
pub(crate) use method::{AuthFailure, AuthMethod};
pub(crate) use tokens::{
    InvalidTokens, NewToken, TokenFile, TokenHash, TokenList, TokenListFailure, TokenSummary,
    Tokens, expiry,
};

/// Who a request comes from, before it is known what they may use.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Identity {
    /// Unique among all that this server knows, and the same from one request to the next.
    pub(crate) name: String,
    /// What rules call them: the name of their token, or what the issuer's name claim says.
    pub(crate) called: String,
    /// The identity provider that vouches for them.
    pub(crate) issuer: Option<String>,
    /// The groups that the identity provider, or the file of tokens, puts them in.
    pub(crate) groups: Vec<String>,
    /// What their token is good for.
    pub(crate) scopes: BTreeSet<String>,
    /// What the file of tokens says they get.
    pub(crate) own: TokenGrant,
    /// When what they prove it by is good no more.
    pub(crate) valid_until: Option<Timestamp>,
    /// The token that they prove it by, where it is one known beforehand.
    pub(crate) token: Option<TokenHash>,
}

/// What comes with a token itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct TokenGrant {
    /// The tools.
    pub(crate) toolsets: Option<Selection>,
    /// The name of the profile.
    pub(crate) profile: Option<String>,
    /// What they must not do, whatever the rules say.
    pub(crate) rules: Option<Arc<Rules>>,
}

impl TokenGrant {
    /// Whether it leaves tools and profile to the rules.
    pub(crate) fn is_empty(&self) -> bool {
        self.toolsets.is_none() && self.profile.is_none()
    }
}

/// How requests are told apart.
#[derive(Debug)]
pub(crate) enum Authenticator {
    /// Not at all: everybody is the same.
    Anonymous,
    /// By tokens that are known beforehand.
    Tokens(Arc<TokenFile>),
    /// By tokens that identity providers sign.
    Issuers(Issuers),
}

/// What a client must bring, for the page that says how to connect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Credential {
    /// Nothing.
    Nothing,
    /// A bearer token that its user was given.
    Token,
    /// A token that the client gets by itself, by signing its user in.
    SignIn,
}

impl Credential {
    /// What a person does whose client does not bring it.
    pub(crate) fn advice(self) -> Option<&'static str> {
        match self {
            Self::Token => Some(
                "this server takes a bearer token, which its operator gives out: add it to the client with --header \
                 \"Authorization: Bearer YOUR-TOKEN\", or as the header `Authorization` in its configuration",
            ),
            Self::Nothing | Self::SignIn => None,
        }
    }
}

impl Authenticator {
    /// What it asks of clients.
    pub(crate) fn credential(&self) -> Credential {
        match self {
            Self::Anonymous => Credential::Nothing,
            Self::Tokens(_) => Credential::Token,
            Self::Issuers(_) => Credential::SignIn,
        }
    }

    /// Who sent these headers.
    pub(crate) async fn identify(&self, headers: &HeaderMap) -> Result<Identity, Denial> {
        match self {
            Self::Anonymous => Ok(Identity {
                name: Identity::ANONYMOUS.to_owned(),
                called: Identity::ANONYMOUS.to_owned(),
                ..Identity::default()
            }),
            Self::Tokens(file) => {
                let token = credentials::bearer(headers)?.ok_or(Denial::NoToken)?;
                file.current().identify(token)
            }
            Self::Issuers(issuers) => issuers.identify(headers).await,
        }
    }

    /// What is known now of somebody who was let in, unless they would not be any more.
    pub(crate) fn recheck(&self, identity: &Identity) -> Result<Identity, Denial> {
        let expired = |until: Timestamp| until <= Timestamp::now();
        match self {
            Self::Tokens(file) => {
                let token = identity.token.as_ref().ok_or(Denial::NoToken)?;
                file.current().find(token)
            }
            Self::Issuers(issuers) if !issuers.contains(identity) => {
                Err(Denial::InvalidToken(TokenError::Issuer))
            }
            Self::Issuers(_) if identity.valid_until.is_some_and(expired) => {
                Err(Denial::InvalidToken(TokenError::Expired))
            }
            Self::Issuers(_) | Self::Anonymous => Ok(identity.clone()),
        }
    }
}

impl Identity {
    /// The name of everybody, where nobody is told apart.
    pub(crate) const ANONYMOUS: &'static str = "anonymous";
}
