//! Streamable HTTP: one endpoint for every revision of the protocol, and what surrounds it.
//!
//! A request passes these layers, outermost first:
//!
//! | layer | what it does |
//! |---|---|
//! | `unread_body` | discards the body of a request that was answered without reading it |
//! | `tls` | requires a client certificate, if authorities are configured |
//! | `host_policy` | refuses a request that names its host twice |
//! | `drain` | answers `/ready` with no once the server ends, and counts the requests in flight |
//! | `refusal` | gives refusals of every layer below the form of JSON |
//! | `measure` | counts the request for `/metrics` |
//! | `trace` | opens the span of the request |
//! | `host_policy` | checks the host and the origin |
//! | `cors` | answers what browsers ask before they let a page call |
//! | `client_address` | finds the address of the client behind trusted proxies |
//! | `limits` | limits the size of headers, and rate and concurrency by address |
//! | `identify` | authenticates the principal |
//! | `limits` | limits rate and concurrency by principal |
//! | `bodies` | reads the body, within its limits of time and memory |
//! | `step_up` | refuses calls whose token lacks a scope |
//! | `accept` | chooses the form of the answer by `Accept` |
//! | `messages` | takes batches apart, refuses what is no message |
//! | `sessions` | binds sessions to principals |
//! | `endpoint` | the service of the SDK, and corrections of its answers |

mod accept;
mod bodies;
mod client_address;
mod cors;
mod drain;
mod endpoint;
mod events;
mod guarded_body;
mod host_policy;
mod identify;
mod limits;
mod listener;
mod measure;
mod messages;
mod not_found;
mod page;
mod probes;
mod refusal;
mod sessions;
mod shared_layer;
mod step_up;
mod streams;
mod tls;
mod trace;
mod unread_body;

use std::{io, net::SocketAddr, sync::Arc};

use axum::{
    Router, middleware,
    routing::{any, get},
};
use axum_server::Handle;
use metrics_exporter_prometheus::PrometheusHandle;
use portkey_engine::state::SharedState;
use tokio::{net::TcpListener, sync::watch};
use tokio_util::sync::CancellationToken;

use crate::{
    access::Access,
    config::{DrainSettings, HttpSettings, PublicUrl},
    server::{Server, Shutdown},
};
use bodies::Bodies;
use client_address::Proxies;
use drain::Drain;
use limits::RequestLimits;
use shared_layer::LayerShared as _;
use tls::Tls;

pub(crate) use tls::TlsFailure;

/// Why the HTTP server did not start, or failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HttpFailure {
    /// The address cannot be listened on.
    #[error("cannot listen on {address}; set --bind and --port to a free address of this machine")]
    Address {
        address: SocketAddr,
        source: io::Error,
    },
    /// TLS cannot be set up.
    #[error(transparent)]
    Tls(#[from] TlsFailure),
    /// The listener failed.
    #[error("the HTTP server broke off")]
    Broken(#[source] io::Error),
}

/// An HTTP server that listens, but does not answer yet.
#[derive(Debug)]
pub(crate) struct Http {
    listener: TcpListener,
    address: SocketAddr,
    router: Router,
    tls: Option<Tls>,
    drain: Drain,
}

impl Http {
    /// Listens. Clients that connect from now on are answered once [`Http::serve`] runs. `/metrics` shows `counts`, which
    /// several servers of a process may share.
    pub(crate) async fn bind(
        server: Server,
        access: watch::Receiver<Arc<Access>>,
        settings: &HttpSettings,
        drain: &DrainSettings,
        state: Arc<dyn SharedState>,
        counts: PrometheusHandle,
    ) -> Result<Self, HttpFailure> {
        let tls = Tls::open(&settings.tls)?;
        let address = SocketAddr::new(settings.bind, settings.port);
        let refused = |source| HttpFailure::Address { address, source };
        let listener = TcpListener::bind(address).await.map_err(refused)?;
        let address = listener.local_addr().map_err(refused)?;
        let kill = CancellationToken::new();
        let drain = Drain::new(drain, kill.clone());
        let hosts = host_policy::HostPolicy::new(settings);
        let shown = get(measure::show).with_state(counts);
        let shown = shown.layer(middleware::from_fn_with_state(
            hosts.clone(),
            host_policy::check_allowing_addresses,
        ));
        let router = router(
            server,
            access,
            settings,
            state,
            &kill,
            drain.closing(),
            hosts,
        );
        let router = router
            .layer_shared(middleware::from_fn(measure::measure))
            .route("/metrics", shown)
            .layer_shared(middleware::from_fn(refusal::in_json))
            .layer_shared(middleware::from_fn_with_state(
                drain.in_flight(),
                drain::count,
            ))
            .layer_shared(middleware::from_fn_with_state(
                drain.draining(),
                drain::retract_ready,
            ))
            .layer_shared(middleware::from_fn(host_policy::require_one_host));
        let router = if tls.as_ref().is_some_and(Tls::asks_for_certificates) {
            router.layer_shared(middleware::from_fn(tls::require_certificate))
        } else {
            router
        };
        let router = router.layer_shared(middleware::from_fn(unread_body::discard));
        Ok(Self {
            listener,
            address,
            router,
            tls,
            drain,
        })
    }

    /// The address that it listens on.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The origin under which clients on this network reach it.
    pub(crate) fn origin(&self) -> String {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }

    /// Answers until `stop` resolves, and then until the requests in flight are answered or `--drain` is over.
    pub(crate) async fn serve(
        self,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), HttpFailure> {
        let Self {
            listener,
            router,
            tls,
            drain,
            ..
        } = self;
        let handle = Handle::new();
        tokio::spawn(drain.run(stop, handle.clone()));
        listener::serve(listener, tls, handle, router)
            .await
            .map_err(HttpFailure::Broken)
    }
}

fn router(
    server: Server,
    access: watch::Receiver<Arc<Access>>,
    settings: &HttpSettings,
    state: Arc<dyn SharedState>,
    kill: &CancellationToken,
    closing: Shutdown,
    hosts: host_policy::HostPolicy,
) -> Router {
    let readiness = Arc::new(probes::Readiness::new(access.clone()));
    let page = Arc::new(page::Page::new(&server, access.clone(), settings));
    let addresses = RequestLimits::of_addresses(&settings.limits, &state);
    let principals = RequestLimits::of_principals(&settings.limits, &state);
    let proxies = Proxies::new(&settings.limits);
    let headers = settings.limits.max_headers.as_u64();
    let auth = identify::AuthLayer {
        access: access.clone(),
        closing,
    };
    let bodies = Bodies::new(&settings.limits);
    // The last layer is the first to see a request.
    let mcp = endpoint::router(server, settings, state, kill.child_token())
        .layer_shared(middleware::from_fn_with_state(
            access.clone(),
            step_up::check,
        ))
        .layer_shared(middleware::from_fn_with_state(bodies, bodies::read))
        .layer_shared(middleware::from_fn_with_state(principals, limits::limit))
        .layer_shared(middleware::from_fn_with_state(auth, identify::identify))
        .layer_shared(middleware::from_fn_with_state(addresses, limits::limit))
        .layer_shared(middleware::from_fn_with_state(
            headers,
            limits::limit_headers,
        ))
        .layer_shared(middleware::from_fn_with_state(
            proxies,
            client_address::locate,
        ));
    let guarded = Router::new()
        .merge(mcp)
        .merge(well_known(settings).with_state(access.clone()))
        .route("/", get(page::show).with_state(page))
        .layer_shared(cors::layer(&hosts))
        .layer_shared(middleware::from_fn_with_state(hosts, host_policy::check))
        .layer_shared(middleware::from_fn_with_state(
            trace::Scheme::new(settings),
            trace::trace,
        ));
    // Probes are outside of the host policy: orchestrators use whatever address they have.
    Router::new()
        .merge(guarded)
        .route("/health", get(probes::health))
        .route("/ready", get(probes::ready).with_state(readiness))
        .fallback_service(any(not_found::answer).with_state(access))
}

/// The metadata that name the authorization servers, at every path where clients look for them.
fn well_known(settings: &HttpSettings) -> Router<watch::Receiver<Arc<Access>>> {
    let mut paths = vec![
        "/.well-known/oauth-protected-resource".to_owned(),
        "/.well-known/oauth-protected-resource/mcp".to_owned(),
    ];
    paths.extend(
        settings
            .auth
            .public_url
            .as_ref()
            .map(PublicUrl::metadata_path),
    );
    paths.sort();
    paths.dedup();
    paths.iter().fold(Router::new(), |router, path| {
        router.route(path, get(identify::metadata))
    })
}
