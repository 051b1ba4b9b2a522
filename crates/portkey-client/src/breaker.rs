//! Leaves a server alone that fails at every request, until one request shows that it is well again.

mod circuit;

use std::{
    num::NonZeroU32,
    sync::Arc,
    time::{Duration, Instant},
};

use circuit::{Circuit, Ticket};
use parking_lot::Mutex;

/// When a server that keeps failing is left alone, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BreakerSettings {
    /// So many failures in a row.
    pub failures: NonZeroU32,
    /// The time without requests, after which a single one tries again.
    pub pause: Duration,
}

/// How a request ended, as far as the server's health goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Health {
    /// The server works, whatever it answered.
    Well,
    /// It failed or was not there.
    Failing,
    /// Nobody waited for the end.
    Unknown,
}

/// The breaker that all requests to a server share.
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

    /// How long there is no point in a request, if that is so.
    pub(crate) fn refusal(&self) -> Option<Duration> {
        self.circuit.lock().refusal(Instant::now())
    }

    /// Lets a request through, or says how long there is no point in it.
    pub(crate) fn admit(self: &Arc<Self>) -> Result<Admission, Duration> {
        let ticket = self.circuit.lock().admit(Instant::now())?;
        Ok(Admission {
            breaker: Arc::clone(self),
            ticket: Some(ticket),
        })
    }
}

/// A request under way. One that is dropped leaves the server's health unknown.
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
