//! The tokens that an emulated Prisma AIRS gives to its one service account.

use std::{collections::HashMap, sync::Mutex};

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::{
    identity::new_secret,
    store,
    wire::{Incoming, Refusal},
};

/// The id of the service account that an emulated Prisma AIRS gives tokens to. Its secret is the organisation key.
pub const SANDBOX_CLIENT: &str = "sandbox@1000000001.iam.panserviceaccount.com";
/// The tenant of an emulated Prisma AIRS.
pub const SANDBOX_TENANT: &str = "1000000001";

/// How long a token lives.
const LIFE: SignedDuration = SignedDuration::from_secs(900);

/// The tokens that were given, with the moment at which each ends by the sandbox's clock. Another process of the sandbox
/// knows none of them.
#[derive(Default)]
pub(crate) struct Tokens {
    given: Mutex<HashMap<String, Timestamp>>,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tokens(***)")
    }
}

impl Tokens {
    /// Gives a token to a client that knows this secret and asks as OAuth's client-credentials grant does.
    pub(crate) fn grant(
        &self,
        incoming: &Incoming,
        form: &[(String, String)],
        secret: &str,
        now: Timestamp,
    ) -> Result<Value, Refusal> {
        let basic = incoming.authorization("basic").unwrap_or_default();
        let meant = STANDARD.encode(format!("{SANDBOX_CLIENT}:{secret}"));
        if basic != meant {
            let message = "Client authentication failed";
            return Err(Refusal::no_grant("invalid_client", message));
        }
        let field = |name: &str| form.iter().find(|(known, _)| known == name);
        let value = |name: &str| field(name).map_or("", |(_, value)| value.as_str());
        if value("grant_type") != "client_credentials" {
            let message = "This client may use client_credentials alone";
            return Err(Refusal::no_grant("unsupported_grant_type", message));
        }
        let scope = value("scope");
        let tenant = scope
            .split(' ')
            .find_map(|word| word.strip_prefix("tsg_id:"));
        if tenant != Some(SANDBOX_TENANT) {
            let message = "This client has no access to the tenant in the scope";
            return Err(Refusal::no_grant("invalid_scope", message));
        }
        Ok(json!({
            "access_token": self.mint(now),
            "token_type": "Bearer",
            "expires_in": LIFE.as_secs(),
            "scope": scope,
        }))
    }

    /// Refuses a token that was not given, or has expired.
    pub(crate) fn check(&self, token: &str, now: Timestamp) -> Result<(), Refusal> {
        match store::lock(&self.given).get(token) {
            Some(end) if *end > now => Ok(()),
            _ => Err(Refusal::no_token()),
        }
    }

    /// Makes a token that looks like a signed one. Nobody checks the signature, because all that were given are known.
    fn mint(&self, now: Timestamp) -> String {
        let end = now.checked_add(LIFE).unwrap_or(now);
        let part = |claims: Value| URL_SAFE_NO_PAD.encode(claims.to_string());
        let header = part(json!({ "alg": "RS256", "typ": "JWT" }));
        let claims = part(json!({
            "sub": SANDBOX_CLIENT,
            "tsg": SANDBOX_TENANT,
            "access": { (format!("prn:{SANDBOX_TENANT}::::")): ["superuser"] },
            "iat": now.as_second(),
            "exp": end.as_second(),
        }));
        let signature = URL_SAFE_NO_PAD.encode(new_secret());
        let token = format!("{header}.{claims}.{signature}");
        let mut given = store::lock(&self.given);
        given.retain(|_, end| *end > now);
        given.insert(token.clone(), end);
        token
    }
}
