//! The Portkey installations that this process calls, or the embedded sandbox in place of all of them.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use parking_lot::Mutex;
use portkey_api::Edition;
use portkey_client::{Client, OauthClient, ReadClient, SecretString, Settings as Connection};
use portkey_engine::{
    call::{Caller, Conventions},
    secrets::Secrets,
    services::Services,
};
use portkey_sandbox::{SANDBOX_CLIENT, SANDBOX_TENANT, Sandbox};
use portkey_workflows::WORKFLOWS;

use crate::{
    access::Profile,
    catalog::catalog,
    config::{Configuration, ProfileFailure, Settings},
};

/// Connections and caches, which outlive a reload of the configuration.
#[derive(Debug)]
pub(crate) struct Upstream {
    /// The sandbox listens as long as this lives.
    sandbox: Option<Sandbox>,
    /// The file of the sandbox, if it has one.
    file: Option<PathBuf>,
    /// One for each set of addresses and connection settings.
    clients: Mutex<Vec<Client>>,
    services: Arc<Services>,
}

impl Upstream {
    /// Starts the sandbox if the setting says so. Nothing is sent yet.
    pub(crate) async fn open(
        settings: &Settings,
        services: Services,
    ) -> Result<Self, portkey_sandbox::StartFailure> {
        let sandbox = &settings.sandbox;
        let file = sandbox.file().map(Path::to_owned);
        let sandbox = if sandbox.is_on() {
            let options = portkey_sandbox::Options {
                data: file.clone(),
                edition: settings.edition.edition.unwrap_or_default(),
                ..portkey_sandbox::Options::default()
            };
            Some(Sandbox::start(options).await?)
        } else {
            None
        };
        Ok(Self {
            sandbox,
            file,
            clients: Mutex::default(),
            services: Arc::new(services),
        })
    }

    /// The profile of this name. On the sandbox every profile is the sandbox's organisation.
    pub(crate) fn profile(
        &self,
        name: &str,
        configuration: &Configuration,
        secrets: Secrets,
    ) -> Result<Profile, ProfileFailure> {
        let (connection, organisation) = match &self.sandbox {
            Some(sandbox) => {
                configuration.tables.profile(name)?;
                (sandboxed(sandbox, configuration), None)
            }
            None => (
                configuration.connection(name)?,
                configuration.organisation(name).map(str::to_owned),
            ),
        };
        let conventions = Conventions {
            apps: configuration.settings.known_apps.clone(),
            envs: configuration.settings.known_envs.clone(),
        };
        let client = self.client(connection);
        let services = Arc::clone(&self.services);
        let mut caller = Caller::new(catalog(), client, secrets, conventions, services)
            .with_workflows(WORKFLOWS)
            .with_profile(name)
            .within(configuration.settings.answers.of_server());
        if let Some(file) = &self.file {
            // The sandbox's port differs each time, so its file identifies it in the journal.
            caller = caller.at(file.display());
        }
        let profile = Profile::new(
            name,
            caller.of(name),
            organisation,
            self.services.owners.clone(),
        );
        Ok(profile.with_key_at(&configuration.place_of_key(name)))
    }

    /// A client that reads with this key, where the calls of a profile go. The profile may be one that there is not yet.
    pub(crate) fn reader(
        &self,
        profile: &str,
        key: SecretString,
        configuration: &Configuration,
    ) -> ReadClient {
        let connection = match &self.sandbox {
            Some(sandbox) => sandboxed(sandbox, configuration),
            None => configuration.addressed(profile),
        };
        self.client(connection).read_only().with_key(key)
    }

    /// Whether the data is made up.
    pub(crate) fn is_sandbox(&self) -> bool {
        self.sandbox.is_some()
    }

    /// A client, which shares the connections of one that connects alike.
    fn client(&self, connection: Connection) -> Client {
        let mut clients = self.clients.lock();
        let alike = |client: &&Client| client.settings().connect_like(&connection);
        if let Some(client) = clients.iter().find(alike) {
            return client.with(connection);
        }
        let client = Client::new(connection);
        clients.push(client.clone());
        client
    }
}

fn sandboxed(sandbox: &Sandbox, configuration: &Configuration) -> Connection {
    let mut connection = configuration.defaults();
    if let Ok(url) = sandbox.url().parse() {
        connection.base_url = url;
    }
    connection.gateway_url = None;
    connection.workspace_api_key = Some(sandbox.keys().workspace.clone().into());
    if connection.edition == Edition::Classic {
        connection.api_key = Some(sandbox.keys().admin.clone().into());
    } else {
        connection.oauth = Some(OauthClient {
            token_url: sandbox.token_url().to_owned(),
            ..OauthClient::new(SANDBOX_CLIENT, sandbox.keys().admin.clone(), SANDBOX_TENANT)
        });
    }
    connection
}
