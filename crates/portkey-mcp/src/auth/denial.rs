//! Why a request is not authenticated or authorised, and what the answer tells its sender to do.

use std::{collections::BTreeSet, fmt::Write as _};

use portkey_engine::policy::MissingScopes;

/// Why a request is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Denial {
    /// It carries no token.
    #[error("this server needs a token: send it as `Authorization: Bearer …`")]
    NoToken,
    /// Its token is not accepted.
    #[error("the token is refused: {0}")]
    InvalidToken(TokenError),
    /// Its token is valid, but lacks scopes.
    #[error("{0}")]
    InsufficientScope(MissingScopes),
    /// No grant matches its sender.
    #[error("`{called}` is known, but no grant of this server matches them; ask its operator")]
    NoGrant {
        /// The name that a grant would have to match.
        called: String,
    },
    /// It brings a Portkey key, and `--caller-keys` is off.
    #[error(
        "this server takes no Portkey keys of callers: leave out the header x-portkey-api-key, or ask its operator \
         for --caller-keys"
    )]
    CallerKey,
    /// Its token cannot be checked, since the issuer's keys cannot be fetched.
    #[error("the keys of the token's issuer cannot be fetched at the moment; try again")]
    Unavailable,
}

impl From<MissingScopes> for Denial {
    fn from(missing: MissingScopes) -> Self {
        Self::InsufficientScope(missing)
    }
}

/// Why a token is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TokenError {
    #[error("it cannot be read")]
    Malformed,
    #[error("it is not known")]
    Unknown,
    #[error("it has expired")]
    Expired,
    #[error("it is not valid yet")]
    NotYetValid,
    #[error("its issuer is not accepted here")]
    Issuer,
    #[error("it is not made for this server")]
    Audience,
    /// Its algorithm is not an asymmetric signature.
    #[error("its algorithm is not accepted")]
    Algorithm,
    #[error("its issuer has no such key")]
    Key,
    #[error("its signature is wrong")]
    Signature,
    /// The name of the claim at fault.
    #[error("its claim `{0}` is missing or wrong")]
    Claim(String),
    #[error("it is no access token")]
    Kind,
    /// It needs a proof of possession (RFC 7800).
    #[error("it is bound to a key, so it is no bearer token")]
    Bound,
}

/// What a client needs to get a token, as `WWW-Authenticate` says it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Challenge {
    /// The address of the metadata that name the authorization servers.
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

/// Adds a parameter. Its value is reduced to what a quoted string may hold, so that nothing taken from a token can end
/// it.
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
