//! Rates, as settings write them.

use std::{fmt, num::NonZeroU32, str::FromStr, time::Duration};

/// A number of events and a period: `10/s`, `600/min`, `5000/h`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rate {
    count: NonZeroU32,
    per: Period,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Period {
    Second,
    Minute,
    Hour,
}

/// The text is no rate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected a number of requests and a period, such as `10/s`, `600/min` or `5000/h`")]
pub struct InvalidRate;

impl Rate {
    /// Returns the number of events in a period, which may also happen at once.
    pub fn count(self) -> NonZeroU32 {
        self.count
    }

    /// Returns the period.
    pub fn period(self) -> Duration {
        match self.per {
            Period::Second => Duration::from_secs(1),
            Period::Minute => Duration::from_mins(1),
            Period::Hour => Duration::from_hours(1),
        }
    }

    /// Returns the time between two events that are spread evenly.
    pub fn interval(self) -> Duration {
        // Zero would mean no limit, so even the highest rate has an interval above zero.
        (self.period() / self.count.get()).max(Duration::from_nanos(1))
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let period = match self.per {
            Period::Second => "s",
            Period::Minute => "min",
            Period::Hour => "h",
        };
        write!(f, "{}/{period}", self.count)
    }
}

impl FromStr for Rate {
    type Err = InvalidRate;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (count, period) = text.split_once('/').ok_or(InvalidRate)?;
        let per = match period.trim() {
            "s" | "second" => Period::Second,
            "min" | "minute" => Period::Minute,
            "h" | "hour" => Period::Hour,
            _ => return Err(InvalidRate),
        };
        let count = count.trim().parse().map_err(|_| InvalidRate)?;
        Ok(Self { count, per })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text() -> impl Strategy<Value = String> {
        let period = prop::sample::select(vec!["s", "min", "h"]);
        (1..=u32::MAX, period).prop_map(|(count, period)| format!("{count}/{period}"))
    }

    proptest! {
        #[test]
        fn what_is_written_reads_the_same(text in text()) {
            let rate: Rate = text.parse().unwrap();
            prop_assert_eq!(rate.to_string(), text);
        }

        #[test]
        fn an_even_pace_keeps_the_count(text in text()) {
            let rate: Rate = text.parse().unwrap();
            let all = rate.interval() * rate.count().get();
            prop_assert!(all <= rate.period().max(Duration::from_nanos(rate.count().get().into())));
            prop_assert!(rate.period().saturating_sub(all) < Duration::from_nanos(rate.count().get().into()));
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC*") {
            if let Ok(rate) = text.parse::<Rate>() {
                prop_assert_eq!(Ok(rate), rate.to_string().parse());
            }
        }
    }

    #[test]
    fn no_rates() {
        for text in [
            "",
            "600",
            "0/s",
            "-1/s",
            "1/d",
            "/s",
            "1.5/s",
            "4294967296/s",
            "1//s",
        ] {
            assert_eq!(text.parse::<Rate>(), Err(InvalidRate), "{text}");
        }
    }
}
