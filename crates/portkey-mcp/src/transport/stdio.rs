mod unbatched;

use rmcp::{ServiceExt as _, service::ServerInitializeError};

use crate::server::Server;
use unbatched::Unbatched;

/// Serving on standard input and output ended badly.
#[derive(Debug, thiserror::Error)]
pub enum StdioFailure {
    /// The first message was no beginning of a session.
    #[error("the client did not open a session: {0}")]
    Opening(#[source] Box<ServerInitializeError>),
    /// The server's task broke.
    #[error("the session broke off: {0}")]
    Broken(#[from] tokio::task::JoinError),
}

/// Serves one client on standard input and output until it closes them.
pub async fn serve(server: Server) -> Result<(), StdioFailure> {
    let (input, output) = rmcp::transport::stdio_pipes();
    match server.serve((Unbatched::new(input), output)).await {
        Ok(session) => {
            session.waiting().await?;
            Ok(())
        }
        // The client left before it asked anything, which is its right.
        Err(ServerInitializeError::ConnectionClosed(_)) => Ok(()),
        Err(error) => Err(StdioFailure::Opening(Box::new(error))),
    }
}
