//! `portkey-mcp serve`: the server on standard input and output.

use std::sync::Arc;

use portkey_engine::{
    audit::Destination, private_file, services::Services, state, workers::Workers,
};

use super::{CommandFailure, audit, journal, key_check, note, profile, stop::StopSignals};
use crate::{
    access::Principal,
    config::Configuration,
    server::{About, Server, ServerSettings},
    transport,
    upstream::Upstream,
};

pub(super) async fn run(
    configuration: &Configuration,
    workers: &Arc<Workers>,
) -> Result<(), CommandFailure> {
    let mut stop = StopSignals::listen_with_hangup().map_err(CommandFailure::Runtime)?;
    let journal = journal::checked(configuration, journal::Default::File).await?;
    let file = journal::file(configuration, journal::Default::File);
    let services = Services::new(
        state::open(None)?,
        audit::open(configuration, Destination::of_a_user)?,
        journal,
    )
    .with_quotas_beside(file)
    .on(Arc::clone(workers));
    note_no_folder(configuration);
    let upstream = upstream(configuration, services).await?;
    let profile = profile(configuration, &upstream)?;
    let offered = configuration.settings.offered();
    let principal = Principal::local(offered, configuration.policy(), profile);
    note_missing_key(&principal);
    key_check::begin(configuration, principal.profile());
    let about = about(&principal, &upstream);
    let server = Server::new(Some(principal), settings(configuration), about);
    let patience = configuration.settings.drain.drain;
    transport::serve(server, async || stop.received().await, patience).await?;
    Ok(())
}

/// Opens the connection to Portkey, or starts the sandbox, which runs as long as this lives.
pub(super) async fn upstream(
    configuration: &Configuration,
    services: Services,
) -> Result<Upstream, CommandFailure> {
    let sandbox = &configuration.settings.sandbox;
    if sandbox.is_on() {
        note("SANDBOX: an emulated organisation with made-up data; nothing reaches Portkey");
        if configuration.environment.api_key.is_some() {
            note("PORTKEY_API_KEY is set but not used on the sandbox");
        }
    }
    Ok(Upstream::open(&configuration.settings, services).await?)
}

/// Notes what happens to the audit and to new secrets if the user's data directory cannot be written.
pub(super) fn note_no_folder(configuration: &Configuration) {
    let settings = &configuration.settings;
    let is_lost = |name| private_file::usable_in_data_directory(name).is_none();
    if settings.audit.is_none() && !settings.sandbox.is_on() && is_lost("audit.jsonl") {
        note(
            "no data directory can be written, so the audit log is part of the server's log (--audit file:PATH)",
        );
    }
    if settings.secrets.is_none() && is_lost("secrets.jsonl") {
        note(
            "no data directory can be written, so new secrets are masked and cannot be recovered (--secrets \
             file:PATH)",
        );
    }
}

pub(super) fn note_missing_key(principal: &Principal) {
    if !principal.profile().has_key() {
        note(
            "no PORTKEY_API_KEY: tools are listed, but calls will ask for it (or start with --sandbox)",
        );
    }
}

/// How the server answers.
pub(super) fn settings(configuration: &Configuration) -> ServerSettings {
    ServerSettings {
        structured: configuration.settings.structured,
        surface: configuration.settings.surface,
        patience: configuration.settings.confirm.confirm_patience,
    }
}

/// What the server says of itself.
pub(super) fn about(principal: &Principal, upstream: &Upstream) -> About {
    let secrets = principal.profile().caller().secrets();
    About {
        sandbox: upstream.is_sandbox(),
        sink: secrets.sink.to_string(),
        sources: secrets.sources.allowed().to_string(),
        notifies_changes: false,
    }
}
