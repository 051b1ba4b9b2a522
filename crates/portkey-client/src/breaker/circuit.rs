//! The state machine of a circuit breaker. The caller passes in the time.

use std::time::{Duration, Instant};

use super::{BreakerSettings, Health};

#[derive(Debug)]
pub(super) struct Circuit {
    settings: BreakerSettings,
    state: State,
    /// The number of state changes so far. The results of requests that began before the last one are ignored.
    era: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// All requests are sent. The number of consecutive failures is counted.
    Closed { failures: u32 },
    /// No requests are sent before this time.
    Open { until: Instant },
    /// One trial request is being sent.
    Trying,
}

/// The permit of one request. It says in which era the request began.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Ticket {
    era: u64,
}

impl Circuit {
    /// The pause for requests during a trial request, whose result will be known soon.
    const SOON: Duration = Duration::from_secs(1);

    pub(super) fn new(settings: BreakerSettings) -> Self {
        Self {
            settings,
            state: State::Closed { failures: 0 },
            era: 0,
        }
    }

    pub(super) fn refusal(&self, now: Instant) -> Option<Duration> {
        match self.state {
            State::Closed { .. } => None,
            State::Open { until } => {
                let left = until.saturating_duration_since(now);
                (!left.is_zero()).then_some(left)
            }
            State::Trying => Some(Self::SOON),
        }
    }

    pub(super) fn admit(&mut self, now: Instant) -> Result<Ticket, Duration> {
        if let Some(wait) = self.refusal(now) {
            return Err(wait);
        }
        if matches!(self.state, State::Open { .. }) {
            self.change(State::Trying);
        }
        Ok(Ticket { era: self.era })
    }

    pub(super) fn settle(&mut self, ticket: &Ticket, health: Health, now: Instant) {
        if ticket.era != self.era {
            return;
        }
        match (self.state, health) {
            (State::Closed { .. }, Health::Well) => self.state = State::Closed { failures: 0 },
            (State::Closed { failures }, Health::Failing) => {
                let failures = failures.saturating_add(1);
                if failures < self.settings.failures.get() {
                    self.state = State::Closed { failures };
                } else {
                    self.open(now, self.settings.pause);
                }
            }
            (State::Trying, Health::Well) => self.change(State::Closed { failures: 0 }),
            (State::Trying, Health::Failing) => self.open(now, self.settings.pause),
            // The next request becomes the trial request.
            (State::Trying, Health::Unknown) => self.open(now, Duration::ZERO),
            (State::Closed { .. }, Health::Unknown) | (State::Open { .. }, _) => {}
        }
    }

    fn open(&mut self, now: Instant, pause: Duration) {
        self.change(State::Open { until: now + pause });
    }

    fn change(&mut self, state: State) {
        self.state = state;
        self.era = self.era.wrapping_add(1);
    }
}

#[cfg(test)]
mod tests {
    use proptest::{prelude::*, sample::Index};

    use super::*;

    #[derive(Debug, Clone)]
    enum Event {
        Ask,
        Settle(Index, Health),
        Wait(u64),
    }

    fn event() -> impl Strategy<Value = Event> {
        let health = prop::sample::select(vec![Health::Well, Health::Failing, Health::Unknown]);
        let settle = (any::<Index>(), health).prop_map(|(which, how)| Event::Settle(which, how));
        prop_oneof![
            4 => Just(Event::Ask),
            4 => settle,
            1 => (0..15_u64).prop_map(Event::Wait),
        ]
    }

    /// Checks the circuit against what its callers can see.
    struct Watcher {
        circuit: Circuit,
        now: Instant,
        under_way: Vec<Ticket>,
        /// Failures in a row since the circuit closed.
        row: u32,
    }

    impl Watcher {
        fn ask(&mut self) {
            let before = self.circuit.state;
            match (before, self.circuit.admit(self.now)) {
                (State::Open { until }, Err(wait)) => assert_eq!(self.now + wait, until),
                (State::Open { until }, Ok(ticket)) => {
                    assert!(until <= self.now);
                    self.under_way.push(ticket);
                }
                (State::Trying, answer) => assert!(answer.is_err(), "one request tries, not two"),
                (State::Closed { .. }, answer) => self.under_way.push(answer.unwrap()),
            }
        }

        fn settle(&mut self, which: Index, health: Health) {
            if self.under_way.is_empty() {
                return;
            }
            let ticket = self
                .under_way
                .swap_remove(which.index(self.under_way.len()));
            let before = (self.circuit.state, self.circuit.era);
            self.circuit.settle(&ticket, health, self.now);
            if ticket.era != before.1 {
                assert_eq!((self.circuit.state, self.circuit.era), before);
                return;
            }
            match (before.0, health) {
                (State::Closed { .. }, Health::Failing) => self.row += 1,
                (_, Health::Well) => self.row = 0,
                _ => {}
            }
            match (before.0, self.circuit.state) {
                (_, State::Closed { failures }) => {
                    assert_eq!(failures, self.row);
                    assert!(failures < self.circuit.settings.failures.get());
                }
                (State::Closed { .. }, _) => {
                    assert_eq!(self.row, self.circuit.settings.failures.get());
                }
                _ => {}
            }
        }
    }

    proptest! {
        #[test]
        fn opens_after_failures_in_a_row_and_tries_with_one(
            failures in 1..5_u32,
            events in prop::collection::vec(event(), 0..200),
        ) {
            let settings = BreakerSettings {
                failures: failures.try_into().unwrap(),
                pause: Duration::from_secs(10),
            };
            let mut watcher = Watcher {
                circuit: Circuit::new(settings),
                now: Instant::now(),
                under_way: Vec::new(),
                row: 0,
            };
            for event in events {
                match event {
                    Event::Ask => watcher.ask(),
                    Event::Settle(which, health) => watcher.settle(which, health),
                    Event::Wait(seconds) => watcher.now += Duration::from_secs(seconds),
                }
            }
        }
    }
}
