//! Parses dates and times in the forms that people and models write. Times without a zone are in UTC.

use jiff::{
    Span, Timestamp,
    civil::{Date, DateTime, Time},
    tz::TimeZone,
};

use super::Sense;

/// The longest text that is parsed, in bytes. No date or time is longer.
const LONGEST: usize = 64;

/// Whether a text has the form that the API accepts, RFC 3339, so that it is sent unchanged.
pub(crate) fn is_of_the_api(text: &str) -> bool {
    let bytes = text.as_bytes();
    let has = |at: usize, byte: u8| bytes.get(at) == Some(&byte);
    let is_whole = has(4, b'-') && has(10, b'T') && has(13, b':') && has(16, b':');
    let zone = text.get(19..).unwrap_or_default();
    let offset = zone.trim_start_matches(|c: char| c == '.' || c.is_ascii_digit());
    let is_zone = offset == "Z" || (offset.len() == 6 && offset.as_bytes().get(3) == Some(&b':'));
    is_whole && is_zone && text.parse::<Timestamp>().is_ok()
}

/// Returns the time that a text stands for.
pub(crate) fn meant(text: &str, sense: Sense, now: Timestamp) -> Option<Timestamp> {
    let text = text.trim();
    if text.len() > LONGEST {
        return None;
    }
    let lower = text.to_ascii_lowercase();
    word(&lower, sense, now)
        .or_else(|| epoch(text))
        .or_else(|| text.parse().ok())
        .or_else(|| of_day(day(text)?, sense))
        .or_else(|| in_utc(text.parse().ok()?))
        .or_else(|| from(now, span(text, &lower, sense)?))
}

/// Parses `now`, alone or followed by a span, and the names of days, such as `today`.
fn word(text: &str, sense: Sense, now: Timestamp) -> Option<Timestamp> {
    if let Some(span) = text.strip_prefix("now") {
        let span = span.trim();
        return if span.is_empty() {
            from(now, Span::new())
        } else {
            from(now, signed(span, span)?)
        };
    }
    let today = now.to_zoned(TimeZone::UTC).date();
    let day = match text {
        "today" => today,
        "yesterday" => today.yesterday().ok()?,
        "tomorrow" => today.tomorrow().ok()?,
        _ => return None,
    };
    of_day(day, sense)
}

/// Parses seconds or milliseconds since 1970. The number of digits distinguishes them, for times from 1973 on.
fn epoch(text: &str) -> Option<Timestamp> {
    let is_number = text.len() > 8 && text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    if !is_number {
        return None;
    }
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let number: i64 = whole.parse().ok()?;
    match number {
        100_000_000..100_000_000_000 => {
            let digits: String = fraction.chars().chain("000".chars()).take(3).collect();
            let milliseconds: i64 = digits.parse().ok()?;
            Timestamp::from_millisecond(number * 1000 + milliseconds).ok()
        }
        100_000_000_000..100_000_000_000_000 => Timestamp::from_millisecond(number).ok(),
        _ => None,
    }
}

/// Parses a date. Without this check, the library also accepts longer texts that begin with a date.
fn day(text: &str) -> Option<Date> {
    let is_date = text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    if is_date { text.parse().ok() } else { None }
}

fn of_day(day: Date, sense: Sense) -> Option<Timestamp> {
    in_utc(match sense {
        Sense::Start | Sense::Due => day.to_datetime(Time::midnight()),
        Sense::End | Sense::Expiry => day.at(23, 59, 59, 999_000_000),
    })
}

fn in_utc(time: DateTime) -> Option<Timestamp> {
    let zoned = time.to_zoned(TimeZone::UTC).ok()?;
    Some(zoned.timestamp())
}

/// Parses a span with its direction: `7d`, `-24h`, `7 days ago`, `last 30 days`, `last week`, `in 90 days`, `P7D`.
fn span(text: &str, lower: &str, sense: Sense) -> Option<Span> {
    if let Some(span) = signed(text, lower) {
        return Some(span);
    }
    let stripped = |prefixes: &[&str]| prefixes.iter().find_map(|p| lower.strip_prefix(p));
    let lower_span = |text: &str| {
        let one = || format!("1 {text}").parse::<Span>().ok();
        text.parse::<Span>().ok().or_else(one).map(Span::abs)
    };
    if let Some(text) = stripped(&["last ", "past ", "the last ", "the past "]) {
        return lower_span(text).map(Span::negate);
    }
    if let Some(text) = stripped(&["in ", "next "]).or(lower.strip_suffix(" from now")) {
        return lower_span(text);
    }
    let span: Span = text.parse().or_else(|_| lower.parse()).ok()?;
    // `7 days ago` is negative already.
    Some(if sense.reaches_back() && span.is_positive() {
        span.negate()
    } else {
        span
    })
}

/// Parses a span with a sign, which is its direction.
fn signed(text: &str, lower: &str) -> Option<Span> {
    let read = |text: &str| text.trim_start().parse::<Span>().ok().map(Span::abs);
    let either = |sign: char| {
        let text = text.strip_prefix(sign)?;
        read(text).or_else(|| read(lower.strip_prefix(sign)?))
    };
    either('+').or_else(|| either('-').map(Span::negate))
}

/// Returns the time `span` after `now`, as precise as the API's times.
fn from(now: Timestamp, span: Span) -> Option<Timestamp> {
    let moment = now.to_zoned(TimeZone::UTC).checked_add(span).ok()?;
    Timestamp::from_millisecond(moment.timestamp().as_millisecond()).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn now() -> Timestamp {
        "2026-11-28T22:30:15.000123Z".parse().unwrap()
    }

    fn read(text: &str, sense: Sense) -> Option<String> {
        if is_of_the_api(text) {
            return Some(text.to_owned());
        }
        meant(text, sense, now()).map(|time| time.to_string())
    }

    #[test]
    fn a_time_is_read_in_every_usual_form() {
        let cases = [
            ("2026-11-21", "2026-11-21T00:00:00Z"),
            ("20261121", "2026-11-21T00:00:00Z"),
            ("2026-11-21 10:00", "2026-11-21T10:00:00Z"),
            ("2026-11-21T10:00:00", "2026-11-21T10:00:00Z"),
            ("2026-11-21 10:00:00.25", "2026-11-21T10:00:00.25Z"),
            ("2026-11-21 10:00+02:00", "2026-11-21T08:00:00Z"),
            ("2026-11-21T10:00Z", "2026-11-21T10:00:00Z"),
            ("2026-11-21T10:00:00Z[UTC]", "2026-11-21T10:00:00Z"),
            ("now", "2026-11-28T22:30:15Z"),
            ("NOW", "2026-11-28T22:30:15Z"),
            ("today", "2026-11-28T00:00:00Z"),
            (" yesterday ", "2026-11-27T00:00:00Z"),
            ("7d", "2026-11-21T22:30:15Z"),
            ("7D", "2026-11-21T22:30:15Z"),
            ("-7d", "2026-11-21T22:30:15Z"),
            ("now-7d", "2026-11-21T22:30:15Z"),
            ("now - 1h", "2026-11-28T21:30:15Z"),
            ("now+1h", "2026-11-28T23:30:15Z"),
            ("24h", "2026-11-27T22:30:15Z"),
            ("90m", "2026-11-28T21:00:15Z"),
            ("1h30m", "2026-11-28T21:00:15Z"),
            ("2w", "2026-11-14T22:30:15Z"),
            ("7 days", "2026-11-21T22:30:15Z"),
            ("7 days ago", "2026-11-21T22:30:15Z"),
            ("last 7 days", "2026-11-21T22:30:15Z"),
            ("last week", "2026-11-21T22:30:15Z"),
            ("past month", "2026-10-28T22:30:15Z"),
            ("P7D", "2026-11-21T22:30:15Z"),
            ("PT24H", "2026-11-27T22:30:15Z"),
            ("1700000000", "2023-11-14T22:13:20Z"),
            ("1700000000000", "2023-11-14T22:13:20Z"),
            ("1700000000.5", "2023-11-14T22:13:20.5Z"),
            ("1712113000000", "2024-04-03T02:56:40Z"),
        ];
        for (text, expected) in cases {
            assert_eq!(
                read(text, Sense::Start).as_deref(),
                Some(expected),
                "{text}"
            );
        }
    }

    #[test]
    fn what_has_the_form_of_the_api_stays_as_it_is() {
        for text in [
            "2026-11-21T10:00:00Z",
            "2026-11-21T10:00:00.000Z",
            "2026-11-21T10:00:00+02:00",
            "2026-11-21T10:00:00.123456-08:00",
        ] {
            assert!(is_of_the_api(text), "{text}");
        }
        for text in [
            "2026-11-21",
            "2026-11-21T10:00:00",
            "2026-11-21 10:00:00Z",
            "2026-11-21T10:00:00+0200",
            "2026-13-21T10:00:00Z",
            "",
        ] {
            assert!(!is_of_the_api(text), "{text}");
        }
    }

    #[test]
    fn the_sense_decides_what_a_day_and_a_span_mean() {
        let end = |text| read(text, Sense::End).unwrap();
        assert_eq!(end("2026-11-21"), "2026-11-21T23:59:59.999Z");
        assert_eq!(end("yesterday"), "2026-11-27T23:59:59.999Z");
        assert_eq!(end("1d"), "2026-11-27T22:30:15Z");
        let expiry = |text| read(text, Sense::Expiry).unwrap();
        assert_eq!(expiry("2026-12-31"), "2026-12-31T23:59:59.999Z");
        assert_eq!(expiry("90d"), "2027-02-26T22:30:15Z");
        assert_eq!(expiry("in 90 days"), "2027-02-26T22:30:15Z");
        assert_eq!(expiry("90 days from now"), "2027-02-26T22:30:15Z");
        assert_eq!(expiry("+1y"), "2027-11-28T22:30:15Z");
        assert_eq!(expiry("1 month ago"), "2026-10-28T22:30:15Z");
        assert_eq!(
            read("tomorrow", Sense::Due).unwrap(),
            "2026-11-29T00:00:00Z"
        );
        assert_eq!(read("1w", Sense::Due).unwrap(), "2026-12-05T22:30:15Z");
    }

    #[test]
    fn what_is_no_time_is_not_guessed_at() {
        let long = "1".repeat(100);
        for text in [
            "",
            "soon",
            "next",
            "last",
            "7",
            "2026",
            "2026-11",
            "2026-02-30",
            "21.11.2026",
            "11/21/2026",
            "nowish",
            "null",
            "true",
            "99999999999999999999",
            "5 bananas",
            &long,
        ] {
            assert_eq!(read(text, Sense::Start), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn reading_never_panics(text in "\\PC*") {
            for sense in [Sense::Start, Sense::End, Sense::Expiry, Sense::Due] {
                _ = read(&text, sense);
            }
        }

        #[test]
        fn nearly_times_never_panic(text in "(now|last |in )?[-+]?[0-9pP]{0,20}[-:.TZ dhwmoy]{0,3}[0-9]{0,4}( ago)?") {
            _ = read(&text, Sense::Start);
        }

        #[test]
        fn what_was_read_has_the_form_of_the_api(days in 0_i64..20_000, seconds in 0_i64..86_400) {
            let time = Timestamp::from_second(days * 86_400 + seconds).unwrap();
            let zoned = time.to_zoned(TimeZone::UTC);
            for text in [
                zoned.datetime().to_string(),
                zoned.strftime("%Y-%m-%d %H:%M:%S").to_string(),
                time.to_string(),
            ] {
                let read = read(&text, Sense::Start).unwrap();
                prop_assert!(is_of_the_api(&read));
                prop_assert_eq!(read.parse::<Timestamp>().unwrap(), time);
            }
            let day = zoned.date().to_string();
            let (start, end) = (read(&day, Sense::Start).unwrap(), read(&day, Sense::End).unwrap());
            prop_assert!(is_of_the_api(&start) && is_of_the_api(&end) && start < end);
        }

        #[test]
        fn a_span_reaches_back_for_a_period_and_forward_for_an_expiry(count in 1_i64..1000, unit in "[hdw]") {
            let text = format!("{count}{unit}");
            let moment = |sense| meant(&text, sense, now()).unwrap();
            prop_assert!(moment(Sense::Start) < now() && moment(Sense::End) < now());
            prop_assert!(moment(Sense::Expiry) > now() && moment(Sense::Due) > now());
        }
    }
}
