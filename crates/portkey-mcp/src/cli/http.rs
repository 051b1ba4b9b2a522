mod reload;

use std::{ffi::OsString, sync::Arc};

use tokio::sync::watch;

use super::{CommandFailure, Reading, note, serve};
use crate::{
    access::{Access, Principal},
    auth::Authenticator,
    config::{Changes, Configuration, HttpSettings},
    secrets::{Destination, Sink},
    server::Server,
    transport::http::Http,
    upstream::Upstream,
};
use reload::Reload;

pub(super) async fn run(
    reading: Reading,
    http: &HttpSettings,
    words: Vec<OsString>,
) -> Result<(), CommandFailure> {
    let configuration = reading.configuration();
    let upstream = Arc::new(serve::upstream(&configuration).await?);
    let access = access(&configuration, &upstream)?;
    serve::note_missing_key(access.everybody());
    let about = serve::about(access.everybody(), &upstream);
    let server = Server::new(None, configuration.settings.structured, about);
    let (sender, receiver) = watch::channel(Arc::new(access));
    let changes = Changes::to(&reading.files());
    let reload = Reload {
        words,
        in_force: reading.in_force,
        upstream,
        access: sender,
        changes,
    };
    let http = Http::bind(server, receiver, http).await?;
    tokio::spawn(reload.run());
    note(format_args!("serving MCP on http://{}/mcp", http.address()));
    let stop = async {
        // Without signals nothing can ask the server to stop but the end of the process.
        _ = tokio::signal::ctrl_c().await;
    };
    http.serve(stop).await?;
    Ok(())
}

/// Who may use what, by the configuration; made at the start and again whenever that changes.
fn access(configuration: &Configuration, upstream: &Upstream) -> Result<Access, CommandFailure> {
    let settings = &configuration.settings;
    for name in configuration.tables.profiles.keys() {
        upstream.profile(name, configuration, sink(configuration)?)?;
    }
    let profile = upstream.profile(&settings.profile, configuration, sink(configuration)?)?;
    let everybody = Principal::local(settings.selection().cloned().unwrap_or_default(), profile);
    Ok(Access::new(Authenticator::Nobody, everybody))
}

/// A file of the server's is of no use to those it serves, so new secrets are kept nowhere unless the operator says
/// where.
fn sink(configuration: &Configuration) -> Result<Sink, CommandFailure> {
    let destination = configuration.settings.secrets.clone();
    Ok(Sink::at(Some(destination.unwrap_or(Destination::Mask)))?)
}
