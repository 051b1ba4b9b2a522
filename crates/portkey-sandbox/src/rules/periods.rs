//! Calendar periods: weeks start on Monday, months on the 1st, days at midnight, all in UTC.

use jiff::{Span, Timestamp, ToSpan as _, civil::Weekday, tz::TimeZone};
use portkey_api::ResetPeriod;

#[derive(Debug, Clone, Copy)]
pub(crate) enum Period {
    Named(ResetPeriod),
    Days(u16),
}

impl Period {
    /// The period of a name, or else of a number of days.
    pub(crate) fn of(name: Option<ResetPeriod>, days: Option<u16>) -> Option<Self> {
        name.map(Self::Named).or(days.map(Self::Days))
    }

    /// The end of the period that contains a moment.
    pub(crate) fn end(self, now: Timestamp) -> Option<Timestamp> {
        let today = now.to_zoned(TimeZone::UTC).date();
        let end = match self {
            Self::Named(ResetPeriod::Weekly) => today.nth_weekday(1, Weekday::Monday),
            Self::Named(ResetPeriod::Monthly) => today.last_of_month().tomorrow(),
            Self::Days(_) => today.checked_add(self.span()),
        };
        Some(end.ok()?.to_zoned(TimeZone::UTC).ok()?.timestamp())
    }

    /// The end of the period that starts at the end of another.
    pub(crate) fn next_end(self, end: Timestamp) -> Option<Timestamp> {
        let next = end.to_zoned(TimeZone::UTC).checked_add(self.span());
        Some(next.ok()?.timestamp())
    }

    fn span(self) -> Span {
        match self {
            Self::Named(ResetPeriod::Weekly) => 7.days(),
            Self::Named(ResetPeriod::Monthly) => 1.month(),
            Self::Days(days) => i64::from(days).days(),
        }
    }
}

/// When something is reset: at a first moment, and from then on by a period if there is one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Schedule {
    pub(crate) first: Option<Timestamp>,
    pub(crate) period: Option<Period>,
}

impl Schedule {
    /// The last reset up to a moment, and the next one after it.
    pub(crate) fn around(self, now: Timestamp) -> (Option<Timestamp>, Option<Timestamp>) {
        let (mut last, mut next) = (None, self.first);
        while let Some(passed) = next.filter(|next| *next <= now) {
            last = Some(passed);
            next = self.period.and_then(|period| period.next_end(passed));
        }
        (last, next)
    }
}

/// The start of the day in UTC.
pub(crate) fn midnight(moment: Timestamp) -> Option<Timestamp> {
    let day = moment.to_zoned(TimeZone::UTC);
    Some(day.start_of_day().ok()?.timestamp())
}
