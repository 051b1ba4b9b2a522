//! The settings of a client.

use std::time::Duration;

use portkey_api_core::{Base, Edition, Keys};
use secrecy::{ExposeSecret as _, SecretString};

use crate::{BaseUrl, Ceilings, OauthClient};

/// The addresses, keys and limits of a client. `Debug` shows no keys.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The edition that answers at the address.
    pub edition: Edition,
    /// The address of the control plane.
    pub base_url: BaseUrl,
    /// The address of the gateway, if it differs from that of the control plane.
    pub gateway_url: Option<BaseUrl>,
    /// The API key of an organisation or a workspace.
    pub api_key: Option<SecretString>,
    /// The API key for operations that accept only workspace keys. If it is missing, `api_key` is used.
    pub workspace_api_key: Option<SecretString>,
    /// The client whose tokens Prisma AIRS takes where its objects are managed. If it is missing, `api_key` is sent as a
    /// token there, if it has the form of one.
    pub oauth: Option<OauthClient>,
    /// The user agent in requests.
    pub user_agent: String,
    /// The longest time to establish a connection.
    pub connect_timeout: Duration,
    /// The longest silence of the server.
    pub read_timeout: Duration,
    /// The longest duration of a call, including all attempts and the pauses between them.
    pub total_timeout: Duration,
    /// The largest number of further attempts after the first one failed.
    pub max_retries: u32,
    /// The pause before the second attempt. Later pauses are at most ten times as long.
    pub retry_pause: Duration,
    /// The size of the largest answer, in bytes.
    pub max_response_bytes: usize,
    /// The largest number of values in an answer. Every member and entry counts, because a value in memory may take a
    /// hundred times the space of the byte that it takes in JSON.
    pub max_response_values: usize,
    /// The limits on requests to the server, which all clones of a client share.
    pub ceilings: Ceilings,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            edition: Edition::Classic,
            base_url: BaseUrl::default(),
            gateway_url: None,
            api_key: None,
            workspace_api_key: None,
            oauth: None,
            user_agent: concat!("portkey-client/", env!("CARGO_PKG_VERSION")).to_owned(),
            connect_timeout: Duration::from_secs(10),
            read_timeout: Duration::from_secs(30),
            total_timeout: Duration::from_mins(1),
            max_retries: 4,
            retry_pause: Duration::from_millis(500),
            max_response_bytes: 32 * 1024 * 1024,
            max_response_values: 300_000,
            ceilings: Ceilings::default(),
        }
    }
}

impl Settings {
    /// Returns the address that paths of `base` are appended to.
    pub fn address(&self, base: Base) -> String {
        match (base, &self.gateway_url, self.edition) {
            (Base::Gateway, Some(gateway), _) => gateway.resolve(base),
            (Base::Gateway, None, Edition::PrismaAirs) => self.base_url.airs_gateway(),
            _ => self.base_url.resolve(base),
        }
    }

    /// Whether connections for these settings can be used for the other ones.
    pub fn connect_like(&self, other: &Self) -> bool {
        self.base_url == other.base_url
            && self.gateway_url == other.gateway_url
            && self.user_agent == other.user_agent
            && self.connect_timeout == other.connect_timeout
            && self.read_timeout == other.read_timeout
    }

    /// Returns the key for operations that accept these `keys`. An empty key counts as none.
    pub fn key_for(&self, keys: Keys) -> Option<&SecretString> {
        let preferred = match keys {
            Keys::None => return None,
            Keys::Workspace => self.workspace_api_key.as_ref(),
            Keys::Any | Keys::Admin => None,
        };
        [preferred, self.api_key.as_ref()]
            .into_iter()
            .flatten()
            .find(|key| !key.expose_secret().is_empty())
    }

    /// Returns the credential that is sent to operations which accept these `keys`: an API key, or what Prisma AIRS gives
    /// tokens for.
    pub fn credential_for(&self, keys: Keys) -> Option<&SecretString> {
        let managed =
            self.edition == Edition::PrismaAirs && matches!(keys, Keys::Any | Keys::Admin);
        match &self.oauth {
            Some(client) if managed => Some(&client.client_secret),
            _ => self.key_for(keys),
        }
    }

    /// Returns the tenant of Prisma AIRS that tokens are for, which is the organisation there.
    pub fn tenant(&self) -> Option<&str> {
        let client = self.oauth.as_ref()?;
        (self.edition == Edition::PrismaAirs).then_some(client.tenant.as_str())
    }

    /// Returns the API key as a token of Prisma AIRS, if it has the form of one.
    pub(crate) fn given_token(&self) -> Option<&SecretString> {
        let key = self.api_key.as_ref()?;
        is_token(key.expose_secret()).then_some(key)
    }

    pub(crate) fn urls(&self) -> impl Iterator<Item = &BaseUrl> {
        [Some(&self.base_url), self.gateway_url.as_ref()]
            .into_iter()
            .flatten()
    }
}

/// Whether a text has the form of a signed token: three parts with dots between them, the first of which is JSON.
pub fn is_token(text: &str) -> bool {
    text.starts_with("eyJ") && text.split('.').count() == 3 && !text.contains("..")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_keys() {
        let settings = Settings {
            api_key: Some("sesame".into()),
            workspace_api_key: Some("sesame".into()),
            ..Settings::default()
        };
        assert!(!format!("{settings:?}").contains("sesame"));
    }

    #[test]
    fn the_key_of_a_workspace_is_for_what_accepts_no_other() {
        let sent = |organisation: &str, workspace: Option<&str>, keys| {
            let settings = Settings {
                api_key: Some(organisation.into()),
                workspace_api_key: workspace.map(Into::into),
                ..Settings::default()
            };
            let key = settings.key_for(keys);
            key.map(|key| key.expose_secret().to_owned())
        };
        assert_eq!(sent("o", Some("w"), Keys::Workspace).as_deref(), Some("w"));
        assert_eq!(sent("o", Some("w"), Keys::Any).as_deref(), Some("o"));
        assert_eq!(sent("o", Some("w"), Keys::Admin).as_deref(), Some("o"));
        assert_eq!(sent("o", Some("w"), Keys::None), None);
        for none in [None, Some("")] {
            assert_eq!(sent("o", none, Keys::Workspace).as_deref(), Some("o"));
            assert_eq!(sent("", none, Keys::Workspace), None);
        }
    }

    #[test]
    fn prisma_airs_is_managed_with_the_secret_of_its_client() {
        let settings = Settings {
            edition: Edition::PrismaAirs,
            base_url: BaseUrl::airs(),
            api_key: Some("gateway".into()),
            oauth: Some(OauthClient::new("client", "secret", "1234")),
            ..Settings::default()
        };
        let credential = |keys| {
            settings
                .credential_for(keys)
                .map(|key| key.expose_secret().to_owned())
        };
        assert_eq!(credential(Keys::Admin).as_deref(), Some("secret"));
        assert_eq!(credential(Keys::Workspace).as_deref(), Some("gateway"));
        assert_eq!(
            settings.address(Base::Gateway),
            "https://aigw.portkey.ai/v1"
        );
        assert!(
            !format!("{settings:?}").contains("secret\""),
            "{settings:?}"
        );
        assert!(is_token("eyJhbGciOi.eyJ0c2c.c2ln") && !is_token("eyJhbGciOi"));
    }

    #[test]
    fn the_gateway_may_live_elsewhere() {
        let mut settings = Settings::default();
        assert_eq!(settings.address(Base::Gateway), "https://api.portkey.ai/v1");
        settings.gateway_url = "https://gateway.example".parse().ok();
        assert_eq!(
            settings.address(Base::Gateway),
            "https://gateway.example/v1"
        );
        assert_eq!(settings.address(Base::Control), "https://api.portkey.ai/v1");
    }
}
