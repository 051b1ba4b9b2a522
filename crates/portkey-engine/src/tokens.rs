//! Estimates how many tokens a model needs to read a text.
//!
//! A tokenizer would cost more memory and time than the calls themselves. The estimate cuts a text as the tokenizers of
//! current models do, into words, groups of digits and punctuation, and counts the usual number of tokens for each. On
//! answers of Portkey, from lists of UUIDs to prompts, it is between 0 and 21% above the tokens of o200k, which a test
//! of `cargo xtask tokens` checks. Bytes alone would not do: one token has between 1.7 and 4.7 of them there.

use std::io;

use serde_json::Value;

use crate::weight::Weights;

/// Letters of a word that one token usually holds.
const LETTERS: usize = 6;
/// Digits that one token holds.
const DIGITS: usize = 3;
/// Characters of punctuation that one token usually holds.
const MARKS: usize = 4;
/// Bytes of other scripts that one token usually holds.
const OTHERS: usize = 2;
/// The estimate is raised by this part of itself, so that it is rarely too low.
const SAFETY: usize = 16;

/// Returns the estimated number of tokens of a text.
pub fn of_text(text: &str) -> usize {
    let mut estimate = Estimate::default();
    estimate.add(text.as_bytes());
    estimate.tokens()
}

/// Returns the estimated number of tokens of a value as compact JSON, which is not written to memory.
pub fn of_json(value: &Value) -> usize {
    let mut estimate = Estimate::default();
    // The writer never fails, and neither does the serialisation of a `Value`.
    _ = serde_json::to_writer(&mut estimate, value);
    estimate.tokens()
}

/// Whether a value as compact JSON has more tokens than `budget`. Most answers are so short that it is plain without an
/// estimate, and of a long one no more is estimated than shows it.
pub fn exceed(value: &Value, budget: usize) -> bool {
    !MOST_TOKENS.are_within(value, budget) && of_json_up_to(value, budget).is_none()
}

/// Returns the estimated number of tokens of a value as compact JSON, or `None` if that is more than `most`.
pub fn of_json_up_to(value: &Value, most: usize) -> Option<usize> {
    let mut bounded = Bounded {
        estimate: Estimate::default(),
        most,
    };
    serde_json::to_writer(&mut bounded, value).ok()?;
    Some(bounded.estimate.tokens()).filter(|tokens| *tokens <= most)
}

/// The most tokens that the estimate can come to: for a number of many digits with the marks around it, and for a byte that
/// JSON writes as `\u0000`.
const MOST_TOKENS: Weights = Weights { value: 16, byte: 4 };

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum CharacterKind {
    #[default]
    Space,
    Upper,
    Lower,
    Digit,
    Mark,
    Other,
}

impl CharacterKind {
    fn of(byte: u8) -> Self {
        match byte {
            b'a'..=b'z' => Self::Lower,
            b'A'..=b'Z' => Self::Upper,
            b'0'..=b'9' => Self::Digit,
            b' ' | b'\n' | b'\t' | b'\r' => Self::Space,
            _ if byte.is_ascii() => Self::Mark,
            _ => Self::Other,
        }
    }

    fn is_letter(self) -> bool {
        matches!(self, Self::Upper | Self::Lower)
    }

    /// Whether a character of the kind `next` continues a run of this kind.
    fn goes_on(self, next: Self) -> bool {
        self == next || self == Self::Upper && next == Self::Lower
    }
}

/// The tokens of the text so far, and the run of characters of one kind at its end.
#[derive(Debug, Default)]
struct Estimate {
    tokens: usize,
    kind: CharacterKind,
    run: usize,
    last: u8,
}

impl Estimate {
    fn add(&mut self, text: &[u8]) {
        for byte in text {
            let kind = CharacterKind::of(*byte);
            if self.kind.goes_on(kind) {
                self.run += 1;
            } else {
                self.tokens += self.cost(kind.is_letter());
                self.run = 1;
            }
            self.kind = kind;
            self.last = *byte;
        }
    }

    /// The tokens of the run. A single mark or space in front of a word is a part of its token, but for commas and ends
    /// of lines.
    fn cost(&self, before_word: bool) -> usize {
        match self.kind {
            CharacterKind::Space => usize::from(self.run > 1 || self.last == b'\n'),
            CharacterKind::Mark if self.run == 1 && before_word && self.last != b',' => 0,
            CharacterKind::Mark => self.run.div_ceil(MARKS),
            CharacterKind::Upper | CharacterKind::Lower => self.run.div_ceil(LETTERS),
            CharacterKind::Digit => self.run.div_ceil(DIGITS),
            CharacterKind::Other => self.run.div_ceil(OTHERS),
        }
    }

    fn tokens(&self) -> usize {
        let tokens = self.tokens + self.cost(false);
        tokens + tokens.div_ceil(SAFETY)
    }
}

impl io::Write for Estimate {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.add(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// An estimate that breaks off once it is more than `most`.
struct Bounded {
    estimate: Estimate,
    most: usize,
}

impl io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.estimate.add(bytes);
        // The run at the end may cost nothing yet, so it does not count.
        if self.estimate.tokens > self.most {
            return Err(io::ErrorKind::QuotaExceeded.into());
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn words_cost_less_than_ids() {
        let words = of_text(&"the model answers ".repeat(20));
        let ids = of_text(&"58e4a22a-e5e1-5617".repeat(20));
        assert!(words < 90 && ids > 3 * words, "{words} {ids}");
        assert_eq!(of_text(""), 0);
    }

    proptest! {
        #[test]
        fn a_value_costs_what_its_text_costs(text in ".*", number in any::<i64>()) {
            let value = json!({ "a": [text, number], "b": null });
            prop_assert_eq!(of_json(&value), of_text(&value.to_string()));
        }

        #[test]
        fn what_is_short_enough_to_need_no_estimate_fits(text in "[\\u{0}-\\u{1f}\"é🙂a1-]{0,12}", number in any::<f64>()) {
            let value = json!({ &text: [&text, number, null, { "": [] }], "b": [true, "", {}] });
            for budget in 1..400 {
                let all = of_json(&value);
                prop_assert_eq!(exceed(&value, budget), all > budget);
                prop_assert_eq!(of_json_up_to(&value, budget), Some(all).filter(|all| *all <= budget));
            }
        }
    }
}
