//! What reads still see of writes that are to become visible late.

use std::sync::Mutex;

use jiff::Timestamp;

use crate::{snapshots::Image, store::hold};

/// The states before such writes, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Past {
    states: Mutex<Vec<State>>,
}

#[derive(Debug)]
struct State {
    image: Image,
    until: Timestamp,
}

impl Past {
    /// Shows reads the state before a write until then.
    pub(crate) fn keep(&self, image: Image, until: Timestamp) {
        hold(&self.states).push(State { image, until });
    }

    /// What a read sees now: the oldest state that still shows, `None` for things as they are.
    pub(crate) fn at(&self, now: Timestamp) -> Option<Image> {
        let mut states = hold(&self.states);
        states.retain(|state| state.until > now);
        states.first().map(|state| state.image.clone())
    }

    /// Makes everything visible.
    pub(crate) fn forget(&self) {
        hold(&self.states).clear();
    }
}
