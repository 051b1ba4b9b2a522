use std::{sync::Arc, time::Duration};

use ring::hmac;
use rmcp::model::{RequestStateCodec, SealOptions};
use secrecy::{ExposeSecret as _, SecretString};
use uuid::Uuid;

use super::Refused;
use crate::state::SharedState;

/// How long a token is good for.
pub const VALID_FOR: Duration = Duration::from_mins(5);

/// How long it is remembered that one was used: longer than any is good for, though clocks differ.
const REMEMBERED_FOR: Duration = Duration::from_hours(1);

/// Where the part of the key is that replicas agree on.
const AGREED_KEY: &str = "confirm:key";

/// Makes tokens and takes them back, each once.
///
/// They are sealed with a random key that the replicas agree on through the shared state, which also remembers the used
/// ones: when that is emptied, no token is good any more, rather than all of them once again.
#[derive(Debug, Clone)]
pub struct Seal {
    state: Arc<dyn SharedState>,
    /// What the operator adds to the key, so that whoever can read the shared state can make no tokens.
    secret: Option<SecretString>,
}

impl Seal {
    /// On this state, with a secret of the operator's if they have one.
    pub fn new(state: Arc<dyn SharedState>, secret: Option<SecretString>) -> Self {
        Self { state, secret }
    }

    /// A token for what is bound.
    pub async fn seal(&self, bound: &str) -> Result<String, Refused> {
        let options = SealOptions::new()
            .associated_data(bound.as_bytes())
            .ttl(VALID_FOR);
        let number = Uuid::new_v4();
        Ok(self.codec().await?.seal_with(number.as_bytes(), &options))
    }

    /// Takes a token back. Of all who bring it, on whatever replica, one succeeds.
    pub async fn redeem(&self, token: &str, bound: &str) -> Result<(), Refused> {
        let opened = self.codec().await?.open_with(token, bound.as_bytes());
        let number = opened.ok().and_then(|bytes| Uuid::from_slice(&bytes).ok());
        let number = number.ok_or(Refused::Invalid)?;
        let record = format!("confirm:used:{number}");
        if self.state.claim(&record, REMEMBERED_FOR).await? {
            Ok(())
        } else {
            Err(Refused::Used)
        }
    }

    async fn codec(&self) -> Result<RequestStateCodec, Refused> {
        // 244 random bits, for the case that nobody has proposed any yet.
        let proposed = format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
        let agreed = self.state.agree(AGREED_KEY, &proposed, REMEMBERED_FOR);
        let agreed = agreed.await?;
        let secret = self
            .secret
            .as_ref()
            .map_or("", |secret| secret.expose_secret());
        let secret = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        let key = hmac::sign(&secret, agreed.as_bytes());
        Ok(RequestStateCodec::new_unchecked(key.as_ref()))
    }
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
        assert!(matches!(other, Err(Refused::Invalid)), "{other:?}");
        seal.redeem(&token, "delete a").await.unwrap();
        let again = seal.redeem(&token, "delete a").await;
        assert!(matches!(again, Err(Refused::Used)), "{again:?}");
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
            assert!(matches!(refused, Err(Refused::Invalid)), "{changed}");
        }
        seal.redeem(&token, "call").await.unwrap();
    }

    #[tokio::test]
    async fn an_expired_token_is_good_for_nothing() {
        let seal = seal(None);
        let options = SealOptions::new()
            .associated_data(b"call")
            .ttl(Duration::ZERO);
        let number = Uuid::new_v4();
        let expired = seal.codec().await.unwrap();
        let expired = expired.seal_with(number.as_bytes(), &options);
        tokio::time::sleep(Duration::from_millis(2)).await;
        let refused = seal.redeem(&expired, "call").await;
        assert!(matches!(refused, Err(Refused::Invalid)), "{refused:?}");
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
        assert!(matches!(refused, Err(Refused::Invalid)), "{refused:?}");
    }

    #[tokio::test]
    async fn when_the_state_is_emptied_no_token_is_good_any_more() {
        let seal = seal(None);
        let token = seal.seal("call").await.unwrap();
        seal.redeem(&token, "call").await.unwrap();
        seal.state.forget(AGREED_KEY).await.unwrap();
        let refused = seal.redeem(&token, "call").await;
        assert!(matches!(refused, Err(Refused::Invalid)), "{refused:?}");
    }
}
