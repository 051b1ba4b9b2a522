//! A sandbox that listens: how it is started and stopped.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::PathBuf,
    sync::Arc,
};

use jiff::Timestamp;
use portkey_api::Edition;
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

use crate::{
    faults::{BreakableListener, ClientConnection, Rule},
    seed::{self, Seed},
    service,
    state::{InitialState, SandboxState},
    store::{self, Keys, Plan, StartFailure},
};

/// How a sandbox is started.
#[derive(Clone)]
pub struct Options {
    /// The address to listen on; loopback by default.
    pub bind: IpAddr,
    /// The edition of the product that it stands in for.
    pub edition: Edition,
    /// The port to listen on; 0 takes a free one.
    pub port: u16,
    /// The file to keep everything in; `None` keeps it in memory.
    pub data: Option<PathBuf>,
    /// The organisation key to use, instead of a random one.
    pub admin_key: Option<String>,
    /// The plan of the organisation. `None` is Enterprise for a new sandbox, and no change for an existing file.
    pub plan: Option<Plan>,
    /// The faults to begin with.
    pub faults: Vec<Rule>,
    /// The content of a new sandbox. A file that holds a sandbox keeps its content.
    pub seed: Seed,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            bind: Ipv4Addr::LOCALHOST.into(),
            edition: Edition::Classic,
            port: 0,
            data: None,
            admin_key: None,
            plan: None,
            faults: Vec::new(),
            seed: Seed::default(),
        }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("bind", &self.bind)
            .field("edition", &self.edition)
            .field("port", &self.port)
            .field("data", &self.data)
            .field("plan", &self.plan)
            .field("faults", &self.faults)
            .field("seed", &self.seed)
            .finish_non_exhaustive() // The key stays out.
    }
}

fn path_of(edition: Edition) -> &'static str {
    match edition {
        Edition::Classic => "v1",
        Edition::PrismaAirs => "ai_gw/v2",
    }
}

/// A sandbox that listens until it is dropped.
#[derive(Debug)]
pub struct Sandbox {
    url: String,
    token_url: String,
    keys: Keys,
    is_new: bool,
    filling: JoinHandle<()>,
    server: JoinHandle<()>,
    /// Never used to send: dropping it tells the server to stop.
    stop: oneshot::Sender<()>,
}

impl Sandbox {
    /// Starts a sandbox. It listens when this returns. A new one is filled in the background, and requests wait for
    /// that.
    pub async fn start(options: Options) -> Result<Self, StartFailure> {
        let address = SocketAddr::new(options.bind, options.port);
        let refused = |source| StartFailure::Address {
            address: address.to_string(),
            source,
        };
        let listener = TcpListener::bind(address).await.map_err(refused)?;
        let address = listener.local_addr().map_err(refused)?;
        let (mut connection, keys) = store::connect(options.data.as_deref(), options.admin_key)?;
        let is_new = !seed::is_filled(&connection).unwrap_or(false);
        let initial = InitialState::new(keys.clone(), options.seed, options.plan, options.faults);
        let is_exposed = !address.ip().is_loopback();
        let state = Arc::new(SandboxState::new(options.edition, initial, is_exposed));
        let filled = state.clone();
        let filling = tokio::task::spawn_blocking(move || {
            let content = filled.initial.fill(&mut connection, Timestamp::now());
            filled.store.open(content.map(|()| connection));
        });
        let service = service::router(state);
        let service = service.into_make_service_with_connect_info::<ClientConnection>();
        let (stop, stopped) = oneshot::channel();
        let stopped = async { _ = stopped.await };
        let server = tokio::spawn(async move {
            let server =
                axum::serve(BreakableListener(listener), service).with_graceful_shutdown(stopped);
            if let Err(error) = server.await {
                tracing::error!(%error, "the sandbox stopped");
            }
        });
        Ok(Self {
            url: format!("http://{address}/{}", path_of(options.edition)),
            token_url: format!("http://{address}/oauth2/access_token"),
            keys,
            is_new,
            filling,
            server,
            stop,
        })
    }

    /// The base URL to give to clients: `http://127.0.0.1:PORT/v1`, or `http://127.0.0.1:PORT/ai_gw/v2` for Prisma AIRS.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Where clients of Prisma AIRS get their tokens.
    pub fn token_url(&self) -> &str {
        &self.token_url
    }

    /// The keys to give to clients.
    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    /// Whether it was filled with its seed, rather than opened from a file.
    pub fn is_new(&self) -> bool {
        self.is_new
    }

    /// Waits until it is filled. Requests that come earlier wait, too.
    pub async fn filled(&mut self) {
        if !self.filling.is_finished() {
            // If it could not be filled, requests are told why.
            _ = (&mut self.filling).await;
        }
    }

    /// Waits until the server ends by itself, which happens only on an error.
    pub async fn stopped(&mut self) {
        // An error was logged already.
        _ = (&mut self.server).await;
    }

    /// Stops listening, and waits until every received request is answered.
    pub async fn stop(self) {
        let Self { server, stop, .. } = self;
        drop(stop);
        if !server.is_finished() {
            _ = server.await;
        }
    }
}
