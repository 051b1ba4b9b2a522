//! Limits the load on the server. All clones of a client share the limits.

use std::{
    fmt,
    num::{NonZeroU32, NonZeroUsize},
    sync::Arc,
    time::{Duration, Instant},
};

use governor::{DefaultDirectRateLimiter, Quota, clock::Clock as _};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{
    BreakerSettings, Error, Rate,
    breaker::{Admission, Breaker, Health},
    shares::Shares,
};

/// Limits on requests to the server. By default there are none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ceilings {
    /// The largest number of concurrent requests.
    pub concurrency: Option<NonZeroUsize>,
    /// The largest rate of requests. A tenth of them may be sent at once.
    pub rate: Option<Rate>,
    /// The longest time that a request waits for these limits before it fails.
    pub patience: Duration,
    /// When a failing server gets no requests for a while.
    pub breaker: Option<BreakerSettings>,
}

impl Default for Ceilings {
    fn default() -> Self {
        Self {
            concurrency: None,
            rate: None,
            patience: Duration::from_secs(10),
            breaker: None,
        }
    }
}

/// Applies the ceilings.
pub(crate) struct Gate {
    ceilings: Ceilings,
    slots: Option<Arc<Semaphore>>,
    shares: Option<Shares>,
    pace: Option<DefaultDirectRateLimiter>,
    breaker: Option<Arc<Breaker>>,
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Gate").field(&self.ceilings).finish()
    }
}

/// The permit to send a request. Dropping it lets another request proceed.
#[derive(Debug)]
pub(crate) struct Turn {
    _share: Option<OwnedSemaphorePermit>,
    _slot: Option<OwnedSemaphorePermit>,
    admission: Option<Admission>,
}

impl Turn {
    /// Ends the request and reports the server's health.
    pub(crate) fn settle(self, health: Health) {
        if let Some(admission) = self.admission {
            admission.settle(health);
        }
    }
}

impl Gate {
    pub(crate) fn new(ceilings: Ceilings) -> Self {
        let slots = |count: NonZeroUsize| Semaphore::new(count.get().min(Semaphore::MAX_PERMITS));
        Self {
            ceilings,
            slots: ceilings.concurrency.map(slots).map(Arc::new),
            shares: ceilings.concurrency.map(Shares::of),
            pace: ceilings.rate.and_then(pace),
            breaker: ceilings.breaker.map(Breaker::new).map(Arc::new),
        }
    }

    /// Waits for a permit for one caller, for at most `left`.
    pub(crate) async fn enter(
        &self,
        whose: Option<&Arc<str>>,
        left: Duration,
    ) -> Result<Turn, Error> {
        // A request that would be refused anyway does not wait.
        if let Some(wait) = self.breaker.as_ref().and_then(|breaker| breaker.refusal()) {
            return Err(self.suspended(wait));
        }
        let until = Instant::now() + self.ceilings.patience.min(left);
        let share = self.shares.as_ref().zip(whose);
        let share = share.map(|(shares, whose)| shares.turns(whose));
        let share = slot(share, until).await?;
        let slot = slot(self.slots.clone(), until).await?;
        self.keep_pace(until).await?;
        let admission = self.breaker.as_ref().map(Breaker::admit).transpose();
        Ok(Turn {
            _share: share,
            _slot: slot,
            admission: admission.map_err(|wait| self.suspended(wait))?,
        })
    }

    async fn keep_pace(&self, until: Instant) -> Result<(), Error> {
        let Some(pace) = &self.pace else {
            return Ok(());
        };
        while let Err(early) = pace.check() {
            let wait = early.wait_time_from(pace.clock().now());
            if wait > until.saturating_duration_since(Instant::now()) {
                return Err(Error::Busy { retry_after: wait });
            }
            tokio::time::sleep(wait).await;
        }
        Ok(())
    }

    fn suspended(&self, retry_after: Duration) -> Error {
        Error::Suspended {
            failures: self
                .ceilings
                .breaker
                .map_or(0, |breaker| breaker.failures.get()),
            retry_after,
        }
    }
}

async fn slot(
    slots: Option<Arc<Semaphore>>,
    until: Instant,
) -> Result<Option<OwnedSemaphorePermit>, Error> {
    let Some(slots) = slots else {
        return Ok(None);
    };
    // A semaphore gives free permits to those that wait first, so this overtakes nobody.
    if let Ok(slot) = Arc::clone(&slots).try_acquire_owned() {
        return Ok(Some(slot));
    }
    match tokio::time::timeout_at(until.into(), slots.acquire_owned()).await {
        Ok(Ok(slot)) => Ok(Some(slot)),
        // It is not known when a running request will end, so the caller should try again after a second.
        Ok(Err(_)) | Err(_) => Err(Error::Busy {
            retry_after: Duration::from_secs(1),
        }),
    }
}

fn pace(rate: Rate) -> Option<DefaultDirectRateLimiter> {
    let burst = NonZeroU32::new(rate.count().get() / 10).unwrap_or(NonZeroU32::MIN);
    let quota = Quota::with_period(rate.interval())?.allow_burst(burst);
    Some(DefaultDirectRateLimiter::direct(quota))
}

/// Returns what the result of a request says about the server's health.
pub(crate) fn health<T>(result: &Result<T, Error>) -> Health {
    let failing = match result {
        // 501 means that the operation is not supported. The server is healthy.
        Err(Error::Refused(refusal)) => refusal.status >= 500 && refusal.status != 501,
        Err(error) => matches!(
            error,
            Error::Connect { .. }
                | Error::Tls { .. }
                | Error::Timeout { .. }
                | Error::Interrupted(_)
        ),
        Ok(_) => false,
    };
    if failing {
        Health::Failing
    } else {
        Health::Well
    }
}
