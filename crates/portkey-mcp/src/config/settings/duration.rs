//! Parses durations of settings.

use std::time::Duration;

/// Parses a duration such as `20s`, `5min` or `1h 30m`: more than zero, at most 30 days.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let time = text.parse::<jiff::SignedDuration>().ok();
    let time = time.and_then(|time| Duration::try_from(time).ok());
    time.filter(|time| !time.is_zero() && *time <= LONGEST)
        .ok_or_else(|| "expected a time such as `20s`, `5min` or `1h`, at most 30 days".to_owned())
}

const LONGEST: Duration = Duration::from_hours(30 * 24);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_as_people_write_them() {
        assert_eq!(duration("20s"), Ok(Duration::from_secs(20)));
        assert_eq!(duration("250ms"), Ok(Duration::from_millis(250)));
        assert_eq!(duration("5min"), Ok(Duration::from_mins(5)));
        assert_eq!(duration("1h 30m"), Ok(Duration::from_mins(90)));
        for text in ["", "20", "0s", "-1s", "20 s ago", "1000h"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }
}
