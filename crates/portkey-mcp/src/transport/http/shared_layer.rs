//! Layers that a request passes without copying what is below them.
//!
//! Each layer of a router owns the service below it, and a request copies the service that it enters. With many layers
//! it would copy the lower ones once for every layer above, so each layer owns a reference instead.

use std::{
    convert::Infallible,
    sync::Arc,
    task::{Context, Poll},
};

use axum::{
    Router,
    extract::Request,
    response::{IntoResponse, Response},
    routing::{Route, future::RouteFuture},
};
use tower::{Layer, Service, layer::layer_fn};

/// Adds layers to a router.
pub(super) trait LayerShared {
    /// Adds a layer around all routes; see [`Router::layer`].
    #[must_use]
    fn layer_shared<L>(self, layer: L) -> Self
    where
        L: Layer<Shared> + Clone + Send + Sync + 'static,
        L::Service: Service<Request, Error = Infallible> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request>>::Response: IntoResponse + 'static,
        <L::Service as Service<Request>>::Future: Send + 'static;
}

impl LayerShared for Router {
    fn layer_shared<L>(self, layer: L) -> Self
    where
        L: Layer<Shared> + Clone + Send + Sync + 'static,
        L::Service: Service<Request, Error = Infallible> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request>>::Response: IntoResponse + 'static,
        <L::Service as Service<Request>>::Future: Send + 'static,
    {
        self.layer((layer, layer_fn(Shared::new)))
    }
}

/// A route that clones share.
#[derive(Debug, Clone)]
pub(super) struct Shared(Arc<Route>);

impl Shared {
    fn new(route: Route) -> Self {
        Self(Arc::new(route))
    }
}

impl Service<Request> for Shared {
    type Response = Response;
    type Error = Infallible;
    type Future = RouteFuture<Infallible>;

    /// Routes are always ready.
    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        Route::clone(&self.0).call(request)
    }
}
