//! The memory that bodies may hold at once: all together, and those of each principal.

use std::{collections::HashMap, sync::Arc};

use parking_lot::Mutex;

/// So much of each body is not counted, so that there is always room for what everybody sends all the time. How many
/// there are at once is limited elsewhere.
const SMALL: usize = 16 * 1024;

/// One principal may hold this part of all.
const SHARE: usize = 4;

#[derive(Debug)]
pub(super) struct Room {
    all: usize,
    share: usize,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    by: HashMap<Arc<str>, usize>,
}

/// What one body holds, until it is dropped.
#[derive(Debug)]
pub(super) struct Held {
    room: Arc<Room>,
    whose: Arc<str>,
    counted: usize,
}

/// There is not as much room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Full {
    /// The principal holds its share, of so many bytes.
    Share(usize),
    /// All together hold all.
    All,
}

impl Room {
    /// Of so many bytes. A share has room for the longest body.
    pub(super) fn new(all: usize, longest: usize) -> Arc<Self> {
        let share = (all / SHARE).max(longest);
        Arc::new(Self {
            all: all.max(share),
            share,
            taken: Mutex::default(),
        })
    }

    /// How much one principal may hold.
    pub(super) fn share(&self) -> usize {
        self.share
    }

    /// Room for a body that has not come yet.
    pub(super) fn empty(self: &Arc<Self>, whose: &str) -> Held {
        Held {
            room: Arc::clone(self),
            whose: whose.into(),
            counted: 0,
        }
    }
}

impl Held {
    /// Makes it so many bytes, or leaves it as it is.
    pub(super) fn grow(&mut self, bytes: usize) -> Result<(), Full> {
        let counted = bytes.saturating_sub(SMALL);
        let more = counted.saturating_sub(self.counted);
        if more == 0 {
            return Ok(());
        }
        let mut taken = self.room.taken.lock();
        let all = taken.all + more;
        let own = taken.by.get(&self.whose).copied().unwrap_or_default() + more;
        if own > self.room.share {
            return Err(Full::Share(self.room.share));
        }
        if all > self.room.all {
            return Err(Full::All);
        }
        taken.all = all;
        taken.by.insert(Arc::clone(&self.whose), own);
        drop(taken);
        self.counted = counted;
        Ok(())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if self.counted == 0 {
            return;
        }
        let mut taken = self.room.taken.lock();
        taken.all = taken.all.saturating_sub(self.counted);
        if let Some(own) = taken.by.get_mut(&self.whose) {
            *own = own.saturating_sub(self.counted);
            if *own == 0 {
                taken.by.remove(&self.whose);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_principal_has_a_share_and_small_bodies_always_room() {
        let room = Room::new(400_000, 1_000);
        let mut ada = room.empty("ada");
        assert_eq!(ada.grow(100_000 + SMALL), Ok(()));
        assert_eq!(room.empty("ada").grow(SMALL + 1), Err(Full::Share(100_000)));
        assert_eq!(room.empty("ada").grow(SMALL), Ok(()));
        let others: Vec<Held> = ["bob", "carl", "dora"]
            .map(|name| {
                let mut other = room.empty(name);
                assert_eq!(other.grow(100_000 + SMALL), Ok(()));
                other
            })
            .into();
        assert_eq!(room.empty("eve").grow(SMALL + 1), Err(Full::All));
        drop(others);
        assert_eq!(room.empty("eve").grow(SMALL + 1), Ok(()));
        drop(ada);
        assert_eq!(room.empty("ada").grow(100_000 + SMALL), Ok(()));
    }

    #[test]
    fn there_is_room_for_the_longest_body() {
        let room = Room::new(1, 1_000_000);
        assert_eq!(room.empty("ada").grow(1_000_000), Ok(()));
    }

    proptest! {
        #[test]
        fn nothing_is_left_when_all_is_given_back(
            growth in proptest::collection::vec((0_usize..4, 0_usize..300_000), 0..40),
        ) {
            let room = Room::new(400_000, 1_000);
            let mut held: Vec<Held> = ["a", "b", "c", "a"].iter().map(|name| room.empty(name)).collect();
            for (which, bytes) in growth {
                _ = held[which].grow(bytes);
                let taken = room.taken.lock();
                prop_assert!(taken.all <= 400_000);
                prop_assert!(taken.by.values().all(|own| *own <= 100_000));
                prop_assert_eq!(taken.all, taken.by.values().sum::<usize>());
            }
            drop(held);
            prop_assert_eq!(room.taken.lock().all, 0);
            prop_assert!(room.taken.lock().by.is_empty());
        }
    }
}
