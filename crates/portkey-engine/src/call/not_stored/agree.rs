//! Whether a stored value is the one that was sent, in any of the forms that the API gives it.

use jiff::{SignedDuration, Timestamp, civil, tz::TimeZone};
use portkey_api_core::keywords::{
    ID, MAY_REFER, NAME_OF_OBJECT, NAMES_REFER, REFERS, VERSION_REFERS,
};
use serde_json::Value;
use uuid::Uuid;

/// Whether a value means "not set": `null`, blank text, an empty list or an empty object.
pub(super) fn is_unset(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(entries) => entries.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Whether a value is unset, `false` or 0. The API answers these in place of each other.
pub(super) fn is_off(value: &Value) -> bool {
    is_unset(value) || flag(value) == Some(false)
}

/// Whether two values that are neither lists nor objects may be the same one. True in case of doubt.
pub(super) fn agree(schema: &Value, sent: &Value, stored: &Value) -> bool {
    if sent.is_boolean() || stored.is_boolean() {
        let (sent, stored) = (flag(sent), flag(stored));
        return sent.is_none() || stored.is_none() || sent == stored;
    }
    if let (Some(sent), Some(stored)) = (number(sent), number(stored)) {
        return (sent - stored).abs() <= 1e-9 * sent.abs().max(stored.abs());
    }
    match (sent, stored) {
        (Value::String(sent), Value::String(stored)) => {
            is_same_text(sent, stored)
                || is_same_time(sent, stored)
                || names_object(schema, sent)
                || names_object(schema, stored)
        }
        // A number in one of them and text in the other, such as two forms of a time.
        _ => true,
    }
}

/// Whether text names an object. The API answers such a name as an id, a slug or a name, whichever was sent.
pub(super) fn names_object(schema: &Value, text: &str) -> bool {
    let marks = [
        ID,
        REFERS,
        VERSION_REFERS,
        MAY_REFER,
        NAMES_REFER,
        NAME_OF_OBJECT,
    ];
    marks.iter().any(|mark| schema.get(mark).is_some()) || Uuid::try_parse(text).is_ok()
}

fn flag(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(on) => Some(*on),
        Value::Number(number) => match number.as_f64()? {
            0.0 => Some(false),
            1.0 => Some(true),
            _ => None,
        },
        Value::String(text) => match text.trim() {
            "false" | "0" => Some(false),
            "true" | "1" => Some(true),
            _ => None,
        },
        _ => None,
    }
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text
            .trim()
            .parse()
            .ok()
            .filter(|number: &f64| number.is_finite()),
        _ => None,
    }
}

/// Whether two texts are equal but for case, white space, and what the API puts in front of some: an icon, an `@`, or a
/// word and a hyphen.
fn is_same_text(sent: &str, stored: &str) -> bool {
    let (sent, stored) = (bare(sent), bare(stored));
    let in_front = stored.strip_suffix(&sent);
    in_front.is_some_and(|word| word.is_empty() || word.ends_with('-') && !sent.is_empty())
        || slug(&sent) == slug(&stored) && !slug(&sent).is_empty() && stored.len() < 256
}

fn bare(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let text = words.join(" ").to_lowercase();
    let letters = text.trim_start_matches(|letter: char| !letter.is_alphanumeric());
    if letters.is_empty() {
        text
    } else {
        letters.to_owned()
    }
}

/// Only the letters and digits, which is what slugs keep of a name.
fn slug(text: &str) -> String {
    text.chars()
        .filter(|letter| letter.is_alphanumeric())
        .collect()
}

/// Whether both texts are times that are the same, or on the same day where the API keeps the day alone.
fn is_same_time(sent: &str, stored: &str) -> bool {
    let (Some(sent), Some(stored)) = (time(sent), time(stored)) else {
        return false;
    };
    let apart = sent.duration_since(stored).abs();
    let is_day = |time: Timestamp| time.as_second().rem_euclid(24 * 60 * 60) == 0;
    apart < SignedDuration::from_secs(1)
        || (is_day(sent) || is_day(stored)) && apart < SignedDuration::from_hours(24)
}

fn time(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(time) = text.parse::<Timestamp>() {
        return Some(time);
    }
    let local = text.parse::<civil::DateTime>().ok()?;
    Some(local.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn other_forms_of_a_value_agree_with_it() {
        for (sent, stored) in [
            (json!(true), json!(1)),
            (json!(0), json!(false)),
            (json!(5), json!("5.0")),
            (json!(5), json!(5.0)),
            (json!("Ada@Example.com "), json!("ada@example.com")),
            (json!("Ops"), json!("🚀 Ops")),
            (json!("🚀 Ops"), json!("Ops")),
            (json!("@openai-eu"), json!("openai-eu")),
            (json!("member"), json!("ws-member")),
            (json!("Field Notes"), json!("field-notes")),
            (json!("2026-01-01"), json!("2026-01-01T00:00:00.000Z")),
            (
                json!("2026-01-01T10:00:00+02:00"),
                json!("2026-01-01 08:00:00"),
            ),
            (json!("2026-01-01T10:00:00Z"), json!("2026-01-01T00:00:00Z")),
            (json!("2026-01-01T10:00:00Z"), json!(1_767_261_600)),
            (
                json!("my-config"),
                json!("7c9e6679-7425-40de-944b-e07fc1f90ae7"),
            ),
        ] {
            assert!(agree(&Value::Null, &sent, &stored), "{sent} {stored}");
        }
    }

    #[test]
    fn other_values_do_not_agree() {
        for (sent, stored) in [
            (json!(true), json!(0)),
            (json!(5), json!(10)),
            (json!("member"), json!("admin")),
            (json!("Ops"), json!("Sales")),
            (json!("new name"), json!("old name")),
            (json!("2026-01-01T10:00:00Z"), json!("2026-02-01T10:00:00Z")),
        ] {
            assert!(!agree(&Value::Null, &sent, &stored), "{sent} {stored}");
        }
        let reference = json!({ "type": "string", "x-refers": "ConfigSlug" });
        assert!(agree(&reference, &json!("one-slug"), &json!("another")));
    }
}
