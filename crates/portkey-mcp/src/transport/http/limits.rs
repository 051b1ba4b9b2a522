//! How much one address, and one principal, may ask in a time and at once.

use std::{
    collections::HashMap,
    num::{NonZeroU32, NonZeroUsize},
    sync::{Arc, Weak},
    time::Duration,
};

use axum::{
    extract::{Request, State},
    http::{Method, StatusCode},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use parking_lot::Mutex;
use portkey_client::Rate;
use portkey_engine::state::SharedState;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{client_address::ClientAddress, held::hold, refusal::Refusal};
use crate::{access::Principal, config::LimitSettings};

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
    places: Places,
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

    /// Lets so many requests in, or none of them.
    async fn admit(
        &self,
        key: &str,
        is_stream: bool,
        count: NonZeroU32,
    ) -> Result<OwnedSemaphorePermit, Refusal> {
        let whose = match self.whose {
            Whose::Address => "this address sends",
            Whose::Principal => "you send",
        };
        // Streams stay open for as long as a client likes; they must not take the places of its calls.
        let kept = if is_stream { "stream" } else { "call" };
        // First the place, which costs nothing to give back.
        let place = self.places.take(&format!("{kept}:{key}"), count);
        let place = place.ok_or_else(|| {
            let message = format!("{whose} more than {} requests at once", self.places.most);
            Refusal::too_many(message, Duration::from_secs(1))
        })?;
        if let Some(rate) = self.rate {
            let bucket = format!("rate:{key}");
            let taken = self.state.take_many(&bucket, rate, count).await;
            taken.map_err(|exhausted| {
                Refusal::too_many(format!("{whose} more requests than {rate}"), exhausted.wait)
            })?;
        }
        Ok(place)
    }
}

/// The limits that a request has passed. The handlers hold them, because a call may go on when its client is gone.
#[derive(Debug, Clone, Default)]
pub(super) struct Passed(Vec<Arc<Pass>>);

#[derive(Debug)]
struct Pass {
    limits: Arc<Limits>,
    key: String,
    _place: OwnedSemaphorePermit,
}

impl Passed {
    /// Passes the same limits once more with further requests of the same sender: with all of them or with none.
    pub(super) async fn once_more(&self, count: NonZeroU32) -> Result<Self, Refusal> {
        let mut passed = Vec::new();
        for Pass { limits, key, .. } in self.0.iter().map(AsRef::as_ref) {
            passed.push(Arc::new(Pass {
                limits: Arc::clone(limits),
                key: key.clone(),
                _place: limits.admit(key, false, count).await?,
            }));
        }
        Ok(Self(passed))
    }
}

/// Lets a request through, or tells it when to come again.
pub(super) async fn limit(
    State(limits): State<Arc<Limits>>,
    mut request: Request,
    next: Next,
) -> Response {
    let Some(key) = limits.key(&request) else {
        return next.run(request).await;
    };
    let is_stream = request.method() == Method::GET;
    let place = match limits.admit(&key, is_stream, NonZeroU32::MIN).await {
        Ok(place) => place,
        Err(refusal) => return refusal.into_response(),
    };
    let pass = Arc::new(Pass {
        limits,
        key,
        _place: place,
    });
    let passed = request.extensions_mut().get_or_insert_default::<Passed>();
    passed.0.push(Arc::clone(&pass));
    hold(next.run(request).await, pass)
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
    most: usize,
    /// A key is forgotten when nobody holds a place under it.
    by_key: Mutex<HashMap<String, Weak<Semaphore>>>,
}

impl Places {
    fn new(most: NonZeroUsize) -> Self {
        Self {
            most: most.get().min(Semaphore::MAX_PERMITS),
            by_key: Mutex::default(),
        }
    }

    /// So many places, all of them or none; they are free again when the permit is dropped.
    fn take(&self, key: &str, count: NonZeroU32) -> Option<OwnedSemaphorePermit> {
        let mut by_key = self.by_key.lock();
        let open = by_key.get(key).and_then(Weak::upgrade);
        let places = open.unwrap_or_else(|| {
            by_key.retain(|_, places| places.strong_count() > 0);
            let places = Arc::new(Semaphore::new(self.most));
            by_key.insert(key.to_owned(), Arc::downgrade(&places));
            places
        });
        places.try_acquire_many_owned(count.get()).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_taken_together_or_not_at_all_and_keys_without_any_are_forgotten() {
        let places = Places::new(NonZeroUsize::new(3).unwrap());
        let [one, two] = [1, 2].map(|count| NonZeroU32::new(count).unwrap());
        let held = places.take("ada", two).unwrap();
        assert!(places.take("ada", two).is_none());
        assert!(places.take("ada", one).is_some());
        assert!(places.take("bob", two).is_some());
        drop(held);
        assert!(places.take("cyd", two).is_some());
        assert_eq!(places.by_key.lock().len(), 1);
    }
}
