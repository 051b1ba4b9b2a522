//! Settings of a client.

use std::time::Duration;

use portkey_api_core::{Base, Keys};
use secrecy::{ExposeSecret as _, SecretString};

use crate::{BaseUrl, Ceilings};

/// Where to call, as whom, and how patiently. `Debug` shows no keys.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The control plane.
    pub base_url: BaseUrl,
    /// The gateway, where it has an address of its own.
    pub gateway_url: Option<BaseUrl>,
    /// The key of an organisation or a workspace.
    pub api_key: Option<SecretString>,
    /// The key for operations that accept workspace keys alone; `api_key` where it is missing.
    pub workspace_api_key: Option<SecretString>,
    /// What the client calls itself.
    pub user_agent: String,
    /// How long a connection may take to come about.
    pub connect_timeout: Duration,
    /// How long the server may stay silent.
    pub read_timeout: Duration,
    /// How long one call may take, with all its attempts and the pauses between them.
    pub total_timeout: Duration,
    /// How often a call is repeated after its first attempt failed.
    pub max_retries: u32,
    /// The pause before the first repetition; later ones grow up to ten times as long.
    pub retry_pause: Duration,
    /// The largest answer that is read.
    pub max_response_bytes: usize,
    /// The most values that an answer may hold, counting every member and entry: in memory a value takes a hundred
    /// times the space of the byte that it may be on the wire.
    pub max_response_values: usize,
    /// How much the server is asked at once, by all clones of a client together.
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
    /// The address that paths of `base` are appended to.
    pub fn address(&self, base: Base) -> String {
        let url = match (base, &self.gateway_url) {
            (Base::Gateway, Some(gateway)) => gateway,
            _ => &self.base_url,
        };
        url.resolve(base)
    }

    /// Whether connections made for these settings serve the others too.
    pub fn connect_like(&self, other: &Self) -> bool {
        self.base_url == other.base_url
            && self.gateway_url == other.gateway_url
            && self.user_agent == other.user_agent
            && self.connect_timeout == other.connect_timeout
            && self.read_timeout == other.read_timeout
    }

    /// The key that operations are called with which accept these `keys`. An empty key counts as none.
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
