use super::{CommandFailure, caller, note};
use crate::{
    access::Principal,
    config::{Environment, Settings},
    profile::Profile,
    server::{About, Server},
    transport,
    upstream::Upstream,
};

pub(super) async fn run(
    settings: &Settings,
    environment: Environment,
) -> Result<(), CommandFailure> {
    let (principal, upstream) = principal(settings, environment).await?;
    let about = about(&principal, &upstream);
    let server = Server::new(Some(principal), settings.structured, about);
    transport::serve(server).await?;
    Ok(())
}

/// Who is served where nobody is told apart; the second value must live as long as calls are made.
pub(super) async fn principal(
    settings: &Settings,
    environment: Environment,
) -> Result<(Principal, Upstream), CommandFailure> {
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
    let profile = Profile::new(Profile::DEFAULT, caller, None);
    Ok((Principal::local(offered, profile), upstream))
}

/// What the server says of itself.
pub(super) fn about(principal: &Principal, upstream: &Upstream) -> About {
    About {
        sandbox: upstream.is_sandbox(),
        secrets: principal.profile().caller().sink().to_string(),
    }
}
