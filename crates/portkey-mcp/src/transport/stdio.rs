//! Serves one client on standard input and output.

mod lines;
mod long_line;
mod pipe;
mod requests;
mod session;
mod typed;

use std::{pin::pin, time::Duration};

use rmcp::{ServiceExt as _, service::ServerInitializeError};
use tokio_util::sync::CancellationToken;

use crate::server::Server;
use pipe::Pipe;
use session::Session;

/// Why serving on standard input and output failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StdioFailure {
    /// The first message did not open a session.
    #[error("the client did not open a session")]
    Handshake(#[source] Box<ServerInitializeError>),
    /// The server's task failed.
    #[error("the session broke off")]
    Broken(#[from] tokio::task::JoinError),
}

/// Serves one client until it closes standard input or `stopped` resolves. Then no new call is accepted, and calls in
/// flight may take up to `patience`, or until `stopped` resolves once more.
pub(crate) async fn serve(
    server: Server,
    mut stopped: impl AsyncFnMut(),
    patience: Duration,
) -> Result<(), StdioFailure> {
    let (input, output) = rmcp::transport::stdio_pipes();
    let (ending, kill) = (CancellationToken::new(), CancellationToken::new());
    let session = Session::new(Pipe::new(input, output), ending.clone());
    let mut serving = pin!(run(server, session, kill.clone()));
    tokio::select! {
        ended = &mut serving => return ended,
        () = stopped() => ending.cancel(),
        () = ending.cancelled() => {}
    }
    tokio::select! {
        ended = &mut serving => return ended,
        () = stopped() => tracing::warn!("told to end once more: calls in flight are cut"),
        () = tokio::time::sleep(patience) => {
            tracing::warn!("calls in flight took longer than {patience:?} and are cut");
        }
    }
    kill.cancel();
    serving.await
}

async fn run<R, W>(
    server: Server,
    session: Session<R, W>,
    kill: CancellationToken,
) -> Result<(), StdioFailure>
where
    Session<R, W>: rmcp::transport::Transport<rmcp::RoleServer> + 'static,
{
    match server.serve_with_ct(session, kill).await {
        Ok(session) => {
            session.waiting().await?;
            Ok(())
        }
        // A client may leave before it asks anything.
        Err(ServerInitializeError::ConnectionClosed(_) | ServerInitializeError::Cancelled) => {
            Ok(())
        }
        Err(error) => Err(StdioFailure::Handshake(Box::new(error))),
    }
}
