use std::sync::Arc;

use super::{CommandFailure, journal, note, profile};
use crate::{
    access::Principal,
    config::Configuration,
    safeguards::Safeguards,
    server::{About, Server},
    state::{self, SharedState},
    transport,
    upstream::Upstream,
};

pub(super) async fn run(configuration: &Configuration) -> Result<(), CommandFailure> {
    let state = state::open(None)?;
    let upstream = upstream(configuration, &state, journal::Default::File).await?;
    let profile = profile(configuration, &upstream)?;
    let offered = configuration
        .settings
        .selection()
        .cloned()
        .unwrap_or_default();
    let principal = Principal::local(offered, configuration.policy(), profile);
    note_missing_key(&principal);
    let about = about(&principal, &upstream);
    let server = Server::new(Some(principal), configuration.settings.structured, about);
    transport::serve(server).await?;
    Ok(())
}

/// The Portkeys to serve; must live as long as calls are made.
pub(super) async fn upstream(
    configuration: &Configuration,
    state: &Arc<dyn SharedState>,
    default: journal::Default,
) -> Result<Upstream, CommandFailure> {
    let sandbox = configuration.settings.sandbox;
    if sandbox {
        note("SANDBOX: an emulated organisation with made-up data; nothing reaches Portkey");
        if configuration.environment.api_key.is_some() {
            note("PORTKEY_API_KEY is set but not used on the sandbox");
        }
    }
    let journal = journal::open(configuration, default)?;
    journal::check(configuration, journal.as_ref()).await?;
    let safeguards = Safeguards::new(Arc::clone(state), journal);
    Ok(Upstream::open(sandbox, safeguards).await?)
}

pub(super) fn note_missing_key(principal: &Principal) {
    if !principal.profile().has_key() {
        note(
            "no PORTKEY_API_KEY: tools are listed, but calls will ask for it (or start with --sandbox)",
        );
    }
}

/// What the server says of itself.
pub(super) fn about(principal: &Principal, upstream: &Upstream) -> About {
    About {
        sandbox: upstream.is_sandbox(),
        secrets: principal.profile().caller().sink().to_string(),
    }
}
