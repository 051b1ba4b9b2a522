//! The memory that bodies of requests may hold at once: all together, and those of each principal.

use std::{collections::HashMap, sync::Arc};

use parking_lot::Mutex;

/// This much of each body is not counted, in bytes, so that ordinary requests always fit. How many there are at once is
/// limited elsewhere.
const SMALL: usize = 16 * 1024;

/// One principal may hold the total divided by this.
const SHARE: usize = 4;

#[derive(Debug)]
pub(super) struct MemoryBudget {
    total: usize,
    per_principal: usize,
    reserved: Mutex<Reserved>,
}

#[derive(Debug, Default)]
struct Reserved {
    total: usize,
    by: HashMap<Arc<str>, usize>,
}

/// The memory that one body holds, until this is dropped.
#[derive(Debug)]
pub(super) struct Reservation {
    budget: Arc<MemoryBudget>,
    principal: Arc<str>,
    counted: usize,
}

/// Why memory cannot be reserved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BudgetExceeded {
    /// The principal would exceed its share, which has this many bytes.
    OfPrincipal(usize),
    /// All bodies together would exceed the total.
    Total,
}

impl MemoryBudget {
    /// A budget in bytes. A principal's share is at least the longest body.
    pub(super) fn new(total: usize, longest: usize) -> Arc<Self> {
        let per_principal = (total / SHARE).max(longest);
        Arc::new(Self {
            total: total.max(per_principal),
            per_principal,
            reserved: Mutex::default(),
        })
    }

    /// What one principal may hold, in bytes.
    pub(super) fn per_principal(&self) -> usize {
        self.per_principal
    }

    /// A reservation of nothing yet.
    pub(super) fn empty(self: &Arc<Self>, principal: &str) -> Reservation {
        Reservation {
            budget: Arc::clone(self),
            principal: principal.into(),
            counted: 0,
        }
    }
}

impl Reservation {
    /// Grows it to so many bytes; on an error it stays as it is.
    pub(super) fn grow(&mut self, bytes: usize) -> Result<(), BudgetExceeded> {
        let counted = bytes.saturating_sub(SMALL);
        let more = counted.saturating_sub(self.counted);
        if more == 0 {
            return Ok(());
        }
        let mut reserved = self.budget.reserved.lock();
        let total = reserved.total + more;
        let own = reserved
            .by
            .get(&self.principal)
            .copied()
            .unwrap_or_default()
            + more;
        if own > self.budget.per_principal {
            return Err(BudgetExceeded::OfPrincipal(self.budget.per_principal));
        }
        if total > self.budget.total {
            return Err(BudgetExceeded::Total);
        }
        reserved.total = total;
        reserved.by.insert(Arc::clone(&self.principal), own);
        drop(reserved);
        self.counted = counted;
        Ok(())
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        if self.counted == 0 {
            return;
        }
        let mut reserved = self.budget.reserved.lock();
        reserved.total = reserved.total.saturating_sub(self.counted);
        if let Some(own) = reserved.by.get_mut(&self.principal) {
            *own = own.saturating_sub(self.counted);
            if *own == 0 {
                reserved.by.remove(&self.principal);
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
        let budget = MemoryBudget::new(400_000, 1_000);
        let mut ada = budget.empty("ada");
        assert_eq!(ada.grow(100_000 + SMALL), Ok(()));
        assert_eq!(
            budget.empty("ada").grow(SMALL + 1),
            Err(BudgetExceeded::OfPrincipal(100_000))
        );
        assert_eq!(budget.empty("ada").grow(SMALL), Ok(()));
        let others: Vec<Reservation> = ["bob", "carl", "dora"]
            .map(|name| {
                let mut other = budget.empty(name);
                assert_eq!(other.grow(100_000 + SMALL), Ok(()));
                other
            })
            .into();
        assert_eq!(
            budget.empty("eve").grow(SMALL + 1),
            Err(BudgetExceeded::Total)
        );
        drop(others);
        assert_eq!(budget.empty("eve").grow(SMALL + 1), Ok(()));
        drop(ada);
        assert_eq!(budget.empty("ada").grow(100_000 + SMALL), Ok(()));
    }

    #[test]
    fn there_is_room_for_the_longest_body() {
        let budget = MemoryBudget::new(1, 1_000_000);
        assert_eq!(budget.empty("ada").grow(1_000_000), Ok(()));
    }

    proptest! {
        #[test]
        fn nothing_is_left_when_all_is_given_back(
            growth in proptest::collection::vec((0_usize..4, 0_usize..300_000), 0..40),
        ) {
            let budget = MemoryBudget::new(400_000, 1_000);
            let mut reservation: Vec<Reservation> = ["a", "b", "c", "a"].iter().map(|name| budget.empty(name)).collect();
            for (which, bytes) in growth {
                _ = reservation[which].grow(bytes);
                let reserved = budget.reserved.lock();
                prop_assert!(reserved.total <= 400_000);
                prop_assert!(reserved.by.values().all(|own| *own <= 100_000));
                prop_assert_eq!(reserved.total, reserved.by.values().sum::<usize>());
            }
            drop(reservation);
            prop_assert_eq!(budget.reserved.lock().total, 0);
            prop_assert!(budget.reserved.lock().by.is_empty());
        }
    }
}
