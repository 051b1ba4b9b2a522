//! How much one address, and one principal, may ask in a time and at once.

use std::{
    collections::HashMap,
    num::NonZeroUsize,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    extract::{Request, State},
    http::{Method, StatusCode},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use portkey_client::Rate;

use super::{client_address::ClientAddress, held::hold, refusal::Refusal};
use crate::{access::Principal, config::LimitSettings, state::SharedState};

/// Whose requests are counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whose {
    Address,
    Principal,
}

/// A limit on a request rate and on requests at once.
#[derive(Debug)]
pub(super) struct Limits {
    whose: Whose,
    rate: Option<Rate>,
    places: Arc<Places>,
    state: Arc<dyn SharedState>,
}

impl Limits {
    pub(super) fn of_addresses(
        settings: &LimitSettings,
        state: &Arc<dyn SharedState>,
    ) -> Arc<Self> {
        Arc::new(Self {
            whose: Whose::Address,
            rate: settings.rate_per_address,
            places: Places::new(settings.max_concurrent_per_address),
            state: Arc::clone(state),
        })
    }

    pub(super) fn of_principals(
        settings: &LimitSettings,
        state: &Arc<dyn SharedState>,
    ) -> Arc<Self> {
        Arc::new(Self {
            whose: Whose::Principal,
            rate: settings.rate,
            places: Places::new(settings.max_concurrent),
            state: Arc::clone(state),
        })
    }

    /// Under what a request is counted.
    fn key(&self, request: &Request) -> Option<String> {
        let extensions = request.extensions();
        match self.whose {
            Whose::Address => extensions
                .get::<ClientAddress>()
                .map(|address| format!("address:{}", address.customer())),
            Whose::Principal => extensions
                .get::<Principal>()
                .map(|principal| format!("principal:{}", principal.name())),
        }
    }

    async fn admit(&self, key: &str, method: &Method) -> Result<Place, Refusal> {
        let whose = match self.whose {
            Whose::Address => "this address sends",
            Whose::Principal => "you send",
        };
        // Streams stay open for as long as a client likes; they must not take the places of its calls.
        let is_stream = method == Method::GET;
        let kept = if is_stream { "stream" } else { "call" };
        // First the place, which costs nothing to give back.
        let place = self.places.take(format!("{kept}:{key}")).ok_or_else(|| {
            let message = format!("{whose} more than {} requests at once", self.places.most);
            Refusal::too_many(message, Duration::from_secs(1))
        })?;
        if let Some(rate) = self.rate {
            let taken = self.state.take(&format!("rate:{key}"), rate).await;
            taken.map_err(|exhausted| {
                Refusal::too_many(format!("{whose} more requests than {rate}"), exhausted.wait)
            })?;
        }
        Ok(place)
    }
}

/// Lets a request through, or tells it when to come again.
pub(super) async fn limit(
    State(limits): State<Arc<Limits>>,
    request: Request,
    next: Next,
) -> Response {
    let Some(key) = limits.key(&request) else {
        return next.run(request).await;
    };
    match limits.admit(&key, request.method()).await {
        Ok(place) => hold(next.run(request).await, place),
        Err(refusal) => refusal.into_response(),
    }
}

/// Refuses more headers than anybody needs.
pub(super) async fn limit_headers(
    State(most): State<u64>,
    request: Request,
    next: Next,
) -> Response {
    let headers = request.headers().iter();
    let bytes: usize = headers
        .map(|(name, value)| name.as_str().len() + value.len())
        .sum();
    if u64::try_from(bytes).is_ok_and(|bytes| bytes <= most) {
        next.run(request).await
    } else {
        let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
        Refusal::new(status, format!("the headers are larger than {most} bytes")).into_response()
    }
}

/// Requests at once, counted by key.
#[derive(Debug)]
struct Places {
    most: NonZeroUsize,
    taken: Mutex<HashMap<String, usize>>,
}

/// One of them; free again when dropped.
#[derive(Debug)]
struct Place {
    key: String,
    places: Arc<Places>,
}

impl Places {
    fn new(most: NonZeroUsize) -> Arc<Self> {
        Arc::new(Self {
            most,
            taken: Mutex::default(),
        })
    }

    fn take(self: &Arc<Self>, key: String) -> Option<Place> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let count = taken.entry(key.clone()).or_default();
        if *count >= self.most.get() {
            return None;
        }
        *count += 1;
        Some(Place {
            key,
            places: Arc::clone(self),
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let taken = self.places.taken.lock();
        let mut taken = taken.unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = taken.get_mut(&self.key) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.key);
            }
        }
    }
}
