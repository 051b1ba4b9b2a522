use super::{CommandFailure, caller, note};
use crate::{
    config::{Environment, Settings},
    server::Server,
    transport,
};

pub(super) async fn run(
    settings: &Settings,
    environment: Environment,
) -> Result<(), CommandFailure> {
    if settings.sandbox {
        note("SANDBOX: an emulated organisation with made-up data; nothing reaches Portkey");
        if environment.api_key.is_some() {
            note("PORTKEY_API_KEY is set but not used on the sandbox");
        }
    } else if environment.api_key.is_none() {
        note(
            "no PORTKEY_API_KEY: tools are listed, but calls will ask for it (or start with --sandbox)",
        );
    }
    let (caller, upstream) = caller(settings, environment).await?;
    let offered = settings.selection().cloned().unwrap_or_default();
    let server = Server::new(caller, offered, settings.structured, upstream.is_sandbox());
    transport::serve(server).await?;
    Ok(())
}
