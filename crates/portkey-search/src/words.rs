//! Text in words, and words in their stems.

use frostem::{Algorithm, Stemmer};

/// The most words of a text that are looked at: a question has fewer, and what a stranger sends must not cost much.
const MOST_WORDS: usize = 400;

/// The longest word that is looked at, in bytes; what is longer is no word.
const LONGEST: usize = 40;

/// Words that say nothing of what is wanted, sorted.
const IDLE: &[&str] = &[
    "a",
    "about",
    "again",
    "all",
    "also",
    "am",
    "an",
    "and",
    "any",
    "anymore",
    "are",
    "as",
    "at",
    "be",
    "been",
    "before",
    "being",
    "but",
    "by",
    "can",
    "could",
    "currently",
    "did",
    "do",
    "does",
    "doing",
    "done",
    "each",
    "every",
    "exactly",
    "for",
    "from",
    "had",
    "has",
    "have",
    "he",
    "her",
    "here",
    "hey",
    "hi",
    "him",
    "his",
    "how",
    "i",
    "if",
    "im",
    "in",
    "instead",
    "into",
    "is",
    "it",
    "its",
    "just",
    "let",
    "like",
    "me",
    "my",
    "no",
    "not",
    "now",
    "of",
    "off",
    "on",
    "one",
    "only",
    "or",
    "our",
    "out",
    "please",
    "portkey",
    "right",
    "same",
    "she",
    "should",
    "so",
    "some",
    "still",
    "than",
    "thanks",
    "that",
    "the",
    "their",
    "them",
    "then",
    "there",
    "these",
    "they",
    "thing",
    "this",
    "those",
    "to",
    "today",
    "too",
    "up",
    "us",
    "very",
    "was",
    "we",
    "were",
    "whats",
    "when",
    "where",
    "while",
    "why",
    "will",
    "with",
    "would",
    "you",
    "your",
];

/// Whether the word says nothing of what is wanted.
pub(crate) fn is_idle(word: &str) -> bool {
    IDLE.binary_search(&word).is_ok()
}

/// The words of a text in lower case. `getUser` is two, `bob's` is `bob`.
pub(crate) fn words(text: &str) -> impl Iterator<Item = String> {
    let chunks = text.split(|c: char| !c.is_alphanumeric() && !is_apostrophe(c));
    chunks.flat_map(|chunk| humps(bare(chunk))).take(MOST_WORDS)
}

/// The word without apostrophes and what belongs to them.
fn bare(chunk: &str) -> &str {
    let chunk = chunk.trim_matches(is_apostrophe);
    chunk
        .split_once(is_apostrophe)
        .map_or(chunk, |(word, _)| word)
}

fn is_apostrophe(character: char) -> bool {
    matches!(character, '\'' | '’')
}

/// The parts of a word in camel case, in lower case.
fn humps(word: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut was_lower = false;
    for character in word.chars() {
        if was_lower && character.is_uppercase() {
            parts.push(String::new());
        }
        was_lower = character.is_lowercase();
        if let Some(part) = parts.last_mut() {
            part.extend(character.to_lowercase());
        }
    }
    parts.retain(|part| !part.is_empty() && part.len() <= LONGEST);
    parts
}

/// The stem of a word in lower case.
pub(crate) fn stem(word: &str) -> String {
    let is_plain = word.bytes().all(|byte| byte.is_ascii_lowercase());
    if is_plain {
        Stemmer::new(Algorithm::English).stem(word).into_owned()
    } else {
        word.to_owned()
    }
}

/// Whether the word names several things.
pub(crate) fn is_plural(word: &str) -> bool {
    let ends = ["ss", "us", "is"];
    word.len() > 3 && word.ends_with('s') && !ends.iter().any(|end| word.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<String> {
        words(text).collect()
    }

    #[test]
    fn text_is_taken_apart_into_words() {
        assert_eq!(of("get_user, getUser!"), ["get", "user", "get", "user"]);
        assert_eq!(of("Bob's and Ana’s 'keys'"), ["bob", "and", "ana", "keys"]);
        assert_eq!(of("gpt-4o"), ["gpt", "4o"]);
    }

    #[test]
    fn idle_words_are_sorted() {
        assert!(IDLE.is_sorted());
    }

    #[test]
    fn plurals_are_told_from_words_that_only_end_so() {
        assert!(is_plural("keys"));
        assert!(!is_plural("status") && !is_plural("access") && !is_plural("analysis"));
    }
}
