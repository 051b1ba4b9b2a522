//! The connection to Portkey that a profile stands for.

use portkey_client::Settings as Connection;

use super::{Configuration, NoKey, UnknownProfile};

/// A profile that cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProfileFailure {
    /// There is none of this name.
    #[error("{0}; `portkey-mcp config check` shows what the file says")]
    Unknown(UnknownProfile),
    /// Its key is not where it should be.
    #[error("the profile `{profile}` has no key")]
    Key { profile: String, source: NoKey },
}

impl From<UnknownProfile> for ProfileFailure {
    fn from(unknown: UnknownProfile) -> Self {
        Self::Unknown(unknown)
    }
}

impl Configuration {
    /// Where the profile's calls go, and with which keys.
    pub(crate) fn connection(&self, profile: &str) -> Result<Connection, ProfileFailure> {
        let mut connection = self.defaults();
        let Some(table) = self.tables.profile(profile)? else {
            return Ok(connection);
        };
        let no_key = |source| ProfileFailure::Key {
            profile: profile.to_owned(),
            source,
        };
        if let Some(base_url) = &table.base_url {
            connection.base_url = base_url.clone();
            connection.gateway_url = None;
        }
        if let Some(gateway_url) = &table.gateway_url {
            connection.gateway_url = Some(gateway_url.clone());
        }
        // A profile never falls back to the keys of another one.
        connection.api_key = Some(table.api_key.resolve().map_err(no_key)?);
        let workspace = table.workspace_api_key.as_ref();
        connection.workspace_api_key = workspace
            .map(|reference| reference.resolve().map_err(no_key))
            .transpose()?;
        Ok(connection)
    }

    /// The connection of flags and environment, which holds for a profile as far as that names nothing else.
    pub(crate) fn defaults(&self) -> Connection {
        let settings = &self.settings;
        Connection {
            base_url: settings.base_url.clone(),
            gateway_url: settings.gateway_url.clone(),
            api_key: self.environment.api_key.clone(),
            workspace_api_key: self.environment.workspace_api_key.clone(),
            user_agent: concat!("portkey-mcp/", env!("CARGO_PKG_VERSION")).to_owned(),
            total_timeout: settings.timeout,
            read_timeout: settings.timeout,
            max_retries: settings.max_retries,
            ceilings: settings.upstream.ceilings(),
            ..Connection::default()
        }
    }

    /// The organisation's name in results, if the profile gives one.
    pub(crate) fn organisation(&self, profile: &str) -> Option<&str> {
        self.tables.profiles.get(profile)?.organisation.as_deref()
    }
}
