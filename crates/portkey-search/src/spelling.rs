//! Words of a question as they were meant: put together, taken apart, corrected.

use strsim::osa_distance;

use crate::{
    synonyms::Synonyms,
    terms::Terms,
    words::{is_idle, stem, words},
};

/// The most words of a question that are looked at: real ones have fewer, and what a stranger asks must not cost much.
const MOST_WORDS: usize = 40;

/// The fewest letters in a half of a word that is taken apart.
const SHORTEST_HALF: usize = 3;

/// The fewest letters in a half of a word that is put together.
const SHORTEST_JOINED: usize = 2;

/// The fewest letters of a word that is corrected; among shorter ones too many are alike.
const SHORTEST: usize = 5;

/// From so many letters on a word may have two mistakes.
const LONG: usize = 9;

/// How much a word counts that was corrected.
const CORRECTED: f32 = 0.8;

/// A word of a question.
#[derive(Debug)]
pub(crate) struct Word {
    pub(crate) text: String,
    pub(crate) stem: String,
    /// How sure it is that it was meant.
    pub(crate) weight: f32,
}

impl Word {
    fn new(text: &str, weight: f32) -> Self {
        Self {
            stem: stem(text),
            text: text.to_owned(),
            weight,
        }
    }
}

/// Knows the words of documents and sayings.
#[derive(Clone, Copy)]
pub(crate) struct Spelling<'a> {
    pub(crate) terms: &'a Terms,
    pub(crate) synonyms: &'a Synonyms,
}

impl<'a> Spelling<'a> {
    /// The words of a question as they were meant.
    pub(crate) fn understood(self, text: &str) -> Vec<Word> {
        let mut understood = Vec::new();
        let mut rest = words(text).into_iter().take(MOST_WORDS).peekable();
        while let Some(word) = rest.next() {
            let joined = rest.peek().and_then(|next| self.joined(&word, next));
            if let Some(joined) = joined {
                rest.next();
                understood.push(Word::new(&joined, 1.0));
            } else if is_version(&word) {
                understood.push(Word::new("version", 1.0));
            } else if self.knows(&word) {
                understood.push(Word::new(&word, 1.0));
            } else if let Some((left, right)) = self.halves(&word) {
                understood.extend([left, right].map(|half| Word::new(half, 1.0)));
            } else if let Some(meant) = self.nearest(&word) {
                understood.push(Word::new(meant, CORRECTED));
            } else {
                understood.push(Word::new(&word, 1.0));
            }
        }
        understood
    }

    fn knows(self, word: &str) -> bool {
        is_idle(word) || self.terms.find(word).is_some() || self.synonyms.has_stem(&stem(word))
    }

    fn is_written(self, word: &str) -> bool {
        self.terms.is_written(word) || self.synonyms.is_written(word)
    }

    /// `work space` is `workspace`.
    fn joined(self, word: &str, next: &str) -> Option<String> {
        let are_long = word.len() >= SHORTEST_JOINED && next.len() >= SHORTEST_JOINED;
        let joined = format!("{word}{next}");
        (are_long && self.is_written(&joined)).then_some(joined)
    }

    /// `apikey` is `api key`.
    fn halves(self, word: &str) -> Option<(&str, &str)> {
        let last = word.len().checked_sub(SHORTEST_HALF)?;
        let mut splits = (SHORTEST_HALF..=last).filter_map(|at| word.split_at_checked(at));
        splits.find(|(left, right)| self.is_written(left) && self.is_written(right))
    }

    /// The word that was probably meant by one that nobody uses.
    fn nearest(self, word: &str) -> Option<&'a str> {
        let is_word = word.len() >= SHORTEST && word.chars().all(char::is_alphabetic);
        let most = if word.len() < LONG { 1 } else { 2 };
        let known = self.terms.written().chain(self.synonyms.written());
        let near = known.filter(|known| is_word && known.len().abs_diff(word.len()) <= most);
        let measured = near.map(|known| (osa_distance(known, word), known));
        let (_, meant) = measured.filter(|(distance, _)| *distance <= most).min()?;
        Some(meant)
    }
}

/// `v3` is a version.
fn is_version(word: &str) -> bool {
    let number = word.strip_prefix('v').unwrap_or_default();
    !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
}
