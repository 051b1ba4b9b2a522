//! `portkey-mcp http`: the server over HTTP.

mod reload;

use std::{collections::BTreeMap, ffi::OsString, sync::Arc};

use metrics_exporter_prometheus::PrometheusHandle;
use portkey_engine::{
    audit::Destination as AuditDestination,
    secrets::Destination,
    services::Services,
    state::{self, SharedState},
    workers::Workers,
};
use tokio::sync::watch;

use super::{CommandFailure, Invocation, audit, journal, key_check, note, serve, stop};
use crate::{
    access::{Access, Principal, Profile},
    auth::AuthMethod,
    config::{
        Configuration, DEFAULT_PROFILE, FileWatcher, FormerName, HttpSettings, KeyReference,
        Restrictions,
    },
    metrics,
    server::{About, Server},
    transport::http::Http,
    upstream::Upstream,
};
use reload::Reload;

pub(super) async fn run(
    invocation: Invocation,
    settings: &HttpSettings,
    args: Vec<OsString>,
    workers: &Arc<Workers>,
) -> Result<(), CommandFailure> {
    let stop_signal = stop::received().map_err(CommandFailure::Runtime)?;
    for FormerName { theirs, ours } in FormerName::ignored() {
        note(format_args!(
            "{theirs} is ignored, it is a setting of another server: the one here is {ours}"
        ));
    }
    let counts = metrics::install().map_err(CommandFailure::Metrics)?;
    let (http, reload) = bind(invocation, settings, args, workers, counts).await?;
    if let Some(invitation) = reload.admission.method.invitation(http.address()) {
        note(invitation);
    }
    tokio::spawn(reload.run());
    note(format_args!("serving MCP on {}/mcp", http.origin()));
    http.serve(stop_signal).await?;
    Ok(())
}

/// Opens everything that the settings name, and listens. Nothing of it belongs to the whole process, so that several
/// servers can live in one.
async fn bind(
    invocation: Invocation,
    http: &HttpSettings,
    args: Vec<OsString>,
    workers: &Arc<Workers>,
    counts: PrometheusHandle,
) -> Result<(Http, Reload), CommandFailure> {
    let configuration = invocation.configuration();
    let state = state::open(http.scaling.shared_state.as_ref())?;
    let services = services(&configuration, http, &state, workers).await?;
    let upstream = Arc::new(serve::upstream(&configuration, services).await?);
    let admission = Admission {
        method: AuthMethod::of(http, &configuration.tables)?,
        takes_caller_keys: http.auth.caller_keys,
    };
    let access = admission.access(&configuration, &upstream)?;
    serve::note_missing_key(access.everybody());
    key_check::begin(&configuration, access.everybody().profile());
    let about = About {
        // Without sessions older clients have no stream on which they could be notified.
        notifies_changes: http.sessions.are_kept(),
        ..serve::about(access.everybody(), &upstream)
    };
    let server = Server::new(None, serve::settings(&configuration), about);
    let (sender, receiver) = watch::channel(Arc::new(access));
    let changes = FileWatcher::watching(&invocation.files());
    let reload = Reload {
        args,
        restrictions: Restrictions::of(&configuration, invocation.effective.clone()),
        effective: invocation.effective,
        upstream,
        access: sender,
        changes,
        admission,
    };
    let drain = &configuration.settings.drain;
    let http = Http::bind(server, receiver, http, drain, state, counts).await?;
    Ok((http, reload))
}

/// The journal, the audit, quotas and confirmations. Replicas with a shared state have no file in common, so their
/// changes are only kept where the operator names a database.
async fn services(
    configuration: &Configuration,
    http: &HttpSettings,
    state: &Arc<dyn SharedState>,
    workers: &Arc<Workers>,
) -> Result<Services, CommandFailure> {
    let secret = http.scaling.confirm_key.as_ref();
    let secret = secret.map(KeyReference::resolve).transpose();
    let secret = secret.map_err(CommandFailure::ConfirmKey)?;
    let alone = http.scaling.shared_state.is_none();
    let usual = if alone {
        journal::Default::File
    } else {
        journal::Default::Off
    };
    let journal = journal::checked(configuration, usual).await?;
    let audit = audit::open(configuration, || AuditDestination::Log)?;
    let file = journal::file(configuration, usual).filter(|_| alone);
    Ok(Services::new(Arc::clone(state), audit, journal)
        .sealed_with(secret)
        .with_quotas_beside(file)
        .on(Arc::clone(workers)))
}

/// The parts of authentication that are settled at the start and survive reloads.
#[derive(Debug)]
struct Admission {
    method: AuthMethod,
    takes_caller_keys: bool,
}

impl Admission {
    /// Builds the access of a configuration, at the start and at each reload.
    fn access(
        &self,
        configuration: &Configuration,
        upstream: &Upstream,
    ) -> Result<Access, CommandFailure> {
        let (settings, tables) = (&configuration.settings, &configuration.tables);
        let profile = |name: &str| -> Result<Profile, CommandFailure> {
            // Callers cannot read a file of the server, so new secrets are masked unless the setting names a place.
            let secrets = configuration.secrets(Some(Destination::Mask));
            Ok(upstream.profile(name, configuration, secrets)?)
        };
        let names = tables.profiles.keys().map(String::as_str);
        let names = names.chain([DEFAULT_PROFILE]);
        let profiles: BTreeMap<String, Profile> = names
            .map(|name| Ok((name.to_owned(), profile(name)?)))
            .collect::<Result<_, CommandFailure>>()?;
        let offered = settings.offered();
        let policy = configuration.policy();
        // The same as a grant names, so that what is known of its key is known to all.
        let chosen = profiles.get(&settings.profile).cloned();
        let chosen = chosen.map_or_else(|| profile(&settings.profile), Ok)?;
        let everybody = Principal::local(offered, policy, chosen);
        let authenticator = self
            .method
            .authenticator(tables, everybody.profile().has_key())?;
        let takes_keys = self.takes_caller_keys;
        Ok(Access::new(
            authenticator,
            everybody,
            profiles,
            &tables.grants,
            takes_keys,
        )?)
    }
}

#[cfg(test)]
mod tests {
    use metrics_exporter_prometheus::PrometheusBuilder;

    use super::*;
    use crate::cli::Command;

    async fn bound() -> Http {
        let args = ["portkey-mcp", "--sandbox", "http", "--port", "0"].map(OsString::from);
        let mut invocation = Invocation::of(&args).unwrap();
        let Some(Command::Http(http)) = invocation.cli.command.take() else {
            panic!("not the command that was given");
        };
        let counts = PrometheusBuilder::new().build_recorder().handle();
        let workers = Arc::default();
        let bound = bind(invocation, &http.settings, args.into(), &workers, counts).await;
        bound.unwrap().0
    }

    #[tokio::test]
    async fn two_servers_live_in_one_process() {
        portkey_client::ensure_crypto_provider();
        let (one, other) = (bound().await, bound().await);
        assert_ne!(one.address(), other.address());
        for server in [one, other] {
            let url = format!("{}/health", server.origin());
            let serving = tokio::spawn(server.serve(std::future::pending()));
            let answer = reqwest::get(&url).await.unwrap();
            assert_eq!(answer.status(), 200, "{url}");
            serving.abort();
        }
    }
}
