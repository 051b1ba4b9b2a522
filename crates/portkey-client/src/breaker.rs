//! A circuit breaker: stops sending requests to a failing server, until a trial request succeeds.

mod circuit;

use std::{
    num::NonZeroU32,
    sync::Arc,
    time::{Duration, Instant},
};

use circuit::{Circuit, Ticket};
use parking_lot::Mutex;

/// When a failing server gets no requests, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BreakerSettings {
    /// The number of consecutive failures after which requests are stopped.
    pub failures: NonZeroU32,
    /// The time without requests, after which one trial request is sent.
    pub pause: Duration,
}

/// What the result of a request says about the server's health.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Health {
    /// The server works, whatever it answered.
    Well,
    /// The server failed or could not be reached.
    Failing,
    /// The result is not known, because the request was cancelled.
    Unknown,
}

/// The circuit breaker that all requests to a server share.
#[derive(Debug)]
pub(crate) struct Breaker {
    circuit: Mutex<Circuit>,
}

impl Breaker {
    pub(crate) fn new(settings: BreakerSettings) -> Self {
        Self {
            circuit: Mutex::new(Circuit::new(settings)),
        }
    }

    /// Returns how long requests will be refused, or `None` if they are allowed.
    pub(crate) fn refusal(&self) -> Option<Duration> {
        self.circuit.lock().refusal(Instant::now())
    }

    /// Admits a request, or returns how long requests will be refused.
    pub(crate) fn admit(self: &Arc<Self>) -> Result<Admission, Duration> {
        let ticket = self.circuit.lock().admit(Instant::now())?;
        Ok(Admission {
            breaker: Arc::clone(self),
            ticket: Some(ticket),
        })
    }
}

/// A running request. If it is dropped, the server's health is unknown.
#[derive(Debug)]
pub(crate) struct Admission {
    breaker: Arc<Breaker>,
    ticket: Option<Ticket>,
}

impl Admission {
    pub(crate) fn settle(mut self, health: Health) {
        self.finish(health);
    }

    fn finish(&mut self, health: Health) {
        if let Some(ticket) = self.ticket.take() {
            let now = Instant::now();
            self.breaker.circuit.lock().settle(&ticket, health, now);
        }
    }
}

impl Drop for Admission {
    fn drop(&mut self) {
        self.finish(Health::Unknown);
    }
}
