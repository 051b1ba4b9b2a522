//! One identity provider: checks its tokens and reads the identity from their claims.

use std::sync::Arc;

use http::{HeaderName, header::AUTHORIZATION};
use jsonwebtoken::{
    DecodingKey, Header, Validation, decode, decode_header,
    errors::{Error, ErrorKind},
};
use portkey_engine::policy::MissingScopes;
use serde_json::{Map, Value};

use super::{
    Denial, Identity, TokenError, TokenGrant, claims::Claims, keys::Keys, signature::ACCEPTED,
    token_kind,
};
use crate::config::IssuerTable;

/// How many seconds the issuer's clock and this one may differ.
const LEEWAY: u32 = 30;

/// An identity provider whose tokens are accepted.
#[derive(Debug)]
pub(super) struct Issuer {
    table: IssuerTable,
    header: HeaderName,
    validation: Validation,
    keys: Arc<Keys>,
}

impl Issuer {
    /// The provider of a valid table. Its tokens must have the audience `resource`, unless the table names another.
    pub(super) fn new(
        table: IssuerTable,
        header: HeaderName,
        resource: &str,
        keys: Arc<Keys>,
    ) -> Self {
        Self {
            validation: validation(&table, resource),
            table,
            header,
            keys,
        }
    }

    pub(super) fn table(&self) -> &IssuerTable {
        &self.table
    }

    /// The header that brings its tokens.
    pub(super) fn header(&self) -> &HeaderName {
        &self.header
    }

    /// Whether clients can ask it for a token themselves.
    pub(super) fn issues_to_clients(&self) -> bool {
        self.header == AUTHORIZATION
    }

    pub(super) async fn verify(&self, token: &str) -> Result<Identity, Denial> {
        let claims = self.claims(token).await?;
        let wrong = |name: &str| Denial::InvalidToken(TokenError::Claim(name.to_owned()));
        // Such a token is bound to a key (RFC 7800), and a bearer token comes without a proof of it.
        if claims.get("cnf").is_some() {
            return Err(Denial::InvalidToken(TokenError::Bound));
        }
        let mut required = self.table.required_claims.iter();
        if let Some((name, _)) = required.find(|(name, value)| !has_claim(&claims, name, value)) {
            return Err(wrong(name));
        }
        let subject = claims.text("sub").ok_or_else(|| wrong("sub"))?;
        let name_claim = &self.table.name_claim;
        let called = claims.text(name_claim).ok_or_else(|| wrong(name_claim))?;
        if name_claim == "email" && claims.get("email_verified") == Some(&Value::Bool(false)) {
            return Err(wrong("email_verified"));
        }
        let identity = Identity {
            // No issuer has a bar in its name, so no two of them can share one of these.
            name: format!("{}|{subject}", self.table.issuer),
            called: called.to_owned(),
            issuer: Some(self.table.issuer.clone()),
            groups: claims.list(&self.table.groups_claim),
            scopes: claims.scopes(),
            own: TokenGrant::default(),
            valid_until: claims.expiry(LEEWAY),
            token: None,
        };
        identity.require_scopes(&self.table.required_scopes)?;
        Ok(identity)
    }

    async fn claims(&self, token: &str) -> Result<Claims, Denial> {
        let header =
            decode_header(token).map_err(|error| Denial::InvalidToken(token_error(&error)))?;
        if !ACCEPTED.contains(&header.alg) {
            return Err(Denial::InvalidToken(TokenError::Algorithm));
        }
        // `crit` lists extensions that must be supported, and none is.
        if header.crit.is_some() {
            return Err(Denial::InvalidToken(TokenError::Malformed));
        }
        let typ = header.typ.as_deref();
        token_kind::check_type(typ).map_err(Denial::InvalidToken)?;
        let keys = self.keys.candidates(&header).await;
        let keys = keys.map_err(|_| Denial::Unavailable)?;
        let claims = self.check(token, &header, &keys);
        let claims = claims.map_err(Denial::InvalidToken)?;
        token_kind::check_claims(typ, &claims).map_err(Denial::InvalidToken)?;
        Ok(claims)
    }

    fn check(
        &self,
        token: &str,
        header: &Header,
        keys: &[DecodingKey],
    ) -> Result<Claims, TokenError> {
        let mut validation = self.validation.clone();
        validation.algorithms = vec![header.alg];
        let mut last = TokenError::Key;
        for key in keys {
            match decode::<Map<String, Value>>(token, key, &validation) {
                Ok(data) => return Ok(Claims(data.claims)),
                Err(error) => last = token_error(&error),
            }
            // Without a `kid` any of the keys may have signed the token, so the next is tried.
            if last != TokenError::Signature {
                break;
            }
        }
        Err(last)
    }
}

impl Identity {
    /// Fails unless the token has all of these scopes.
    pub(crate) fn require_scopes(&self, scopes: &[String]) -> Result<(), MissingScopes> {
        if scopes.iter().all(|scope| self.scopes.contains(scope)) {
            return Ok(());
        }
        // The scopes that it has are repeated, since the new token replaces it.
        let needed = self.scopes.iter().chain(scopes).cloned().collect();
        Err(MissingScopes { needed })
    }
}

/// Whether a claim is this value, or a list that contains it.
fn has_claim(claims: &Claims, name: &str, value: &str) -> bool {
    claims.list(name).iter().any(|said| said == value)
}

fn validation(table: &IssuerTable, resource: &str) -> Validation {
    let mut validation = Validation {
        leeway: LEEWAY.into(),
        validate_nbf: true,
        ..Validation::default()
    };
    validation.set_issuer(&[&table.issuer]);
    if table.any_audience {
        validation.validate_aud = false;
        validation.set_required_spec_claims(&["exp", "iss", "sub"]);
    } else {
        validation.set_audience(&[table.audience.as_deref().unwrap_or(resource)]);
        validation.set_required_spec_claims(&["exp", "iss", "sub", "aud"]);
    }
    validation
}

fn token_error(error: &Error) -> TokenError {
    match error.kind() {
        ErrorKind::ExpiredSignature => TokenError::Expired,
        ErrorKind::ImmatureSignature => TokenError::NotYetValid,
        ErrorKind::InvalidAudience => TokenError::Audience,
        ErrorKind::InvalidIssuer => TokenError::Issuer,
        ErrorKind::InvalidSignature => TokenError::Signature,
        ErrorKind::InvalidAlgorithm
        | ErrorKind::UnsupportedAlgorithm
        | ErrorKind::InvalidKeyFormat => TokenError::Algorithm,
        ErrorKind::MissingRequiredClaim(name) | ErrorKind::InvalidClaimFormat(name) => {
            TokenError::Claim(name.clone())
        }
        _ => TokenError::Malformed,
    }
}
