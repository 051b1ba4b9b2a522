//! The Portkey that this process talks to: the real one, or the embedded sandbox.

use portkey_client::Client;
use portkey_sandbox::Sandbox;

use crate::config::{Environment, Settings};

/// A client, and the sandbox it talks to if it does.
pub struct Upstream {
    /// Sends requests.
    pub client: Client,
    /// Listens for as long as this lives.
    sandbox: Option<Sandbox>,
}

impl Upstream {
    /// Starts the sandbox where the settings want it, and makes the client. Nothing is sent yet.
    pub async fn open(
        settings: &Settings,
        environment: Environment,
    ) -> Result<Self, portkey_sandbox::StartFailure> {
        let mut connection = portkey_client::Settings {
            base_url: settings.base_url.clone(),
            gateway_url: settings.gateway_url.clone(),
            api_key: environment.api_key,
            workspace_api_key: environment.workspace_api_key,
            user_agent: concat!("portkey-mcp/", env!("CARGO_PKG_VERSION")).to_owned(),
            total_timeout: settings.timeout,
            read_timeout: settings.timeout,
            max_retries: settings.max_retries,
            ceilings: settings.upstream.ceilings(),
            ..portkey_client::Settings::default()
        };
        let mut sandbox = None;
        if settings.sandbox {
            let started = Sandbox::start(portkey_sandbox::Options::default()).await?;
            if let Ok(url) = started.url().parse() {
                connection.base_url = url;
            }
            connection.gateway_url = None;
            connection.api_key = Some(started.keys().admin.clone().into());
            connection.workspace_api_key = Some(started.keys().workspace.clone().into());
            sandbox = Some(started);
        }
        Ok(Self {
            client: Client::new(connection),
            sandbox,
        })
    }

    /// Whether the data is made up.
    pub fn is_sandbox(&self) -> bool {
        self.sandbox.is_some()
    }
}
