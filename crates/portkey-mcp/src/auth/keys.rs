//! The public keys of an issuer: fetched when a token first needs them, kept, and fetched again when they are old or a
//! token names another one.

mod fetch;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use jsonwebtoken::{
    AlgorithmFamily, DecodingKey, Header,
    jwk::{Jwk, KeyAlgorithm, PublicKeyUse},
};
use portkey_engine::causes::with_causes;
use tokio::sync::{Mutex, watch};

pub(crate) use fetch::InvalidAddress;
use fetch::{Fetch, KeySet};

/// How long fetched keys are used before they are fetched again, so that a revoked key stops counting.
const FRESH_FOR: Duration = Duration::from_mins(15);

/// The shortest time between two requests to an issuer, however many unknown keys tokens name.
const MIN_INTERVAL: Duration = Duration::from_secs(10);

/// The keys of one issuer.
#[derive(Debug)]
pub(super) struct Keys {
    fetch: Fetch,
    kept: watch::Sender<Arc<Kept>>,
    /// When the issuer was last asked. It stays locked during a fetch, so that concurrent requests wait for the same
    /// one.
    asked: Mutex<Option<Instant>>,
}

/// The issuer has not been reached yet.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unavailable;

#[derive(Debug, Default)]
struct Kept {
    keys: Vec<Key>,
    /// When they are to be fetched again; `None` before the first fetch.
    until: Option<Instant>,
}

#[derive(Debug)]
struct Key {
    id: Option<String>,
    algorithm: Option<KeyAlgorithm>,
    public: DecodingKey,
}

impl Keys {
    /// The keys of an issuer, at `jwks_uri` or where its discovery document says.
    pub(super) fn of(issuer: &str, jwks_uri: Option<&str>) -> Result<Self, InvalidAddress> {
        Ok(Self {
            fetch: Fetch::new(issuer, jwks_uri)?,
            kept: watch::Sender::default(),
            asked: Mutex::default(),
        })
    }

    /// The keys that may have signed a token with this header.
    pub(super) async fn candidates(
        &self,
        header: &Header,
    ) -> Result<Vec<DecodingKey>, Unavailable> {
        let kept = Arc::clone(&self.kept.borrow());
        let found = kept.candidates(header);
        if !found.is_empty() && kept.is_fresh() {
            return Ok(found);
        }
        self.refresh().await;
        let kept = Arc::clone(&self.kept.borrow());
        kept.until.ok_or(Unavailable)?;
        Ok(kept.candidates(header))
    }

    /// Fetches the keys again. The old ones stay in use if the issuer does not answer.
    async fn refresh(&self) {
        let mut asked = self.asked.lock().await;
        if asked.is_some_and(|at| at.elapsed() < MIN_INTERVAL) {
            return;
        }
        match self.fetch.keys().await {
            Ok(set) => _ = self.kept.send_replace(Arc::new(Kept::of(set))),
            Err(error) => {
                tracing::warn!(issuer = self.fetch.issuer(), error = %with_causes(&error), "no keys");
            }
        }
        *asked = Some(Instant::now());
    }
}

impl Kept {
    fn of(set: KeySet) -> Self {
        Self {
            keys: set.understood().filter_map(|jwk| Key::of(&jwk)).collect(),
            until: Instant::now().checked_add(FRESH_FOR),
        }
    }

    fn is_fresh(&self) -> bool {
        self.until.is_some_and(|until| Instant::now() < until)
    }

    fn candidates(&self, header: &Header) -> Vec<DecodingKey> {
        let candidates = self.keys.iter().filter(|key| key.may_verify(header));
        candidates.map(|key| key.public.clone()).collect()
    }
}

impl Key {
    /// A public key for signatures; `None` for keys with another use or of an unknown kind.
    fn of(jwk: &Jwk) -> Option<Self> {
        if matches!(&jwk.common.public_key_use, Some(u) if *u != PublicKeyUse::Signature) {
            return None;
        }
        let key = DecodingKey::from_jwk(jwk).ok()?;
        (key.family() != AlgorithmFamily::Hmac).then(|| Self {
            id: jwk.common.key_id.clone(),
            algorithm: jwk.common.key_algorithm,
            public: key,
        })
    }

    fn may_verify(&self, header: &Header) -> bool {
        let named = header
            .kid
            .as_ref()
            .is_none_or(|id| self.id.as_ref() == Some(id));
        let meant = self
            .algorithm
            .is_none_or(|algorithm| algorithm == header.alg.into());
        let family = self.public.family().algorithms().contains(&header.alg);
        named && meant && family
    }
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::Algorithm;
    use serde_json::{Value, json};
    use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

    use super::*;

    fn set() -> Value {
        json!({ "keys": [
            { "kty": "RSA", "kid": "rsa", "use": "sig", "alg": "RS256", "n": "AQAB", "e": "AQAB" },
            { "kty": "RSA", "kid": "other", "use": "enc", "n": "AQAB", "e": "AQAB" },
            { "kty": "EC", "kid": "curve", "crv": "P-256", "x": "AQAB", "y": "AQAB" },
            { "kty": "oct", "kid": "shared", "k": "AQAB" },
            { "kty": "new", "kid": "later", "alg": "NEW", "z": 1 },
        ] })
    }

    fn kept() -> Kept {
        Kept::of(serde_json::from_value(set()).unwrap())
    }

    fn header(algorithm: Algorithm, kid: Option<&str>) -> Header {
        let mut header = Header::new(algorithm);
        header.kid = kid.map(str::to_owned);
        header
    }

    #[test]
    fn a_key_fits_by_its_name_and_what_it_is_for() {
        let count = |algorithm, kid| kept().candidates(&header(algorithm, kid)).len();
        assert_eq!(count(Algorithm::RS256, Some("rsa")), 1);
        assert_eq!(count(Algorithm::RS512, Some("rsa")), 0);
        assert_eq!(count(Algorithm::RS256, Some("other")), 0);
        assert_eq!(count(Algorithm::ES256, Some("curve")), 1);
        assert_eq!(count(Algorithm::RS256, Some("curve")), 0);
        assert_eq!(count(Algorithm::HS256, Some("shared")), 0);
        assert_eq!(count(Algorithm::ES256, None), 1);
    }

    /// An issuer that must be asked once, and its keys.
    async fn issuer(answer: ResponseTemplate) -> (MockServer, Keys) {
        let server = MockServer::start().await;
        Mock::given(any())
            .respond_with(answer)
            .expect(1)
            .mount(&server)
            .await;
        let keys = Keys::of("issuer", Some(&server.uri())).unwrap();
        (server, keys)
    }

    #[tokio::test]
    async fn names_that_nobody_knows_do_not_make_us_ask_all_the_time() {
        let (_server, keys) = issuer(ResponseTemplate::new(200).set_body_json(set())).await;
        for number in 0..20 {
            let made_up = header(Algorithm::RS256, Some(&number.to_string()));
            assert!(keys.candidates(&made_up).await.unwrap().is_empty());
        }
        let known = header(Algorithm::RS256, Some("rsa"));
        assert_eq!(keys.candidates(&known).await.unwrap().len(), 1);
    }

    #[tokio::test]
    async fn old_keys_count_while_the_issuer_does_not_answer() {
        let (_server, keys) = issuer(ResponseTemplate::new(500)).await;
        let known = header(Algorithm::RS256, Some("rsa"));
        assert!(keys.candidates(&known).await.is_err());
        let (_other, keys) = issuer(ResponseTemplate::new(500)).await;
        let mut old = kept();
        old.until = Some(Instant::now());
        keys.kept.send_replace(Arc::new(old));
        for _ in 0..3 {
            assert_eq!(keys.candidates(&known).await.unwrap().len(), 1);
        }
    }
}
