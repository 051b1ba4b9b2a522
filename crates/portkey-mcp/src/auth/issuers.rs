//! The identity providers of the configuration file.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use http::{HeaderMap, HeaderName, header::AUTHORIZATION};
use jsonwebtoken::dangerous::insecure_decode_claims;
use parking_lot::Mutex;
use serde_json::{Map, Value};

use super::{
    Denial, Identity, TokenError, credentials, issuer::Issuer, keys, keys::Keys, signature,
};
use crate::config::{IssuerTable, PublicUrl};

/// The identity providers whose tokens are accepted.
#[derive(Debug)]
pub(crate) struct Issuers {
    all: Vec<Issuer>,
    /// The headers that tokens come in; `Authorization` last, because a gateway in between may put its own there.
    headers: Vec<HeaderName>,
    public: PublicUrl,
}

/// The fetched keys of issuers, which outlive a reload of the configuration.
#[derive(Debug, Default)]
pub(super) struct KeyCache(Mutex<BTreeMap<KeySource, Arc<Keys>>>);

/// An issuer, and its `jwks-uri` if the configuration gives one.
type KeySource = (String, Option<String>);

/// An `[[issuers]]` table that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidIssuer {
    /// Its keys cannot be found.
    #[error(transparent)]
    Address(#[from] keys::InvalidAddress),
    /// Its name is empty, or has characters that would make the names of principals ambiguous.
    #[error("must neither be empty nor hold white space or `|`")]
    Name,
    /// It comes twice.
    #[error("appears twice")]
    Duplicate,
    /// Its header cannot be one.
    #[error("`header` is not the name of a header that can bring tokens")]
    Header,
    /// It would accept every token of the issuer.
    #[error(
        "`any-audience` needs `required-claims`, such as {{ organisation_id = \"…\" }}: without either, every token of \
         the issuer would be let in"
    )]
    Unrestricted,
    #[error("`audience` and `any-audience` exclude each other")]
    Audience,
}

impl Issuers {
    /// The issuers of these tables. Tokens must have the endpoint of `public` as audience, unless a table names
    /// another. An error comes with the issuer's name.
    pub(super) fn new(
        tables: &[IssuerTable],
        public: PublicUrl,
        cache: &KeyCache,
    ) -> Result<Self, (String, InvalidIssuer)> {
        signature::install();
        let resource = public.endpoint();
        let mut seen = BTreeSet::new();
        let mut issuers = Vec::new();
        for table in tables {
            let named = |error| (table.issuer.clone(), error);
            if !seen.insert(&table.issuer) {
                return Err(named(InvalidIssuer::Duplicate));
            }
            let header = check(table).map_err(named)?;
            let keys = cache.of(table).map_err(|error| named(error.into()))?;
            issuers.push(Issuer::new(table.clone(), header, &resource, keys));
        }
        let mut headers: Vec<HeaderName> = issuers.iter().map(|i| i.header().clone()).collect();
        headers.sort_by_key(|name| (*name == AUTHORIZATION, name.to_string()));
        headers.dedup();
        Ok(Self {
            all: issuers,
            headers,
            public,
        })
    }

    /// Who sent these headers.
    pub(super) async fn identify(&self, headers: &HeaderMap) -> Result<Identity, Denial> {
        for name in &self.headers {
            let Some(token) = credentials::token(headers, name)? else {
                continue;
            };
            let issuer = self.issuer(name, token).map_err(Denial::InvalidToken)?;
            return issuer.verify(token).await;
        }
        Err(Denial::NoToken)
    }

    /// The issuer that a token claims to come from. Nothing is verified yet.
    fn issuer(&self, header: &HeaderName, token: &str) -> Result<&Issuer, TokenError> {
        let claims: Map<String, Value> =
            insecure_decode_claims(token).map_err(|_| TokenError::Malformed)?;
        let name = claims.get("iss").and_then(Value::as_str);
        let mut issuers = self.all.iter();
        issuers
            .find(|issuer| {
                issuer.header() == header && Some(issuer.table().issuer.as_str()) == name
            })
            .ok_or(TokenError::Issuer)
    }

    /// The names of all of them.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.all.iter().map(|issuer| issuer.table().issuer.as_str())
    }

    /// Whether an identity comes from one of them.
    pub(crate) fn contains(&self, identity: &Identity) -> bool {
        let issuer = identity.issuer.as_deref();
        issuer.is_some_and(|issuer| self.names().any(|name| name == issuer))
    }

    /// The headers that bring tokens.
    pub(crate) fn headers(&self) -> &[HeaderName] {
        &self.headers
    }

    /// How clients reach this server.
    pub(crate) fn public(&self) -> &PublicUrl {
        &self.public
    }

    /// The issuers that clients can ask for a token.
    pub(crate) fn authorization_servers(&self) -> impl Iterator<Item = &str> {
        let authorization_servers = self.all.iter().filter(|issuer| issuer.issues_to_clients());
        authorization_servers.map(|issuer| issuer.table().issuer.as_str())
    }

    /// The scopes that clients must ask for in any case.
    pub(crate) fn required_scopes(&self) -> BTreeSet<String> {
        let authorization_servers = self.all.iter().filter(|issuer| issuer.issues_to_clients());
        authorization_servers
            .flat_map(|issuer| issuer.table().required_scopes.iter().cloned())
            .collect()
    }
}

impl KeyCache {
    fn of(&self, table: &IssuerTable) -> Result<Arc<Keys>, keys::InvalidAddress> {
        let source = (table.issuer.clone(), table.jwks_uri.clone());
        let mut cache = self.0.lock();
        if let Some(keys) = cache.get(&source) {
            return Ok(Arc::clone(keys));
        }
        let keys = Arc::new(Keys::of(&table.issuer, table.jwks_uri.as_deref())?);
        cache.insert(source, Arc::clone(&keys));
        Ok(keys)
    }
}

fn check(table: &IssuerTable) -> Result<HeaderName, InvalidIssuer> {
    let name = &table.issuer;
    if name.is_empty() || name.contains(|c: char| c == '|' || c.is_whitespace()) {
        return Err(InvalidIssuer::Name);
    }
    if table.any_audience && table.required_claims.is_empty() {
        return Err(InvalidIssuer::Unrestricted);
    }
    if table.any_audience && table.audience.is_some() {
        return Err(InvalidIssuer::Audience);
    }
    let Some(header) = &table.header else {
        return Ok(AUTHORIZATION);
    };
    let header = HeaderName::try_from(header).map_err(|_| InvalidIssuer::Header)?;
    if header == credentials::CALLER_KEY {
        return Err(InvalidIssuer::Header);
    }
    Ok(header)
}
