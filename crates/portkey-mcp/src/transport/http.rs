//! Streamable HTTP: one endpoint for every revision of the protocol, and what surrounds it.
//!
//! A request passes, outermost first: which name it calls and from which page it comes (`gate`), what browsers ask
//! (`cors`), who sends it (`identify`), what the body holds (`messages`), what the SDK leaves to us (`endpoint`), the
//! SDK.

mod cors;
mod endpoint;
mod gate;
mod identify;
mod messages;
mod page;
mod probes;
mod refusal;

use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use axum::{Router, http::StatusCode, middleware, routing::get};
use tokio::{net::TcpListener, sync::watch};
use tokio_util::sync::CancellationToken;

use crate::{access::Access, config::HttpSettings, server::Server};

/// Serving over HTTP ended badly.
#[derive(Debug, thiserror::Error)]
pub enum HttpFailure {
    /// Nothing can listen there.
    #[error(
        "cannot listen on {address}: {source}; set --bind and --port to a free address of this machine"
    )]
    Address {
        /// Address and port.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The listener broke.
    #[error("the HTTP server broke off: {0}")]
    Broken(#[source] io::Error),
}

/// A listener, and everything that answers on it.
#[derive(Debug)]
pub struct Http {
    listener: TcpListener,
    address: SocketAddr,
    router: Router,
    kill: CancellationToken,
}

impl Http {
    /// Listens. Clients that connect from now on are answered once [`Http::serve`] runs.
    pub async fn bind(
        server: Server,
        access: watch::Receiver<Arc<Access>>,
        settings: &HttpSettings,
    ) -> Result<Self, HttpFailure> {
        let address = SocketAddr::new(settings.bind, settings.port);
        let refused = |source| HttpFailure::Address { address, source };
        let listener = TcpListener::bind(address).await.map_err(refused)?;
        let address = listener.local_addr().map_err(refused)?;
        let kill = CancellationToken::new();
        let router = router(server, access, settings, &kill);
        Ok(Self {
            listener,
            address,
            router,
            kill,
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers until `stop` resolves.
    pub async fn serve(
        self,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), HttpFailure> {
        let Self {
            listener,
            router,
            kill,
            ..
        } = self;
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        let stop = async move {
            stop.await;
            kill.cancel();
        };
        axum::serve(listener, service)
            .with_graceful_shutdown(stop)
            .await
            .map_err(HttpFailure::Broken)
    }
}

/// Whether only this machine can reach an address.
pub fn is_private(address: IpAddr) -> bool {
    address.is_loopback()
}

fn router(
    server: Server,
    access: watch::Receiver<Arc<Access>>,
    settings: &HttpSettings,
    kill: &CancellationToken,
) -> Router {
    let gate = gate::Gate::new(settings);
    let readiness = Arc::new(probes::Readiness::new(access.clone()));
    let page = Arc::new(page::Page::new(&server, access.clone(), settings));
    let mcp = endpoint::router(server, settings, kill.child_token())
        .layer(middleware::from_fn_with_state(access, identify::identify));
    let guarded = Router::new()
        .merge(mcp)
        .route("/", get(page::show).with_state(page))
        .layer(cors::layer(&gate))
        .layer(middleware::from_fn_with_state(gate, gate::pass));
    // Orchestrators ask by whatever address they have.
    Router::new()
        .merge(guarded)
        .route("/health", get(probes::health))
        .route("/ready", get(probes::ready).with_state(readiness))
        .fallback(nothing_here)
}

async fn nothing_here() -> (StatusCode, &'static str) {
    (
        StatusCode::NOT_FOUND,
        "nothing here; MCP is at /mcp, and / says how to connect\n",
    )
}
