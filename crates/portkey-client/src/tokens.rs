//! Tokens of Prisma AIRS: asked for once, kept until shortly before they expire.

use std::time::{Duration, Instant};

use moka::{Expiry, future::Cache};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use crate::{Error, OauthClient, Refusal, Settings, answer::body as read_body, retry};

/// How long before its end a token is replaced, so that none expires on the way.
const EARLY: Duration = Duration::from_secs(30);
/// How long a token lives whose answer does not say it.
const USUAL: Duration = Duration::from_mins(15);
/// The most that is read of an answer of the token service, in bytes. Tokens have a few thousand.
const MOST: usize = 64 << 10;

/// The tokens of one client. However many calls need one at the same time, it is asked for once.
pub(crate) struct Tokens {
    client: OauthClient,
    kept: Cache<(), Token>,
}

/// A token, and for how long it is used.
#[derive(Clone)]
pub(crate) struct Token {
    text: SecretString,
    lasts: Duration,
}

impl Token {
    /// The token itself.
    pub(crate) fn text(&self) -> &SecretString {
        &self.text
    }
}

/// An answer of the token service.
#[derive(Deserialize)]
struct Grant {
    access_token: String,
    expires_in: Option<u64>,
}

/// Lets each token live as long as its answer says.
struct AsGranted;

impl Expiry<(), Token> for AsGranted {
    fn expire_after_create(&self, (): &(), token: &Token, _: Instant) -> Option<Duration> {
        Some(token.lasts)
    }
}

impl Tokens {
    /// Returns the tokens of this client. Nothing is sent yet.
    pub(crate) fn of(client: OauthClient) -> Self {
        Self {
            client,
            kept: Cache::builder()
                .max_capacity(1)
                .expire_after(AsGranted)
                .build(),
        }
    }

    /// Whether these are the tokens of this client.
    pub(crate) fn are_of(&self, client: &OauthClient) -> bool {
        self.client == *client
    }

    /// Returns the token that is kept, or asks for one.
    pub(crate) async fn get(
        &self,
        http: &reqwest::Client,
        settings: &Settings,
    ) -> Result<Token, Error> {
        let asked = self.kept.try_get_with((), self.ask(http, settings));
        asked.await.map_err(|source| Error::NoToken {
            url: self.client.token_url.clone(),
            source,
        })
    }

    /// Forgets the token that is kept, if it is this one, since the server no longer accepts it.
    pub(crate) async fn forget(&self, token: &Token) {
        let kept = self.kept.get(&()).await;
        if kept.is_some_and(|kept| kept.text.expose_secret() == token.text.expose_secret()) {
            self.kept.invalidate(&()).await;
        }
    }

    async fn ask(&self, http: &reqwest::Client, settings: &Settings) -> Result<Token, Error> {
        retry::repeat(settings, true, || self.attempt(http, settings)).await
    }

    async fn attempt(&self, http: &reqwest::Client, settings: &Settings) -> Result<Token, Error> {
        let client = &self.client;
        let scope = format!("tsg_id:{}", client.tenant);
        let request = http
            .post(&client.token_url)
            .basic_auth(
                &client.client_id,
                Some(client.client_secret.expose_secret()),
            )
            .form(&[("grant_type", "client_credentials"), ("scope", &scope)]);
        let failed = |error| Error::of_sending(error, &client.token_url, settings.read_timeout);
        let response = request.send().await.map_err(failed)?;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = read_body(response, MOST, settings.read_timeout).await?;
        if !status.is_success() {
            return Err(Refusal::read(status, &headers, &body).into());
        }
        granted(&body)
    }
}

/// Reads the answer of the token service. It is never quoted, since it holds a token.
fn granted(body: &[u8]) -> Result<Token, Error> {
    let grant: Grant = serde_json::from_slice(body).map_err(|source| Error::Unreadable {
        operation: "the token service",
        source,
    })?;
    let granted = grant.expires_in.map_or(USUAL, Duration::from_secs);
    Ok(Token {
        text: grant.access_token.into(),
        lasts: granted.saturating_sub(EARLY),
    })
}
