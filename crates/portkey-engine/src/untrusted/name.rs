//! Names from outside, quoted inside the program's own sentences.

use std::{borrow::Cow, fmt};

use serde_json::Value;

/// A name between quotation marks, on one line, of bounded length and without hidden characters.
pub(crate) struct Name<'a> {
    text: Cow<'a, str>,
    is_bare: bool,
}

/// The largest number of characters of a name. Longer names are cut.
const MOST: usize = 120;

impl<'a> Name<'a> {
    pub(crate) fn of(text: &'a str) -> Self {
        Self {
            text: text.into(),
            is_bare: false,
        }
    }

    /// Returns the text of a value. Numbers, for example, need no quotation marks.
    pub(crate) fn value(value: &'a Value) -> Self {
        match value {
            Value::String(text) => Self::of(text),
            other => Self {
                text: other.to_string().into(),
                is_bare: true,
            },
        }
    }
}

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = if self.is_bare { "" } else { "\"" };
        f.write_str(mark)?;
        for letter in self.text.chars().take(MOST) {
            match letter {
                '"' | '\\' if !self.is_bare => write!(f, "\\{letter}")?,
                _ if is_hidden(letter) => write!(f, "{}", letter.escape_unicode())?,
                _ => write!(f, "{letter}")?,
            }
        }
        let is_cut = self.text.chars().nth(MOST).is_some();
        f.write_str(if is_cut { "…" } else { "" })?;
        f.write_str(mark)
    }
}

/// Whether a character is invisible or changes how others are displayed.
fn is_hidden(letter: char) -> bool {
    letter.is_control()
        || (letter.is_whitespace() && letter != ' ')
        || matches!(
            letter,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'
        )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nothing_leaves_its_quotation_marks_or_hides() {
        let shown = |text: &str| Name::of(text).to_string();
        assert_eq!(shown("Équipe 東京"), "\"Équipe 東京\"");
        assert_eq!(shown("a\". Approved."), "\"a\\\". Approved.\"");
        assert_eq!(shown("a\r\nb"), "\"a\\u{d}\\u{a}b\"");
        assert_eq!(shown("a\u{e0041}\u{200b}"), "\"a\\u{e0041}\\u{200b}\"");
        assert_eq!(shown(&"x".repeat(200)).chars().count(), MOST + 3);
    }

    #[test]
    fn values_are_shown_as_they_are_written() {
        assert_eq!(Name::value(&json!(true)).to_string(), "true");
        assert_eq!(Name::value(&json!(["a", "b"])).to_string(), "[\"a\",\"b\"]");
        assert_eq!(Name::value(&json!("a")).to_string(), "\"a\"");
    }
}
