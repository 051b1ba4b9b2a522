//! Limits rate and concurrency of requests, by address and by principal.

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

use super::{client_address::ClientAddress, guarded_body::guard, refusal::Refusal};
use crate::{access::Principal, config::LimitSettings};

/// What requests are counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Subject {
    Address,
    Principal,
}

/// A limit on the rate and the concurrency of requests.
#[derive(Debug)]
pub(super) struct RequestLimits {
    subject: Subject,
    rate: Option<Rate>,
    concurrency: ConcurrencyLimit,
    state: Arc<dyn SharedState>,
}

impl RequestLimits {
    pub(super) fn of_addresses(
        settings: &LimitSettings,
        state: &Arc<dyn SharedState>,
    ) -> Arc<Self> {
        Arc::new(Self {
            subject: Subject::Address,
            rate: settings.rate_per_address,
            concurrency: ConcurrencyLimit::new(settings.max_concurrent_per_address),
            state: Arc::clone(state),
        })
    }

    pub(super) fn of_principals(
        settings: &LimitSettings,
        state: &Arc<dyn SharedState>,
    ) -> Arc<Self> {
        Arc::new(Self {
            subject: Subject::Principal,
            rate: settings.rate,
            concurrency: ConcurrencyLimit::new(settings.max_concurrent),
            state: Arc::clone(state),
        })
    }

    /// The key under which a request is counted.
    fn key(&self, request: &Request) -> Option<String> {
        let extensions = request.extensions();
        match self.subject {
            Subject::Address => extensions
                .get::<ClientAddress>()
                .map(|address| format!("address:{}", address.network())),
            Subject::Principal => extensions
                .get::<Principal>()
                .map(|principal| format!("principal:{}", principal.name())),
        }
    }

    /// Admits so many requests, or none of them.
    async fn admit(
        &self,
        key: &str,
        is_stream: bool,
        count: NonZeroU32,
    ) -> Result<OwnedSemaphorePermit, Refusal> {
        let subject = match self.subject {
            Subject::Address => "this address sends",
            Subject::Principal => "you send",
        };
        // Streams stay open for as long as a client likes, so they must not use up the permits of its calls.
        let kept = if is_stream { "stream" } else { "call" };
        // The permit comes first: unlike the rate, it can be given back.
        let permit = self.concurrency.acquire(&format!("{kept}:{key}"), count);
        let permit = permit.ok_or_else(|| {
            let message = format!(
                "{subject} more than {} requests at once",
                self.concurrency.most
            );
            Refusal::too_many(message, Duration::from_secs(1))
        })?;
        if let Some(rate) = self.rate {
            let bucket = format!("rate:{key}");
            let taken = self.state.take_many(&bucket, rate, count).await;
            taken.map_err(|exhausted| {
                Refusal::too_many(
                    format!("{subject} more requests than {rate}"),
                    exhausted.wait,
                )
            })?;
        }
        Ok(permit)
    }
}

/// The limits that a request has passed, with their permits. Handlers keep them, because a call may go on when its
/// client is gone.
#[derive(Debug, Clone, Default)]
pub(super) struct PassedLimits(Vec<Arc<PassedLimit>>);

#[derive(Debug)]
struct PassedLimit {
    limits: Arc<RequestLimits>,
    key: String,
    _permit: OwnedSemaphorePermit,
}

impl PassedLimits {
    /// Passes the same limits with further requests of the same sender: with all of them or with none.
    pub(super) async fn pass_again(&self, count: NonZeroU32) -> Result<Self, Refusal> {
        let mut passed = Vec::new();
        for PassedLimit { limits, key, .. } in self.0.iter().map(AsRef::as_ref) {
            passed.push(Arc::new(PassedLimit {
                limits: Arc::clone(limits),
                key: key.clone(),
                _permit: limits.admit(key, false, count).await?,
            }));
        }
        Ok(Self(passed))
    }
}

/// Lets a request through, or answers when to retry.
pub(super) async fn limit(
    State(limits): State<Arc<RequestLimits>>,
    mut request: Request,
    next: Next,
) -> Response {
    let Some(key) = limits.key(&request) else {
        return next.run(request).await;
    };
    let is_stream = request.method() == Method::GET;
    let permit = match limits.admit(&key, is_stream, NonZeroU32::MIN).await {
        Ok(permit) => permit,
        Err(refusal) => return refusal.into_response(),
    };
    let pass = Arc::new(PassedLimit {
        limits,
        key,
        _permit: permit,
    });
    let passed = request
        .extensions_mut()
        .get_or_insert_default::<PassedLimits>();
    passed.0.push(Arc::clone(&pass));
    guard(next.run(request).await, pass)
}

/// Refuses headers that are larger than `most` bytes together.
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

/// Limits concurrent requests, by key.
#[derive(Debug)]
struct ConcurrencyLimit {
    most: usize,
    /// A key is forgotten when no permit of it is held.
    by_key: Mutex<HashMap<String, Weak<Semaphore>>>,
}

impl ConcurrencyLimit {
    fn new(most: NonZeroUsize) -> Self {
        Self {
            most: most.get().min(Semaphore::MAX_PERMITS),
            by_key: Mutex::default(),
        }
    }

    /// So many permits, or none of them; dropping the result frees them.
    fn acquire(&self, key: &str, count: NonZeroU32) -> Option<OwnedSemaphorePermit> {
        let mut by_key = self.by_key.lock();
        let open = by_key.get(key).and_then(Weak::upgrade);
        let concurrency = open.unwrap_or_else(|| {
            by_key.retain(|_, concurrency| concurrency.strong_count() > 0);
            let concurrency = Arc::new(Semaphore::new(self.most));
            by_key.insert(key.to_owned(), Arc::downgrade(&concurrency));
            concurrency
        });
        concurrency.try_acquire_many_owned(count.get()).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_taken_together_or_not_at_all_and_keys_without_any_are_forgotten() {
        let concurrency = ConcurrencyLimit::new(NonZeroUsize::new(3).unwrap());
        let [one, two] = [1, 2].map(|count| NonZeroU32::new(count).unwrap());
        let held = concurrency.acquire("ada", two).unwrap();
        assert!(concurrency.acquire("ada", two).is_none());
        assert!(concurrency.acquire("ada", one).is_some());
        assert!(concurrency.acquire("bob", two).is_some());
        drop(held);
        assert!(concurrency.acquire("cyd", two).is_some());
        assert_eq!(concurrency.by_key.lock().len(), 1);
    }
}
