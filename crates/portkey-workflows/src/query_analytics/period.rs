//! Periods, the stretches of time in them, and the earlier periods that they are compared with.

use std::fmt;

use jiff::{SignedDuration, Span, Timestamp, ToSpan as _, Zoned, civil::Weekday, tz::TimeZone};
use portkey_api::{PeriodEnd, PeriodStart, Problem, analytics::Filter};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A stretch of time that figures are grouped by, in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stretch {
    Hour,
    Day,
    Week,
    Month,
}

/// Which earlier period figures are compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub(crate) enum Shift {
    /// The one right before, of the same length.
    Previous,
    /// The same one a week earlier.
    Week,
    /// The same one a month earlier.
    Month,
    /// The same one a year earlier.
    Year,
}

/// A period, both ends in it, to the millisecond.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Period {
    pub(super) from: Timestamp,
    pub(super) to: Timestamp,
}

const MILLISECOND: SignedDuration = SignedDuration::from_millis(1);

impl Period {
    /// The period of a filter, whose ends were filled in when the arguments were parsed.
    pub(super) fn of(filter: &Filter) -> Result<Self, Problem> {
        let read = |name: &str, end: Option<&str>| {
            let time = end.and_then(|end| end.parse::<Timestamp>().ok());
            time.ok_or_else(|| Problem::rule(name, "must be a date or time, such as `2026-11-21`"))
        };
        let from = filter.time_of_generation_min.as_ref();
        let to = filter.time_of_generation_max.as_ref();
        let from = read("time_of_generation_min", from.map(PeriodStart::as_str))?;
        let to = read("time_of_generation_max", to.map(PeriodEnd::as_str))?;
        if from > to {
            let rule = "must not be after `time_of_generation_max`";
            return Err(Problem::rule("time_of_generation_min", rule));
        }
        Ok(Self { from, to })
    }

    /// The filter for this period.
    pub(super) fn of_filter(self, filter: &Filter) -> Filter {
        Filter {
            time_of_generation_min: Some(self.from.to_string().into()),
            time_of_generation_max: Some(self.to.to_string().into()),
            ..filter.clone()
        }
    }

    fn length(self) -> SignedDuration {
        self.to.duration_since(self.from)
    }

    /// The period of the same length that begins at a time, if that is one.
    pub(super) fn moved_to(self, from: &str) -> Option<Self> {
        let from: Timestamp = from.parse().ok()?;
        let to = from.checked_add(self.length()).ok()?;
        Some(Self { from, to })
    }

    /// The earlier period that a shift means.
    pub(super) fn earlier(self, shift: Shift) -> Option<Self> {
        let by: Span = match shift {
            Shift::Week => 1.week(),
            Shift::Month => 1.month(),
            Shift::Year => 1.year(),
            Shift::Previous => {
                let to = self.from.checked_sub(MILLISECOND).ok()?;
                let from = to.checked_sub(self.length()).ok()?;
                return Some(Self { from, to });
            }
        };
        let moved = |time: Timestamp| Some(utc(time).checked_sub(by).ok()?.timestamp());
        Some(Self {
            from: moved(self.from)?,
            to: moved(self.to)?,
        })
    }

    /// The stretches that it consists of; the first and the last may be parts of one.
    pub(super) fn stretches(self, stretch: Stretch) -> Vec<Self> {
        let mut stretches = Vec::new();
        let mut from = self.from;
        while from <= self.to {
            let Some(next) = stretch.after(from) else {
                break;
            };
            let to = next.checked_sub(MILLISECOND).unwrap_or(next).min(self.to);
            stretches.push(Self { from, to });
            from = next;
        }
        stretches
    }

    /// What its stretches are called.
    pub(super) fn labels(self, stretch: Stretch) -> Vec<String> {
        let stretches = self.stretches(stretch).into_iter();
        stretches.map(|one| stretch.label(one.from)).collect()
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.from, self.to)
    }
}

impl Stretch {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    /// The longest time between two points of a graph that can be added up to such stretches.
    pub(super) const fn coarsest_points(self) -> SignedDuration {
        match self {
            Self::Hour => SignedDuration::from_hours(1),
            Self::Day | Self::Week | Self::Month => SignedDuration::from_hours(24),
        }
    }

    /// The beginning of the next stretch.
    fn after(self, time: Timestamp) -> Option<Timestamp> {
        let begin = self.begin(time)?;
        let length: Span = match self {
            Self::Hour => 1.hour(),
            Self::Day => 1.day(),
            Self::Week => 1.week(),
            Self::Month => 1.month(),
        };
        Some(begin.checked_add(length).ok()?.timestamp())
    }

    fn begin(self, time: Timestamp) -> Option<Zoned> {
        let time = utc(time);
        let day = time.start_of_day().ok()?;
        match self {
            Self::Hour => day.checked_add(i64::from(time.hour()).hours()).ok(),
            Self::Day => Some(day),
            Self::Week => {
                let since = day.weekday().since(Weekday::Monday);
                day.checked_sub(i64::from(since).days()).ok()
            }
            Self::Month => day.first_of_month().ok(),
        }
    }

    /// A week is called by its Monday.
    fn label(self, time: Timestamp) -> String {
        let begin = self.begin(time).unwrap_or_else(|| utc(time));
        let format = match self {
            Self::Hour => "%Y-%m-%dT%H:00Z",
            Self::Day | Self::Week => "%Y-%m-%d",
            Self::Month => "%Y-%m",
        };
        begin.strftime(format).to_string()
    }
}

fn utc(time: Timestamp) -> Zoned {
    time.to_zoned(TimeZone::UTC)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period(from: &str, to: &str) -> Period {
        Period {
            from: from.parse().unwrap(),
            to: to.parse().unwrap(),
        }
    }

    #[test]
    fn a_period_is_cut_at_the_edges_of_its_stretches() {
        let autumn = period("2026-09-28T12:00:00Z", "2026-11-02T09:30:00Z");
        assert_eq!(
            autumn.labels(Stretch::Month),
            ["2026-09", "2026-10", "2026-11"]
        );
        let months = autumn.stretches(Stretch::Month);
        assert_eq!(months[0].from, autumn.from);
        assert_eq!(
            months[1],
            period("2026-10-01T00:00:00Z", "2026-10-31T23:59:59.999Z")
        );
        assert_eq!(months[2].to, autumn.to);
        assert_eq!(
            autumn.labels(Stretch::Week),
            [
                "2026-09-28",
                "2026-10-05",
                "2026-10-12",
                "2026-10-19",
                "2026-10-26",
                "2026-11-02"
            ]
        );
        let hours = period("2026-09-28T12:10:00Z", "2026-09-28T13:00:00Z");
        assert_eq!(
            hours.labels(Stretch::Hour),
            ["2026-09-28T12:00Z", "2026-09-28T13:00Z"]
        );
    }

    #[test]
    fn an_earlier_period_is_as_long_or_the_same_dates() {
        let november = period("2026-11-01T00:00:00Z", "2026-11-30T23:59:59.999Z");
        let previous = november.earlier(Shift::Previous).unwrap();
        assert_eq!(
            previous,
            period("2026-10-02T00:00:00Z", "2026-10-31T23:59:59.999Z")
        );
        let month = november.earlier(Shift::Month).unwrap();
        assert_eq!(
            month,
            period("2026-10-01T00:00:00Z", "2026-10-30T23:59:59.999Z")
        );
        let moved = november.moved_to("2025-11-01T00:00:00Z").unwrap();
        assert_eq!(moved, november.earlier(Shift::Year).unwrap());
        assert_eq!(november.moved_to("yesterday"), None);
    }
}
