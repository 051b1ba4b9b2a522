//! Deletes changes that are too old, unless the clock is wrong for a while.
//!
//! Each look stores the time before which changes were too old. A look at least a day later deletes the changes from
//! before that stored time. If the clock was ahead at one look and was set back since, the next look replaces the
//! stored time.

use std::time::Duration;

use jiff::Timestamp;

/// The id of the row that holds the stored time. The row is no change: its organisation is empty.
pub(super) const MARK: &str = "too-old";
/// The statement that stores the row.
pub(super) const KEEP_MARK: &str = "
INSERT INTO changes (id, at, place, principal, tool, target, outcome, record)
VALUES ($1, $2, '', '', '', '', '', '')
ON CONFLICT (id) DO UPDATE SET at = excluded.at";
/// The shortest time between two looks, in milliseconds.
const DAY: i64 = 24 * 60 * 60 * 1000;

/// The result of a look at the journal for changes that are too old.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Look {
    /// Changes from before this time are deleted, if it is set. Milliseconds since 1970.
    pub(super) forget_before: Option<i64>,
    /// The time to store until the next look. Milliseconds since 1970.
    pub(super) mark: i64,
}

/// Returns the time before which changes are too old, in milliseconds since 1970.
pub(super) fn oldest(keep: Duration) -> i64 {
    let keep = i64::try_from(keep.as_millis()).unwrap_or(i64::MAX);
    Timestamp::now().as_millisecond().saturating_sub(keep)
}

/// Returns what to do now, or `None` if the last look was less than a day ago.
pub(super) fn look(keep: Duration, mark: Option<i64>) -> Option<Look> {
    look_at(oldest(keep), mark)
}

fn look_at(oldest: i64, mark: Option<i64>) -> Option<Look> {
    let is_confirmed = |mark: &i64| oldest.saturating_sub(*mark) >= DAY;
    let forget_before = mark.filter(is_confirmed);
    let goes_back = mark.is_none_or(|mark| oldest < mark);
    (goes_back || forget_before.is_some()).then_some(Look {
        forget_before,
        mark: oldest,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_look_is_due_at_first_a_day_later_and_when_the_clock_has_gone_back() {
        let look = |forget_before, mark| {
            Some(Look {
                forget_before,
                mark,
            })
        };
        assert_eq!(look_at(5, None), look(None, 5));
        assert_eq!(look_at(5 + DAY - 1, Some(5)), None);
        assert_eq!(look_at(5 + DAY, Some(5)), look(Some(5), 5 + DAY));
        assert_eq!(look_at(4, Some(5)), look(None, 4));
    }

    proptest! {
        /// However far the clock is wrong, for less than a day.
        #[test]
        fn a_clock_that_is_put_right_forgets_no_more_than_one_that_was_never_wrong(
            wrong in -1_000 * DAY..1_000 * DAY, looks in proptest::collection::vec(0..DAY, 1..5),
        ) {
            let start = 2_000 * DAY;
            let mut mark = Some(start);
            let mut forgotten = i64::MIN;
            let mut ask = |oldest: i64, mark: &mut Option<i64>| {
                if let Some(look) = look_at(oldest, *mark) {
                    forgotten = forgotten.max(look.forget_before.unwrap_or(i64::MIN));
                    *mark = Some(look.mark);
                }
            };
            let mut latest = 0;
            let mut sorted = looks;
            sorted.sort_unstable();
            for since in sorted {
                ask(start + wrong + since, &mut mark);
                latest = since;
            }
            ask(start + latest, &mut mark);
            prop_assert!(forgotten <= start);
        }
    }
}
