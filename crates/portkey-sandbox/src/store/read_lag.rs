//! What reads still see of writes that are to become visible late.

use std::sync::Mutex;

use jiff::Timestamp;

use super::{lock::lock, snapshots::Image};

/// The states before such writes, oldest first.
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
    /// Shows reads the state before a write until then.
    pub(crate) fn keep(&self, image: Image, until: Timestamp) {
        lock(&self.states).push(PastState { image, until });
    }

    /// What a read sees now: the oldest state that still shows, `None` for things as they are.
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
