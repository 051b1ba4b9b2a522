//! The connection to Portkey that a profile stands for.

use portkey_api::Edition;
use portkey_client::Settings as Connection;

use super::{
    Configuration, Environment, KeyReference, NoKey, UnknownProfile,
    edition::{self, EditionMismatch, GivenClient, edition_at},
    environment::{GivenKey, KEY},
};

/// A profile that cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProfileFailure {
    /// There is none of this name.
    #[error("{0}; `portkey-mcp config check` shows what the file says")]
    Unknown(UnknownProfile),
    /// Its key is not where it should be.
    #[error("the profile `{profile}` has no key")]
    Key { profile: String, source: NoKey },
    /// It names no key, nor what Prisma AIRS takes instead.
    #[error(
        "the profile `{0}` names no key: give `api-key`, or for Prisma AIRS `client-id`, `client-secret` and `tsg-id`"
    )]
    Unkeyed(String),
    /// Its address and its credentials do not belong together.
    #[error("the profile `{profile}` cannot be used: {source}")]
    Edition {
        profile: String,
        source: EditionMismatch,
    },
}

impl From<UnknownProfile> for ProfileFailure {
    fn from(unknown: UnknownProfile) -> Self {
        Self::Unknown(unknown)
    }
}

impl Configuration {
    /// Where the profile's calls go, and with which keys.
    pub(crate) fn connection(&self, profile: &str) -> Result<Connection, ProfileFailure> {
        let table = self.tables.profile(profile)?;
        if table.is_some_and(|table| table.api_key.is_none() && table.client_id.is_none()) {
            return Err(ProfileFailure::Unkeyed(profile.to_owned()));
        }
        let no_key = |source| ProfileFailure::Key {
            profile: profile.to_owned(),
            source,
        };
        // A profile never falls back to the keys of another one.
        let [key, workspace_key, secret] = if let Some(table) = table {
            [
                &table.api_key,
                &table.workspace_api_key,
                &table.client_secret,
            ]
            .map(|reference| reference.as_ref().map(KeyReference::resolve).transpose())
        } else {
            let Environment {
                api_key,
                workspace_api_key,
                client_secret,
                ..
            } = &self.environment;
            [api_key, workspace_api_key, client_secret]
                .map(|given| given.as_ref().map(GivenKey::resolve).transpose())
        };
        let connection = Connection {
            api_key: key.map_err(no_key)?,
            workspace_api_key: workspace_key.map_err(no_key)?,
            ..self.addressed(profile)
        };
        let mut client = GivenClient::of(&self.settings.edition);
        if let Some(table) = table {
            client.id.clone_from(&table.client_id);
            client.tenant.clone_from(&table.tsg_id);
            if let Some(url) = &table.token_url {
                client.token_url.clone_from(url);
            }
        }
        client.secret = secret.map_err(no_key)?;
        edition::settle(connection, self.stated_edition(profile), client).map_err(|source| {
            ProfileFailure::Edition {
                profile: profile.to_owned(),
                source,
            }
        })
    }

    /// The edition that a profile or the settings name, if one does.
    fn stated_edition(&self, profile: &str) -> Option<Edition> {
        let table = self.tables.profiles.get(profile);
        table
            .and_then(|table| table.edition)
            .or(self.settings.edition.edition)
    }

    /// Where the calls of a profile go, without its keys. A profile that there is not yet is where the settings say.
    pub(crate) fn addressed(&self, profile: &str) -> Connection {
        let mut connection = self.defaults();
        let Some(table) = self.tables.profiles.get(profile) else {
            return connection;
        };
        if let Some(base_url) = &table.base_url {
            connection.base_url = base_url.clone();
            connection.gateway_url = None;
        }
        if let Some(gateway_url) = &table.gateway_url {
            connection.gateway_url = Some(gateway_url.clone());
        }
        connection.edition = edition_at(self.stated_edition(profile), &connection.base_url);
        connection
    }

    /// The connection of flags and environment without keys, which holds for a profile as far as that names nothing
    /// else.
    pub(crate) fn defaults(&self) -> Connection {
        let settings = &self.settings;
        Connection {
            edition: edition_at(settings.edition.edition, &settings.base_url),
            base_url: settings.base_url.clone(),
            gateway_url: settings.gateway_url.clone(),
            user_agent: concat!("portkey-mcp/", env!("CARGO_PKG_VERSION")).to_owned(),
            total_timeout: settings.timeout,
            read_timeout: settings.timeout,
            max_retries: settings.max_retries,
            ceilings: settings.upstream.ceilings(),
            ..Connection::default()
        }
    }

    /// Where the key of a profile is: a variable, or a reference.
    pub(crate) fn place_of_key(&self, profile: &str) -> String {
        let table = self.tables.profiles.get(profile);
        match (table, &self.environment.api_key) {
            (Some(table), _) => match (&table.api_key, &table.client_secret) {
                (Some(key), _) | (None, Some(key)) => key.to_string(),
                (None, None) => "no place".to_owned(),
            },
            (None, Some(GivenKey::InKeyring(reference))) => format!("{KEY}={reference}"),
            (None, _) => KEY.to_owned(),
        }
    }

    /// The variable that the key of a profile belongs into.
    pub(crate) fn variable_of_key(&self, profile: &str) -> &str {
        match self
            .tables
            .profiles
            .get(profile)
            .and_then(|table| table.api_key.as_ref())
        {
            Some(KeyReference::Environment(name)) => name,
            _ => KEY,
        }
    }

    /// The organisation's name in results, if the profile gives one.
    pub(crate) fn organisation(&self, profile: &str) -> Option<&str> {
        self.tables.profiles.get(profile)?.organisation.as_deref()
    }
}
