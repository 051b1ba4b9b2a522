//! The address of Portkey and the key of a request. Cached facts belong to one account.

use portkey_api_core::Keys;
use portkey_client::Settings;

use super::Fingerprint;

/// An address of Portkey and the fingerprint of an API key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Account {
    /// The address of Portkey's control plane.
    pub portkey: String,
    /// The fingerprint of the API key, if a key is used.
    pub key: Option<Fingerprint>,
}

impl Account {
    /// Returns the account for operations that accept these `keys`.
    pub fn of(settings: &Settings, keys: Keys) -> Self {
        Self {
            portkey: settings.base_url.to_string(),
            key: settings.credential_for(keys).map(Fingerprint::of),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_told_by_the_key_that_is_sent() {
        let one = Settings {
            api_key: Some("organisation".into()),
            workspace_api_key: Some("workspace".into()),
            ..Settings::default()
        };
        let of = |settings: &Settings, keys| Account::of(settings, keys);
        assert_eq!(of(&one, Keys::Any), of(&one, Keys::Admin));
        assert_ne!(of(&one, Keys::Any), of(&one, Keys::Workspace));
        assert_eq!(of(&one, Keys::None).key, None);
        // An empty key is not sent, so it is none here either.
        let other = Settings {
            workspace_api_key: Some("".into()),
            ..one.clone()
        };
        assert_eq!(of(&other, Keys::Workspace), of(&one, Keys::Any));
        let elsewhere = Settings {
            base_url: "https://portkey.example".parse().unwrap(),
            ..one.clone()
        };
        assert_ne!(of(&elsewhere, Keys::Any), of(&one, Keys::Any));
        assert!(!format!("{:?}", of(&one, Keys::Any)).contains("organisation"));
    }
}
