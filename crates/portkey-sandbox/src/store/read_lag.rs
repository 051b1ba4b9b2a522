//! Read lag: reads see the state before a write until a moment passes.

use std::sync::Mutex;

use jiff::Timestamp;

use super::{lock::lock, snapshots::Image};

/// The states before delayed writes, oldest first.
#[derive(Debug, Default)]
pub(crate) struct ReadLag {
    states: Mutex<Vec<PastState>>,
}

#[derive(Debug)]
struct PastState {
    image: Image,
    until: Timestamp,
}

impl ReadLag {
    /// Shows reads the state before a write until a moment.
    pub(crate) fn keep(&self, image: Image, until: Timestamp) {
        lock(&self.states).push(PastState { image, until });
    }

    /// The state that reads see now: the oldest one that is still shown, or `None` for the current state.
    pub(crate) fn at(&self, now: Timestamp) -> Option<Image> {
        let mut states = lock(&self.states);
        states.retain(|state| state.until > now);
        states.first().map(|state| state.image.clone())
    }

    /// Makes everything visible.
    pub(crate) fn forget(&self) {
        lock(&self.states).clear();
    }
}
