//! The client, which sends typed operations and prepared requests.

use std::{
    fmt,
    sync::{Arc, OnceLock},
    time::Instant,
};

use portkey_api_core::{Endpoint, Request};
use reqwest::redirect;
use secrecy::SecretString;
use serde_json::{Map, Value};
use tracing::Instrument as _;

use crate::{
    Answer, BaseUrl, Error, Probe, Settings, Unsendable,
    answer::file,
    ceiling::{Gate, health},
    crypto::ensure_crypto_provider,
    metrics,
    outgoing::Outgoing,
    retry,
    tokens::{Token, Tokens},
    trace,
};

/// A connection to Portkey. Clones share it.
#[derive(Clone)]
pub struct Client {
    settings: Arc<Settings>,
    // Made by the first call, because reading the system's certificates is slow.
    http: Arc<OnceLock<reqwest::Client>>,
    gate: Arc<Gate>,
    /// The tokens of the OAuth client in the settings, if there is one.
    tokens: Option<Arc<Tokens>>,
    /// The caller that the requests are counted for, if several callers share the ceilings.
    whose: Option<Arc<str>>,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Client").field(&self.settings).finish()
    }
}

impl Client {
    /// Returns a client with these settings. Nothing is connected yet.
    pub fn new(settings: Settings) -> Self {
        Self {
            gate: Arc::new(Gate::new(settings.ceilings)),
            tokens: settings
                .oauth
                .clone()
                .map(|client| Arc::new(Tokens::of(client))),
            settings: Arc::new(settings),
            http: Arc::default(),
            whose: None,
        }
    }

    /// Returns a client for one of several callers. It may make at most half of all concurrent requests, so that the
    /// others are not blocked.
    #[must_use]
    pub fn for_one(&self, whose: Arc<str>) -> Self {
        Self {
            whose: Some(whose),
            ..self.clone()
        }
    }

    /// Returns a client for the same Portkey that sends this key with every request. It shares the connections and the
    /// ceilings.
    #[must_use]
    pub fn with_key(&self, key: SecretString) -> Self {
        self.with(Settings {
            api_key: Some(key),
            workspace_api_key: None,
            // Whoever brings a key acts with it alone.
            oauth: None,
            ..Settings::clone(&self.settings)
        })
    }

    /// Returns a client with other settings. It shares the connections, unless the settings need different ones.
    #[must_use]
    pub fn with(&self, settings: Settings) -> Self {
        if !self.settings.connect_like(&settings) {
            return Self {
                whose: self.whose.clone(),
                ..Self::new(settings)
            };
        }
        let tokens = settings.oauth.as_ref().map(|client| {
            let known = self.tokens.as_ref().filter(|known| known.are_of(client));
            known.map_or_else(|| Arc::new(Tokens::of(client.clone())), Arc::clone)
        });
        Self {
            tokens,
            settings: Arc::new(settings),
            http: Arc::clone(&self.http),
            gate: Arc::clone(&self.gate),
            whose: self.whose.clone(),
        }
    }

    /// Returns the settings of the client.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Sends an operation and reads its answer, brought into one consistent form by `Declaration::normalise`.
    pub async fn send<E: Endpoint>(&self, endpoint: &E) -> Result<E::Response, Error> {
        let request = Request::to_edition(endpoint, self.settings.edition);
        let request = request.map_err(Unsendable::from)?;
        let value = match self.call(&request).await?.value {
            // Some operations return no body and some `{}`. Both mean success.
            Value::Null => Value::Object(Map::new()),
            value => E::DECLARATION.normalise(value),
        };
        if E::DECLARATION.lacks_list(&value) {
            return Err(Error::NoList { operation: E::NAME });
        }
        serde_json::from_value(value).map_err(|source| Error::Unreadable {
            operation: E::NAME,
            source,
        })
    }

    /// Sends a request, repeats it after failures if that is safe, and returns the unchanged JSON answer.
    pub async fn call(&self, request: &Request) -> Result<Answer, Error> {
        let mut outgoing = Outgoing::new(&self.settings, request)?;
        let http = self.http()?;
        match &self.tokens {
            Some(tokens) if outgoing.needs_token => {
                Box::pin(self.call_with_token(http, tokens, &mut outgoing, request)).await
            }
            _ => self.attempts(http, &outgoing, request).await,
        }
    }

    /// Sends a request with a token. If the server does not accept it, it may have been withdrawn: once more with a new one.
    async fn call_with_token(
        &self,
        http: &reqwest::Client,
        tokens: &Tokens,
        outgoing: &mut Outgoing,
        request: &Request,
    ) -> Result<Answer, Error> {
        let token = self.authorise(http, tokens, outgoing).await?;
        match self.attempts(http, outgoing, request).await {
            Err(Error::Refused(refusal)) if refusal.status == 401 => {
                tokens.forget(&token).await;
                self.authorise(http, tokens, outgoing).await?;
                self.attempts(http, outgoing, request).await
            }
            outcome => outcome,
        }
    }

    async fn authorise(
        &self,
        http: &reqwest::Client,
        tokens: &Tokens,
        outgoing: &mut Outgoing,
    ) -> Result<Token, Error> {
        let token = tokens.get(http, &self.settings).await?;
        outgoing.authorise(token.text())?;
        Ok(token)
    }

    async fn attempts(
        &self,
        http: &reqwest::Client,
        outgoing: &Outgoing,
        request: &Request,
    ) -> Result<Answer, Error> {
        let started = Instant::now();
        let mut attempts = 0;
        let attempt = || {
            attempts += 1;
            self.attempt(http, outgoing, attempts, started)
        };
        retry::repeat(&self.settings, request.repeatable, attempt).await
    }

    /// Downloads a file from an address in an answer, such as that of a log export. No key is sent. The file may be as
    /// large as answers may be.
    pub async fn download(&self, url: &str) -> Result<Vec<u8>, Error> {
        // Files are on other hosts than the API, so that the connection settings for the API do not apply.
        let http = connect(&self.settings, Reach::Anywhere).map_err(Error::Setup)?;
        let fetch = async {
            let response = http.get(url).send().await;
            let response = response.map_err(|error| {
                Error::of_sending(error, "the file", self.settings.read_timeout)
            })?;
            file(response, &self.settings).await
        };
        let total = self.settings.total_timeout;
        tokio::time::timeout(total, fetch)
            .await
            .unwrap_or(Err(Error::Timeout { after: total }))
    }

    /// Asks the address of the control plane for anything, without a key, to see whether a server answers there.
    pub async fn probe(&self) -> Result<Probe, Error> {
        // With the certificate in each answer, which calls need not carry.
        let http = builder(&self.settings, Reach::Portkey).tls_info(true);
        let http = http.build().map_err(Error::Setup)?;
        let url = self.settings.base_url.to_string();
        let probe = Probe::of(&http, &url, self.settings.read_timeout);
        let total = self.settings.total_timeout;
        tokio::time::timeout(total, probe)
            .await
            .unwrap_or(Err(Error::Timeout { after: total }))
    }

    async fn attempt(
        &self,
        http: &reqwest::Client,
        outgoing: &Outgoing,
        number: u32,
        call_started: Instant,
    ) -> Result<Answer, Error> {
        let started = Instant::now();
        let total = self.settings.total_timeout;
        let left = total.saturating_sub(call_started.elapsed());
        let turn = self.gate.enter(self.whose.as_ref(), left).await?;
        let left = total.saturating_sub(call_started.elapsed());
        let span = trace::span(outgoing, number);
        let mut result = tokio::time::timeout(left, self.exchange(http, outgoing))
            .instrument(span.clone())
            .await
            .unwrap_or(Err(Error::Timeout { after: total }));
        turn.settle(health(&result));
        if let Err(Error::Refused(refusal)) = &mut result {
            refusal.attempts = number;
            refusal.edition = self.settings.edition;
        }
        metrics::attempted(&result, number, started.elapsed());
        trace::ended(&span, &result);
        tracing::debug!(
            method = %outgoing.method,
            path = outgoing.path(),
            attempt = number,
            elapsed = ?started.elapsed(),
            outcome = %Outcome(&result),
            "call"
        );
        result
    }

    async fn exchange(&self, http: &reqwest::Client, outgoing: &Outgoing) -> Result<Answer, Error> {
        let mut request = outgoing.request();
        trace::inject_context(request.headers_mut());
        let response = http.execute(request).await.map_err(|error| {
            Error::of_sending(error, &outgoing.origin(), self.settings.read_timeout)
        })?;
        Answer::read(response, &self.settings, outgoing.projection).await
    }

    fn http(&self) -> Result<&reqwest::Client, Error> {
        if let Some(http) = self.http.get() {
            return Ok(http);
        }
        let http = connect(&self.settings, Reach::Portkey).map_err(Error::Setup)?;
        Ok(self.http.get_or_init(|| http))
    }
}

/// The addresses that a connection is used for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// The addresses in the settings.
    Portkey,
    /// Any address.
    Anywhere,
}

fn connect(settings: &Settings, reach: Reach) -> Result<reqwest::Client, reqwest::Error> {
    builder(settings, reach).build()
}

fn builder(settings: &Settings, reach: Reach) -> reqwest::ClientBuilder {
    ensure_crypto_provider();
    let mut builder = reqwest::Client::builder()
        .user_agent(&settings.user_agent)
        .connect_timeout(settings.connect_timeout)
        .read_timeout(settings.read_timeout)
        .redirect(redirect::Policy::none())
        .referer(false);
    if reach == Reach::Portkey && !settings.urls().any(BaseUrl::is_encrypted) {
        // This also works if the system has no certificates.
        builder = builder.tls_certs_only([]);
    }
    if settings.urls().all(BaseUrl::is_loopback) {
        // A proxy cannot reach addresses of this machine.
        builder = builder.no_proxy();
    }
    builder
}

/// Describes the result of an attempt for the log, without the content of the answer.
struct Outcome<'a>(&'a Result<Answer, Error>);

impl fmt::Display for Outcome<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Ok(answer) => write!(f, "{}", answer.status),
            Err(Error::Refused(refusal)) => write!(f, "{}", refusal.status),
            Err(error) => write!(f, "{:?}", error.kind()),
        }
    }
}
