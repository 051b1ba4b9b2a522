use std::sync::Arc;

use tokio::sync::watch;

use super::{CommandFailure, note, serve};
use crate::{
    access::Access,
    auth::Authenticator,
    config::{Environment, HttpSettings, Settings},
    server::Server,
    transport::http::Http,
};

pub(super) async fn run(
    settings: &Settings,
    http: &HttpSettings,
    environment: Environment,
) -> Result<(), CommandFailure> {
    let (principal, upstream) = serve::principal(settings, environment).await?;
    let about = serve::about(&principal, &upstream);
    let server = Server::new(None, settings.structured, about);
    let (_keep, access) = watch::channel(Arc::new(Access::new(Authenticator::Nobody, principal)));
    let http = Http::bind(server, access, http).await?;
    note(format_args!("serving MCP on http://{}/mcp", http.address()));
    let stop = async {
        // Without signals nothing can ask the server to stop but the end of the process.
        _ = tokio::signal::ctrl_c().await;
    };
    http.serve(stop).await?;
    Ok(())
}
