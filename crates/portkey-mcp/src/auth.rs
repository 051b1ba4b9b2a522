//! Authentication of HTTP requests: by the tokens of a file or by those of identity providers.

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

/// Who sent a request. What they may use is decided in `access`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Identity {
    /// Unique among all that this server knows, and the same from one request to the next.
    pub(crate) name: String,
    /// The name that grants match as `principal`: that of the token, or the issuer's name claim.
    pub(crate) called: String,
    /// The identity provider that issued the token.
    pub(crate) issuer: Option<String>,
    /// The groups that the identity provider, or the file of tokens, puts them in.
    pub(crate) groups: Vec<String>,
    /// The scopes of the token.
    pub(crate) scopes: BTreeSet<String>,
    /// What the entry in the token file grants.
    pub(crate) own: TokenGrant,
    /// When the token expires.
    pub(crate) valid_until: Option<Timestamp>,
    /// The hash of the token, where it is one of the token file.
    pub(crate) token: Option<TokenHash>,
}

/// What an entry of the token file grants its holder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct TokenGrant {
    pub(crate) toolsets: Option<Selection>,
    pub(crate) profile: Option<String>,
    /// Restrictions that hold besides those of the server and the grants.
    pub(crate) rules: Option<Arc<Rules>>,
}

impl TokenGrant {
    /// Whether it leaves tools and profile to the grants.
    pub(crate) fn is_empty(&self) -> bool {
        self.toolsets.is_none() && self.profile.is_none()
    }
}

/// How requests are authenticated.
#[derive(Debug)]
pub(crate) enum Authenticator {
    /// Not at all: all requests come from the same principal.
    Anonymous,
    /// By the tokens of a file.
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
    /// What to tell a person whose client sends no credential.
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
    /// What clients must send.
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

    /// Authenticates an identity again, without the headers of a request.
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
    /// The name of every caller where requests are not authenticated.
    pub(crate) const ANONYMOUS: &'static str = "anonymous";
}
