mod reload;

use std::{collections::BTreeMap, ffi::OsString, sync::Arc};

use tokio::sync::watch;

use super::{CommandFailure, Reading, note, serve};
use crate::{
    access::{Access, Principal},
    auth::Method,
    config::{Changes, Configuration, HttpSettings},
    profile::Profile,
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
    let doors = Doors {
        method: Method::of(http, &configuration.tables)?,
        takes_caller_keys: http.auth.caller_keys,
        upstream: serve::upstream(&configuration).await?,
    };
    let access = doors.access(&configuration)?;
    serve::note_missing_key(access.everybody());
    let about = serve::about(access.everybody(), &doors.upstream);
    let server = Server::new(None, configuration.settings.structured, about);
    let (sender, receiver) = watch::channel(Arc::new(access));
    let http = Http::bind(server, receiver, http).await?;
    if let Some(invitation) = doors.method.invitation(http.address()) {
        note(invitation);
    }
    let reload = Reload {
        words,
        changes: Changes::to(&reading.files()),
        in_force: reading.in_force,
        doors,
        access: sender,
    };
    tokio::spawn(reload.run());
    note(format_args!("serving MCP on http://{}/mcp", http.address()));
    let stop = async {
        // Without signals nothing can ask the server to stop but the end of the process.
        _ = tokio::signal::ctrl_c().await;
    };
    http.serve(stop).await?;
    Ok(())
}

/// What of the way in stays through changes of the configuration.
#[derive(Debug)]
struct Doors {
    method: Method,
    takes_caller_keys: bool,
    upstream: Upstream,
}

impl Doors {
    /// Who may use what, by the configuration; made at the start and again whenever that changes.
    fn access(&self, configuration: &Configuration) -> Result<Access, CommandFailure> {
        let settings = &configuration.settings;
        let tables = &configuration.tables;
        let profile = |name: &str| -> Result<Profile, CommandFailure> {
            Ok(self
                .upstream
                .profile(name, configuration, sink(configuration)?)?)
        };
        let profiles = tables
            .profiles
            .keys()
            .map(|name| Ok((name.clone(), profile(name)?)));
        let profiles = profiles.collect::<Result<BTreeMap<_, _>, CommandFailure>>()?;
        let offered = settings.selection().cloned().unwrap_or_default();
        let everybody = Principal::local(offered, profile(&settings.profile)?);
        let shares_key = everybody.profile().has_key();
        let authenticator = self.method.authenticator(tables, shares_key)?;
        Ok(Access::new(
            authenticator,
            everybody,
            &profiles,
            &tables.grants,
            self.takes_caller_keys,
        )?)
    }
}

/// A file of the server's is of no use to those it serves, so new secrets are kept nowhere unless the operator says
/// where.
fn sink(configuration: &Configuration) -> Result<Sink, CommandFailure> {
    let destination = configuration.settings.secrets.clone();
    Ok(Sink::at(Some(destination.unwrap_or(Destination::Mask)))?)
}
