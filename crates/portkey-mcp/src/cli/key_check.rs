//! Whether the key works, said while a server starts: a client shows a server as connected whatever its key is.

use crate::{access::Profile, config::Configuration};

use super::note;

/// Notes a key that is none, or asks Portkey whether it accepts the key. The server does not wait for the answer: clients
/// that initialise after it are told in the instructions, and the log says it in any case.
pub(super) fn begin(configuration: &Configuration, profile: &Profile) {
    let settings = &configuration.settings;
    if let Some(doubt) = profile.doubt() {
        return note(doubt);
    }
    if settings.skip_key_check || settings.sandbox.is_on() || !profile.has_key() {
        return;
    }
    let profile = profile.clone();
    let place = configuration.place_of_key(&settings.profile);
    tokio::spawn(async move {
        if let Some(doubt) = profile.check_key(&place).await {
            tracing::error!("{doubt}");
        }
    });
}
