//! The settings of a client.

use std::time::Duration;

use portkey_api_core::{Base, Keys};
use secrecy::{ExposeSecret as _, SecretString};

use crate::{BaseUrl, Ceilings};

/// The addresses, keys and limits of a client. `Debug` shows no keys.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The address of the control plane.
    pub base_url: BaseUrl,
    /// The address of the gateway, if it differs from that of the control plane.
    pub gateway_url: Option<BaseUrl>,
    /// The API key of an organisation or a workspace.
    pub api_key: Option<SecretString>,
    /// The API key for operations that accept only workspace keys. If it is missing, `api_key` is used.
    pub workspace_api_key: Option<SecretString>,
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
            base_url: BaseUrl::default(),
            gateway_url: None,
            api_key: None,
            workspace_api_key: None,
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
        let url = match (base, &self.gateway_url) {
            (Base::Gateway, Some(gateway)) => gateway,
            _ => &self.base_url,
        };
        url.resolve(base)
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

    pub(crate) fn urls(&self) -> impl Iterator<Item = &BaseUrl> {
        [Some(&self.base_url), self.gateway_url.as_ref()]
            .into_iter()
            .flatten()
    }
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
