//! Text from outside: names, prompts, metadata, logs, messages of other servers. Hidden characters are made visible in
//! it, and it is kept apart from the program's own text.

mod hidden;
mod name;

#[cfg(test)]
mod fuzz;

use std::{borrow::Cow, fmt::Write as _};

use serde_json::Value;

pub(crate) use name::Name;

/// The key in the metadata of an answer's content block that marks it as text from outside.
pub const MARK: &str = "portkey-mcp/untrusted";

/// The largest number of characters in a quotation. Longer text is cut.
const MOST_QUOTED: usize = 1000;

/// The largest number of characters of a name in the program's own records.
const MOST_NAMED: usize = 120;

/// Returns the text with every hidden character made visible, such as `⟨U+202E⟩`.
pub fn visible(text: &str) -> Cow<'_, str> {
    shown(text).0
}

/// Returns text from outside for use in the program's own text: on one line, between quotation marks, at most 1,000
/// characters of it.
pub fn quoted(text: &str) -> String {
    let mut short: String = text.chars().take(MOST_QUOTED).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    // JSON escapes the characters that would end the quotation or the line.
    Value::from(visible(&short)).to_string()
}

/// Returns at most 120 characters of a name, without hidden characters, for the program's own records.
pub fn brief(name: &str) -> String {
    let mut short: String = name.chars().take(MOST_NAMED).collect();
    if short.len() < name.len() {
        short.push('…');
    }
    visible(&short).into_owned()
}

/// Makes every hidden character in a value visible, and returns how many there were.
pub fn make_visible(value: &mut Value) -> usize {
    match value {
        Value::String(text) => {
            let (seen, count) = shown(text);
            if count > 0 {
                *value = seen.into_owned().into();
            }
            count
        }
        Value::Array(items) => items.iter_mut().map(make_visible).sum(),
        Value::Object(members) => {
            let inside: usize = members.values_mut().map(make_visible).sum();
            let names: usize = members.keys().map(|name| shown(name).1).sum();
            if names > 0 {
                *members = std::mem::take(members)
                    .into_iter()
                    .map(|(name, member)| (visible(&name).into_owned(), member))
                    .collect();
            }
            inside + names
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
    }
}

/// Returns a note for an answer in which `count` hidden characters were made visible, or `None` for zero.
pub fn note(count: usize) -> Option<String> {
    let characters = match count {
        0 => return None,
        1 => "1 invisible or control character is".to_owned(),
        many => format!("{many} invisible or control characters are"),
    };
    Some(format!(
        "Note of this server: {characters} shown as ⟨U+XXXX⟩ in this answer. They may hide text from people who look at \
         it. To write the text back, leave them out, or write the characters themselves (\\uXXXX in JSON)."
    ))
}

/// Returns the first text in a value that contains a visible form of a hidden character, as [`visible`] writes it.
pub(crate) fn stand_in(value: &Value) -> Option<&str> {
    match value {
        Value::String(text) => stand_in_of(text),
        Value::Array(items) => items.iter().find_map(stand_in),
        Value::Object(members) => members
            .iter()
            .find_map(|(name, member)| stand_in_of(name).or_else(|| stand_in(member))),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

const OPEN: &str = "⟨U+";
const CLOSE: char = '⟩';

fn stand_in_of(text: &str) -> Option<&str> {
    text.match_indices(OPEN).find_map(|(start, _)| {
        let found = text.get(start..)?;
        let behind = found.get(OPEN.len()..)?;
        let digits = behind.bytes().take_while(u8::is_ascii_hexdigit).take(7);
        let digits = digits.count();
        let end = OPEN.len() + digits + CLOSE.len_utf8();
        let stands_in = (4..=6).contains(&digits) && behind.get(digits..)?.starts_with(CLOSE);
        stands_in.then(|| found.get(..end))?
    })
}

fn shown(text: &str) -> (Cow<'_, str>, usize) {
    let is_plain = |byte: u8| matches!(byte, b' '..=b'~' | b'\n' | b'\t');
    // Without an early end, many bytes are looked at in one step.
    let all_plain = text.bytes().fold(true, |all, byte| all & is_plain(byte));
    if all_plain {
        return (Cow::Borrowed(text), 0);
    }
    let characters: Vec<char> = text.chars().collect();
    let mut seen = String::with_capacity(text.len());
    let mut count = 0;
    for (index, character) in characters.iter().enumerate() {
        if hidden::is_hidden(&characters, index) {
            count += 1;
            // Writing to a `String` cannot fail.
            _ = write!(seen, "{OPEN}{:04X}{CLOSE}", u32::from(*character));
        } else {
            seen.push(*character);
        }
    }
    if count == 0 {
        (Cow::Borrowed(text), 0)
    } else {
        (Cow::Owned(seen), count)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn what_hides_is_shown() {
        for (text, seen) in [
            ("pay\u{202e}lla", "pay⟨U+202E⟩lla"),
            ("a\u{200b}b", "a⟨U+200B⟩b"),
            ("a\u{200d}b", "a⟨U+200D⟩b"),
            ("so\u{ad}ft", "so⟨U+00AD⟩ft"),
            ("\u{1b}[2Jgone", "⟨U+001B⟩[2Jgone"),
            ("over\rwritten", "over⟨U+000D⟩written"),
            ("line\u{2028}end", "line⟨U+2028⟩end"),
            ("tag\u{e0041}", "tag⟨U+E0041⟩"),
            ("\u{1f600}\u{fe01}\u{e0100}", "\u{1f600}⟨U+FE01⟩⟨U+E0100⟩"),
            ("x\u{fe0f}", "x⟨U+FE0F⟩"),
            ("\u{e000}\u{3164}\u{feff}", "⟨U+E000⟩⟨U+3164⟩⟨U+FEFF⟩"),
            ("\u{1f600}\u{fe0f}\u{fe0f}", "\u{1f600}\u{fe0f}⟨U+FE0F⟩"),
            (
                "\u{1f3f4}\u{e0068}\u{e0069}\u{e007f}",
                "\u{1f3f4}⟨U+E0068⟩⟨U+E0069⟩⟨U+E007F⟩",
            ),
            (
                "\u{628}\u{200c}\u{200c}\u{628}",
                "\u{628}⟨U+200C⟩⟨U+200C⟩\u{628}",
            ),
        ] {
            assert_eq!(visible(text), seen, "{}", text.escape_unicode());
        }
    }

    #[test]
    fn what_people_write_stays_as_it_is() {
        for text in [
            "plain\ttext\nof two lines\r\nor three",
            "Grüße, 東京, Ελλάδα, naïve café\u{a0}!",
            "👩‍🔬 ❤️ 🏳️‍🌈 👨‍👩‍👧‍👦 1️⃣ 🇳🇴 👍🏽 ☎️ ⛹🏽‍♀️",
            "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
            "می\u{200c}خواهم",
            "ක්\u{200d}ෂ ന്\u{200d}",
        ] {
            assert!(matches!(visible(text), Cow::Borrowed(_)), "{text}");
        }
    }

    #[test]
    fn quotes_are_one_line_of_bounded_length() {
        assert_eq!(quoted("a \"b\"\nc\u{202e}"), r#""a \"b\"\nc⟨U+202E⟩""#);
        assert_eq!(quoted(&"é".repeat(2000)).chars().count(), MOST_QUOTED + 3);
    }

    #[test]
    fn what_is_told_briefly_is_cut_and_hides_nothing() {
        assert_eq!(brief("a\u{202e}"), "a⟨U+202E⟩");
        assert_eq!(brief(&"é".repeat(2000)).chars().count(), MOST_NAMED + 1);
    }

    #[test]
    fn names_of_members_are_text_too() {
        let mut value = json!({ "a\u{200b}": ["b\u{200b}", 1], "c": null });
        assert_eq!(make_visible(&mut value), 2);
        assert_eq!(value, json!({ "a⟨U+200B⟩": ["b⟨U+200B⟩", 1], "c": null }));
    }

    proptest! {
        #[test]
        fn nothing_hidden_is_left(text in any::<String>(), odd in "[\u{1}-\u{1f}\u{200b}-\u{200f}\u{e0020}-\u{e007f}\u{fe00}-\u{fe0f}😀a]{0,12}") {
            for text in [text, odd] {
                let seen = visible(&text);
                let again = visible(&seen);
                prop_assert!(again == seen, "showing twice shows more");
                let odd = ['\u{1b}', '\u{200b}', '\u{202e}', '\u{e0041}', '\u{2028}', '\u{feff}'];
                let left = seen.contains(odd);
                prop_assert!(!left);
                let controls = |c: char| c.is_control() && !matches!(c, '\n' | '\t' | '\r');
                prop_assert!(!seen.contains(controls));
            }
        }

        #[test]
        fn letters_and_digits_are_left_alone(text in "[\\p{L}\\p{Nd} ]{0,40}") {
            let fillers = text.contains(['\u{115f}', '\u{1160}', '\u{3164}', '\u{ffa0}']);
            prop_assert!(fillers || visible(&text) == text);
        }
    }
}
