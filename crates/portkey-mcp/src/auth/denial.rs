//! Requests that are not let in, and how the answer tells their sender what to do.

use std::{collections::BTreeSet, fmt::Write as _};

use portkey_engine::policy::MissingScopes;

/// A request that is not let in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Denial {
    /// It carries no token.
    #[error("this server needs a token: send it as `Authorization: Bearer …`")]
    NoToken,
    /// Its token does not count.
    #[error("the token is refused: {0}")]
    InvalidToken(TokenError),
    /// Its token is good, but not for this.
    #[error("{0}")]
    InsufficientScope(MissingScopes),
    /// No rule gives its sender anything.
    #[error(
        "`{called}` is known, but no rule of this server grants them anything; ask its operator"
    )]
    NoGrant {
        /// What rules would call them.
        called: String,
    },
    /// It brings a Portkey key of its own where none is taken.
    #[error(
        "this server takes no Portkey keys of callers: leave out the header x-portkey-api-key, or ask its operator \
         for --caller-keys"
    )]
    CallerKey,
    /// Whether its token counts cannot be known now.
    #[error("the keys of the token's issuer cannot be had at the moment; try again")]
    Unavailable,
}

impl From<MissingScopes> for Denial {
    fn from(missing: MissingScopes) -> Self {
        Self::InsufficientScope(missing)
    }
}

/// Why a token does not count.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TokenError {
    /// It cannot be read.
    #[error("it cannot be read")]
    Malformed,
    /// It is none that this server knows.
    #[error("it is not known")]
    Unknown,
    /// It is no longer good.
    #[error("it has expired")]
    Expired,
    /// It is not good yet.
    #[error("it is not valid yet")]
    NotYetValid,
    /// Its issuer is none of those accepted.
    #[error("its issuer is not accepted here")]
    Issuer,
    /// It is meant for somebody else.
    #[error("it is not made for this server")]
    Audience,
    /// It is not signed by an algorithm that proves anything.
    #[error("its algorithm is not accepted")]
    Algorithm,
    /// The issuer has no key by this name.
    #[error("its issuer has no such key")]
    Key,
    /// Somebody else signed it, or it was changed.
    #[error("its signature is wrong")]
    Signature,
    /// It lacks a claim, or says the wrong thing by it.
    #[error("its claim `{0}` is missing or wrong")]
    Claim(String),
    /// It was made for something else than access.
    #[error("it is no access token")]
    Kind,
    /// It only counts together with a proof that a bearer does not give.
    #[error("it is bound to a key and no bearer token")]
    Bound,
}

/// What a client is told to ask for a better token with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Challenge {
    /// Where the metadata are that name the authorization servers.
    pub(crate) metadata: Option<String>,
    /// Scopes that any token needs.
    pub(crate) scopes: BTreeSet<String>,
}

impl Challenge {
    /// The value of `WWW-Authenticate` for a denial; some have none.
    pub(crate) fn header(&self, denial: &Denial) -> Option<String> {
        let (error, scopes) = match denial {
            Denial::NoToken => (None, &self.scopes),
            Denial::InvalidToken(_) => (Some("invalid_token"), &self.scopes),
            Denial::InsufficientScope(missing) => (Some("insufficient_scope"), &missing.needed),
            Denial::NoGrant { .. } | Denial::CallerKey | Denial::Unavailable => return None,
        };
        let mut header = "Bearer realm=\"portkey-mcp\"".to_owned();
        if let Some(error) = error {
            add(&mut header, "error", error);
            add(&mut header, "error_description", &denial.to_string());
        }
        if let Some(metadata) = &self.metadata {
            add(&mut header, "resource_metadata", metadata);
        }
        if !scopes.is_empty() {
            add(&mut header, "scope", &join(scopes));
        }
        Some(header)
    }
}

/// What a value may hold is narrow, so that whatever a token says cannot break out of it.
fn add(header: &mut String, name: &str, value: &str) {
    let value: String = value
        .chars()
        .map(|c| match c {
            '`' | '"' | '\\' => '\'',
            ' '..='~' => c,
            _ => '?',
        })
        .collect();
    _ = write!(header, ", {name}=\"{value}\"");
}

fn join(scopes: &BTreeSet<String>) -> String {
    let scopes: Vec<&str> = scopes.iter().map(String::as_str).collect();
    scopes.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn challenge() -> Challenge {
        Challenge {
            metadata: Some("https://a/.well-known/oauth-protected-resource/mcp".to_owned()),
            scopes: ["portkey:use".to_owned()].into(),
        }
    }

    #[test]
    fn a_request_without_token_is_told_where_to_get_one() {
        assert_eq!(
            challenge().header(&Denial::NoToken).unwrap(),
            "Bearer realm=\"portkey-mcp\", \
             resource_metadata=\"https://a/.well-known/oauth-protected-resource/mcp\", scope=\"portkey:use\""
        );
    }

    #[test]
    fn a_weak_token_is_told_every_scope_it_needs() {
        let needed = ["b".to_owned(), "a".to_owned()].into();
        let header = challenge()
            .header(&MissingScopes { needed }.into())
            .unwrap();
        assert!(header.contains("error=\"insufficient_scope\""), "{header}");
        assert!(header.ends_with("scope=\"a b\""), "{header}");
    }

    #[test]
    fn nothing_breaks_out_of_its_quotes() {
        let token_error = TokenError::Claim("a\", scope=\"all\r\n".to_owned());
        let header = Challenge::default()
            .header(&Denial::InvalidToken(token_error))
            .unwrap();
        assert!(!header.contains("scope=\""), "{header}");
        assert!(http::HeaderValue::from_str(&header).is_ok());
    }
}
