//! Tokens that confirm one call each and are valid once.

use std::{sync::Arc, time::Duration};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use ring::hmac;
use secrecy::{ExposeSecret as _, SecretString};
use uuid::Uuid;

use super::ConfirmationRefused;
use crate::state::SharedState;

/// How long a token is valid.
pub const VALID_FOR: Duration = Duration::from_mins(5);

/// How long used tokens are remembered. This is longer than a token is valid, because the clocks of replicas may
/// differ.
const REMEMBERED_FOR: Duration = Duration::from_hours(1);

/// The key of the shared state under which replicas store their part of the signing key.
const AGREED_KEY: &str = "confirm:key";

/// A prefix of everything that is signed, so that the tags differ from those for other purposes.
const PURPOSE: &[u8] = b"portkey-mcp/confirmation/1";

/// The length of a token's number, in bytes.
const NUMBER: usize = 16;

/// The length of a token in front of its tag, in bytes: the number and the time at which it expires.
const CONTENT: usize = NUMBER + 8;

/// Issues and redeems tokens.
///
/// Tokens are signed with a random key that replicas agree on through the shared state. It also remembers the used
/// tokens. When the shared state is emptied, the key is lost too, so that used tokens do not become valid again.
#[derive(Debug, Clone)]
pub struct Seal {
    state: Arc<dyn SharedState>,
    /// A secret of the operator that becomes part of the key, so that reading the shared state is not enough to forge
    /// tokens.
    secret: Option<SecretString>,
}

impl Seal {
    /// Returns a seal that uses this state and, if the operator has one, this secret.
    pub fn new(state: Arc<dyn SharedState>, secret: Option<SecretString>) -> Self {
        Self { state, secret }
    }

    /// Returns a new token for the call that `bound` describes.
    pub async fn seal(&self, bound: &str) -> Result<String, ConfirmationRefused> {
        let valid_until = Timestamp::now() + VALID_FOR;
        Ok(sealed(
            &self.key().await?,
            Uuid::new_v4(),
            bound,
            valid_until,
        ))
    }

    /// Checks a token and marks it as used. Of several callers with the same token, on any replica, one succeeds.
    pub(crate) async fn redeem(&self, token: &str, bound: &str) -> Result<(), ConfirmationRefused> {
        let number =
            opened(&self.key().await?, token, bound).ok_or(ConfirmationRefused::Invalid)?;
        let record = format!("confirm:used:{number}");
        if self.state.claim(&record, REMEMBERED_FOR).await? {
            Ok(())
        } else {
            Err(ConfirmationRefused::Used)
        }
    }

    async fn key(&self) -> Result<hmac::Key, ConfirmationRefused> {
        // 244 random bits, which are used if no replica has stored a key yet.
        let proposed = format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
        let agreed = self.state.agree(AGREED_KEY, &proposed, REMEMBERED_FOR);
        let agreed = agreed.await?;
        let secret = self
            .secret
            .as_ref()
            .map_or("", |secret| secret.expose_secret());
        let secret = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        let key = hmac::sign(&secret, agreed.as_bytes());
        Ok(hmac::Key::new(hmac::HMAC_SHA256, key.as_ref()))
    }
}

/// Returns a token: its number, the time at which it expires in milliseconds since 1970, and a tag over both and
/// `bound`, all in base64url.
fn sealed(key: &hmac::Key, number: Uuid, bound: &str, valid_until: Timestamp) -> String {
    let mut bytes = number.as_bytes().to_vec();
    bytes.extend(valid_until.as_millisecond().to_be_bytes());
    let tag = hmac::sign(key, &tagged(&bytes, bound));
    bytes.extend(tag.as_ref());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Returns the number of a token, if its tag matches `bound` and it has not expired.
fn opened(key: &hmac::Key, token: &str, bound: &str) -> Option<Uuid> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
    let (content, tag) = bytes.split_at_checked(CONTENT)?;
    hmac::verify(key, &tagged(content, bound), tag).ok()?;
    let (number, valid_until) = content.split_at_checked(NUMBER)?;
    let valid_until = i64::from_be_bytes(valid_until.try_into().ok()?);
    let is_good = Timestamp::now().as_millisecond() < valid_until;
    Uuid::from_slice(number).ok().filter(|_| is_good)
}

/// Returns the bytes that the tag covers. The content has a fixed length, so that no byte of it can be taken for a part
/// of `bound`.
fn tagged(content: &[u8], bound: &str) -> Vec<u8> {
    [PURPOSE, content, bound.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state;

    fn seal(secret: Option<&str>) -> Seal {
        Seal::new(state::open(None).unwrap(), secret.map(Into::into))
    }

    #[tokio::test]
    async fn a_token_is_good_once_and_for_what_it_was_made_for() {
        let seal = seal(None);
        let token = seal.seal("delete a").await.unwrap();
        let other = seal.redeem(&token, "delete b").await;
        assert!(
            matches!(other, Err(ConfirmationRefused::Invalid)),
            "{other:?}"
        );
        seal.redeem(&token, "delete a").await.unwrap();
        let again = seal.redeem(&token, "delete a").await;
        assert!(matches!(again, Err(ConfirmationRefused::Used)), "{again:?}");
    }

    #[tokio::test]
    async fn no_byte_of_a_token_can_be_changed() {
        let seal = seal(None);
        let token = seal.seal("call").await.unwrap();
        for place in 0..token.len() {
            let mut bytes = token.clone().into_bytes();
            bytes[place] = if bytes[place] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).unwrap();
            let refused = seal.redeem(&changed, "call").await;
            assert!(
                matches!(refused, Err(ConfirmationRefused::Invalid)),
                "{changed}"
            );
        }
        seal.redeem(&token, "call").await.unwrap();
    }

    #[tokio::test]
    async fn an_expired_token_is_good_for_nothing() {
        let seal = seal(None);
        let key = seal.key().await.unwrap();
        let expired = sealed(&key, Uuid::new_v4(), "call", Timestamp::now());
        let refused = seal.redeem(&expired, "call").await;
        assert!(
            matches!(refused, Err(ConfirmationRefused::Invalid)),
            "{refused:?}"
        );
    }

    #[tokio::test]
    async fn whoever_reads_the_shared_state_alone_can_make_no_token() {
        let seal = seal(Some("the operator's own"));
        let reader = Seal {
            secret: None,
            ..seal.clone()
        };
        let forged = reader.seal("call").await.unwrap();
        let refused = seal.redeem(&forged, "call").await;
        assert!(
            matches!(refused, Err(ConfirmationRefused::Invalid)),
            "{refused:?}"
        );
    }

    #[tokio::test]
    async fn when_the_state_is_emptied_no_token_is_good_any_more() {
        let seal = seal(None);
        let token = seal.seal("call").await.unwrap();
        seal.redeem(&token, "call").await.unwrap();
        seal.state.forget(AGREED_KEY).await.unwrap();
        let refused = seal.redeem(&token, "call").await;
        assert!(
            matches!(refused, Err(ConfirmationRefused::Invalid)),
            "{refused:?}"
        );
    }
}
