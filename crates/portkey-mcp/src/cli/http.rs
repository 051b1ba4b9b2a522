use std::{collections::BTreeMap, fs, path::PathBuf, sync::Arc};

use clap::Args;
use tokio::sync::watch;

use super::{CommandFailure, note, serve, stop};
use crate::{
    access::Access,
    auth::Method,
    config::{AccessTables, Environment, HttpSettings, Settings},
    server::Server,
    transport::http::Http,
};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    http: HttpSettings,

    /// Read profiles, issuers and grants from this TOML file.
    #[arg(
        id = "config_file",
        long = "config",
        env = "PORTKEY_MCP_CONFIG",
        value_name = "FILE"
    )]
    config: Option<PathBuf>,
}

pub(super) async fn run(
    settings: &Settings,
    arguments: &Arguments,
    environment: Environment,
) -> Result<(), CommandFailure> {
    let http = &arguments.http;
    let tables = tables(arguments)?;
    let method = Method::of(http, &tables)?;
    let (principal, upstream) = serve::principal(settings, environment).await?;
    let about = serve::about(&principal, &upstream);
    let server = Server::new(None, settings.structured, about);
    let shares_key = principal.profile().has_key();
    let authenticator = method.authenticator(&tables, shares_key)?;
    let access = Access::new(
        authenticator,
        principal,
        &BTreeMap::new(),
        &tables.grants,
        http.auth.caller_keys,
    )?;
    let (_keep, access) = watch::channel(Arc::new(access));
    let http = Http::bind(server, access, http).await?;
    if let Some(invitation) = method.invitation(http.address()) {
        note(invitation);
    }
    note(format_args!("serving MCP on {}/mcp", http.origin()));
    http.serve(stop::asked()).await?;
    Ok(())
}

fn tables(arguments: &Arguments) -> Result<AccessTables, CommandFailure> {
    let Some(path) = &arguments.config else {
        return Ok(AccessTables::default());
    };
    let wrong = |problem: String| CommandFailure::Configuration {
        path: path.clone(),
        problem,
    };
    let text = fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
    toml::from_str(&text).map_err(|error| wrong(error.to_string()))
}
