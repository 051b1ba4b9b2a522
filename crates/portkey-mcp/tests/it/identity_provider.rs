//! A certified `OpenID` provider in a process of its own, where `TEST_OIDC_PROVIDER` names the folder it is installed in.

use std::{
    env,
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
};

use portkey_testing::outside;
use reqwest::Client;
use serde_json::{Value, json};

use crate::served::Served;

/// Where the servers of these tests say they are.
pub(crate) const PUBLIC: &str = "https://mcp.example.com";

/// What tokens for them are made for.
pub(crate) const RESOURCE: &str = "https://mcp.example.com/mcp";

/// The provider, until it is dropped.
pub(crate) struct IdentityProvider {
    child: Child,
    pub(crate) issuer: String,
    client: Client,
}

impl IdentityProvider {
    /// None where it is not installed, which is told.
    pub(crate) fn start() -> Option<Self> {
        let modules = outside(
            "TEST_OIDC_PROVIDER",
            "a folder of Node modules that has `oidc-provider`",
        )?;
        let script = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/clients/oidc/provider.mjs"
        );
        let mut child = Command::new("node")
            .arg(script)
            .arg(modules)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let issuer = lines.next().expect("the provider ended").unwrap();
        Some(Self {
            child,
            issuer,
            client: crate::served::client(),
        })
    }

    async fn ask(&self, what: &str, how: Value) -> String {
        let url = format!("{}/test/{what}", self.issuer);
        let answer = self.client.post(url).json(&how).send().await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert!(status.is_success(), "{text}");
        text
    }

    /// An access token for the server of a test, as its clients get it.
    pub(crate) async fn token(&self, client: &str, scope: &str) -> String {
        self.token_for(client, scope, RESOURCE).await
    }

    /// An access token for some server.
    pub(crate) async fn token_for(&self, client: &str, scope: &str, resource: &str) -> String {
        let how = json!({ "client": client, "scope": scope, "resource": resource });
        self.ask("token", how).await
    }

    /// A token that the provider itself would not make. Times are seconds from now.
    pub(crate) async fn signed(&self, claims: Value, header: Value, key: &str) -> String {
        let how = json!({ "claims": claims, "header": header, "key": key });
        self.ask("sign", how).await
    }

    /// New keys in place of the old ones.
    pub(crate) async fn rotate(&self, algorithm: &str) {
        self.ask("rotate", json!({ "algorithm": algorithm })).await;
    }

    /// A server with this configuration, in which `ISSUER` stands for the provider.
    pub(crate) fn serve(&self, configuration: &str) -> Served {
        self.serve_with(&["--public-url", PUBLIC], configuration)
    }

    /// The same with more arguments.
    pub(crate) fn serve_with(&self, arguments: &[&str], configuration: &str) -> Served {
        serve(arguments, &configuration.replace("ISSUER", &self.issuer))
    }

    /// What the official client tells of an endpoint, to which only this provider's tokens lead.
    pub(crate) async fn story(&self, endpoint: &str) -> String {
        let modules = env::var_os("TEST_OIDC_PROVIDER").unwrap();
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/clients/oidc/story.mjs");
        let mut command = Command::new("node");
        command
            .arg(script)
            .arg(modules)
            .args([endpoint, &self.issuer]);
        let output = tokio::task::spawn_blocking(move || command.output().unwrap());
        let output = output.await.unwrap();
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{complaint}");
        crate::process::text(&output.stdout)
    }
}

impl Drop for IdentityProvider {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

/// A server on the sandbox with this configuration.
pub(crate) fn serve(arguments: &[&str], configuration: &str) -> Served {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("portkey-mcp.toml");
    std::fs::write(&file, configuration).unwrap();
    let settings = [
        ("PORTKEY_SANDBOX", "true"),
        ("PORTKEY_MCP_CONFIG", file.to_str().unwrap()),
    ];
    let mut served = Served::start(arguments, &settings);
    served.keep(folder);
    served
}
