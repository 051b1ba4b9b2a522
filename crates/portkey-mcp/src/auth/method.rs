//! The authentication method that the settings choose, and whether it can be used.

use std::{fmt::Write as _, net::SocketAddr, path::PathBuf, sync::Arc};

use parking_lot::Mutex;
use secrecy::ExposeSecret as _;

use super::{
    Authenticator, InvalidIssuer, InvalidTokens, Issuers, NewToken, TokenFile, issuers::KeyCache,
    tokens::NoRandomness,
};
use crate::config::{AccessTables, AuthKind, AuthSettings, HttpSettings, IssuerTable, PublicUrl};

/// How requests are authenticated, for as long as the process lives.
#[derive(Debug)]
pub(crate) enum AuthMethod {
    /// Not at all.
    Anonymous,
    /// By one token that is generated at the start and shown on standard error.
    Generated {
        token: NewToken,
        /// Where clients reach the server, if the operator said so.
        public: Option<PublicUrl>,
        /// Whether the server speaks TLS itself.
        over_tls: bool,
    },
    /// By the tokens of a file.
    File(FollowedFile),
    /// By the tokens of issuers.
    Issuers {
        /// Where clients reach the server.
        public: PublicUrl,
        /// The issuers' keys, which outlive a reload of the configuration.
        keys: IssuerKeys,
    },
}

/// Keys of issuers that were fetched.
#[derive(Debug, Default)]
pub(crate) struct IssuerKeys(KeyCache);

/// A file of tokens. It is opened once and then followed: a reload of the configuration must not read it while somebody
/// writes it.
#[derive(Debug)]
pub(crate) struct FollowedFile {
    path: PathBuf,
    open: Mutex<Option<Arc<TokenFile>>>,
}

impl FollowedFile {
    fn at(path: PathBuf) -> Self {
        Self {
            path,
            open: Mutex::default(),
        }
    }

    fn open(&self) -> Result<Arc<TokenFile>, InvalidTokens> {
        let mut open = self.open.lock();
        if let Some(file) = &*open {
            return Ok(Arc::clone(file));
        }
        let file = Arc::new(TokenFile::open(self.path.clone())?);
        Ok(Arc::clone(open.insert(file)))
    }
}

/// Settings by which nobody, or everybody, would be let in.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AuthFailure {
    /// Everybody who reaches the address would be served.
    #[error(
        "--auth none on {0} would serve everybody who can reach that address: choose --auth bearer or --auth oidc, or \
         say --allow-unauthenticated"
    )]
    Open(std::net::IpAddr),
    /// There are both a token file and issuers, and nothing says which counts.
    #[error(
        "both --tokens and [[issuers]] are configured: set --auth bearer or --auth oidc to choose one"
    )]
    Both,
    /// A token file is named that the method does not use.
    #[error("--tokens is of no use without --auth bearer")]
    UnusedTokens,
    /// Nobody could be let in.
    #[error("--auth oidc needs at least one [[issuers]] table in the configuration file")]
    NoIssuer,
    /// The audience of tokens is not known.
    #[error(
        "--auth oidc needs --public-url: the address by which clients reach this server, without /mcp"
    )]
    NoPublicUrl,
    /// Everybody whom the issuer knows would act with the operator's key.
    #[error(
        "--auth oidc with a Portkey key of the server lets everybody whom the issuers know act with that key: say who \
         may, by a [[grants]] table in the configuration file"
    )]
    NoGrant,
    /// An `[[issuers]]` table cannot be used.
    #[error("[[issuers]] `{issuer}`")]
    Issuer {
        issuer: String,
        source: InvalidIssuer,
    },
    /// The token file cannot be used.
    #[error("--tokens")]
    Tokens(#[from] InvalidTokens),
    /// No token can be generated.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
}

impl AuthMethod {
    /// The method that these settings choose.
    pub(crate) fn of(http: &HttpSettings, tables: &AccessTables) -> Result<Self, AuthFailure> {
        let settings = &http.auth;
        let may_be_open = http.bind.is_loopback() || settings.allow_unauthenticated;
        match kind(settings, may_be_open, !tables.issuers.is_empty())? {
            AuthKind::None if may_be_open => Ok(Self::Anonymous),
            AuthKind::None => Err(AuthFailure::Open(http.bind)),
            AuthKind::Bearer => match &settings.tokens {
                Some(path) => Ok(Self::File(FollowedFile::at(path.clone()))),
                None => Ok(Self::Generated {
                    token: NewToken::make("token")?,
                    public: settings.public_url.clone(),
                    over_tls: http.tls.is_on(),
                }),
            },
            AuthKind::Oidc => Ok(Self::Issuers {
                public: public_url(http)?,
                keys: IssuerKeys::default(),
            }),
        }
    }

    /// The authenticator for this configuration. `shares_key` says whether calls are made with a key of the server.
    pub(crate) fn authenticator(
        &self,
        tables: &AccessTables,
        shares_key: bool,
    ) -> Result<Authenticator, AuthFailure> {
        match self {
            Self::Anonymous => Ok(Authenticator::Anonymous),
            Self::Generated { token, .. } => {
                Ok(Authenticator::Tokens(Arc::new(TokenFile::only(token))))
            }
            Self::File(file) => Ok(Authenticator::Tokens(file.open()?)),
            Self::Issuers { public, keys } => {
                if tables.issuers.is_empty() {
                    return Err(AuthFailure::NoIssuer);
                }
                if shares_key && tables.grants.is_empty() {
                    return Err(AuthFailure::NoGrant);
                }
                Issuers::new(&tables.issuers, public.clone(), &keys.0)
                    .map(Authenticator::Issuers)
                    .map_err(|(issuer, source)| AuthFailure::Issuer { issuer, source })
            }
        }
    }

    /// Checks a configuration as far as that can be done without opening files.
    pub(crate) fn check(&self, tables: &AccessTables, shares_key: bool) -> Result<(), AuthFailure> {
        match self {
            Self::File(_) => Ok(()),
            _ => self.authenticator(tables, shares_key).map(drop),
        }
    }

    /// The issuers whose tokens are accepted.
    pub(crate) fn issuers<'a>(&self, tables: &'a AccessTables) -> &'a [IssuerTable] {
        match self {
            Self::Issuers { .. } => &tables.issuers,
            _ => &[],
        }
    }

    /// How to connect with the generated token; `None` for other methods.
    pub(crate) fn invitation(&self, address: SocketAddr) -> Option<String> {
        let Self::Generated {
            token,
            public,
            over_tls,
        } = self
        else {
            return None;
        };
        let url = match public {
            Some(url) => url.clone(),
            None if *over_tls => reachable(address).over_tls(),
            None => reachable(address),
        };
        let secret = token.secret().expose_secret();
        let mut text =
            "no --auth is configured, so a token was generated for this start; it is shown only here:\n"
                .to_owned();
        _ = write!(
            text,
            "\n  claude mcp add --transport http portkey {} --header \"Authorization: Bearer {secret}\"\n\n\
             Other clients: send the header `Authorization: Bearer …` with it. For tokens that outlive a restart, see \
             `portkey-mcp token new --help`.",
            url.endpoint()
        );
        Some(text)
    }
}

/// The address to show. A server that listens on every address is shown as `localhost`, where the published port of a
/// container is reachable too.
fn reachable(address: SocketAddr) -> PublicUrl {
    if address.ip().is_unspecified() || address.ip().is_loopback() {
        PublicUrl::local(address.port())
    } else {
        PublicUrl::at(address)
    }
}

/// The kind that `--auth` names, or the one that the other settings imply.
fn kind(
    settings: &AuthSettings,
    may_be_open: bool,
    has_issuers: bool,
) -> Result<AuthKind, AuthFailure> {
    match (settings.auth, &settings.tokens) {
        (Some(AuthKind::None | AuthKind::Oidc), Some(_)) => Err(AuthFailure::UnusedTokens),
        (Some(kind), _) => Ok(kind),
        (None, Some(_)) if has_issuers => Err(AuthFailure::Both),
        (None, None) if has_issuers => Ok(AuthKind::Oidc),
        (None, None) if may_be_open => Ok(AuthKind::None),
        (None, _) => Ok(AuthKind::Bearer),
    }
}

fn public_url(http: &HttpSettings) -> Result<PublicUrl, AuthFailure> {
    match &http.auth.public_url {
        Some(url) => Ok(url.clone()),
        None if http.bind.is_loopback() && http.port != 0 => {
            let url = PublicUrl::local(http.port);
            Ok(if http.tls.is_on() {
                url.over_tls()
            } else {
                url
            })
        }
        None => Err(AuthFailure::NoPublicUrl),
    }
}
