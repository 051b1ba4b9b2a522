//! Limits the concurrent requests of each of several callers, so that none of them blocks the others.

use std::{
    collections::HashMap,
    num::NonZeroUsize,
    sync::{Arc, Weak},
};

use parking_lot::Mutex;
use tokio::sync::Semaphore;

/// The semaphores of the callers.
#[derive(Debug)]
pub(crate) struct Shares {
    each: usize,
    of: Mutex<HashMap<Arc<str>, Weak<Semaphore>>>,
}

impl Shares {
    /// Each caller gets half of all concurrent requests. A single caller loses little, and half is always left for the
    /// others.
    pub(crate) fn of(all: NonZeroUsize) -> Self {
        Self {
            each: all.get().div_ceil(2).min(Semaphore::MAX_PERMITS),
            of: Mutex::default(),
        }
    }

    /// Returns the semaphore of a caller. It is dropped when no request of the caller holds it.
    pub(crate) fn turns(&self, whose: &Arc<str>) -> Arc<Semaphore> {
        let mut of = self.of.lock();
        if let Some(turns) = of.get(whose).and_then(Weak::upgrade) {
            return turns;
        }
        of.retain(|_, turns| turns.strong_count() > 0);
        let turns = Arc::new(Semaphore::new(self.each));
        of.insert(Arc::clone(whose), Arc::downgrade(&turns));
        turns
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_caller_has_half_and_is_forgotten_when_it_is_done() {
        let shares = Shares::of(NonZeroUsize::new(5).unwrap());
        let [ada, bob] = ["ada", "bob"].map(Arc::from);
        let turn = shares.turns(&ada).try_acquire_many_owned(3).unwrap();
        assert!(shares.turns(&ada).try_acquire_owned().is_err());
        assert!(shares.turns(&bob).try_acquire_owned().is_ok());
        drop(turn);
        assert_eq!(shares.turns(&bob).available_permits(), 3);
        assert_eq!(shares.of.lock().len(), 1);
    }
}
