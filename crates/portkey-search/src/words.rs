//! Text in words, and words in their stems.

use std::{borrow::Cow, iter, sync::LazyLock};

use frostem::{Algorithm, Stemmer};
use rustc_hash::FxHashSet;

/// The most words of a text that are looked at: a question has fewer, and what a stranger sends must not cost much.
const MOST_WORDS: usize = 400;

/// The longest word that is looked at, in bytes; what is longer is no word.
const LONGEST: usize = 40;

/// Whether the word says nothing of what is wanted.
pub(crate) fn is_idle(word: &str) -> bool {
    static IDLE: LazyLock<FxHashSet<&str>> = LazyLock::new(|| {
        let lines = include_str!("idle.txt").lines();
        let words = lines.filter(|line| !line.starts_with('#'));
        words.flat_map(str::split_whitespace).collect()
    });
    IDLE.contains(word)
}

/// The words of a text in lower case. `getUser` is two, `bob's` is `bob`.
pub(crate) fn words(text: &str) -> Vec<Cow<'_, str>> {
    let mut words = Vec::new();
    for chunk in text.split(|c: char| !c.is_alphanumeric() && !is_apostrophe(c)) {
        // Nearly all are so.
        if chunk.bytes().all(|byte| byte.is_ascii_lowercase()) {
            words.push(Cow::Borrowed(chunk));
        } else {
            words.extend(humps(bare(chunk)).map(lower));
        }
        if words.len() > MOST_WORDS {
            break;
        }
    }
    words.retain(|word| !word.is_empty() && word.len() <= LONGEST);
    words
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

/// The parts of a word in camel case.
fn humps(word: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(word);
    iter::from_fn(move || {
        let word = rest?;
        let (part, after) = hump(word).map_or((word, None), |(part, after)| (part, Some(after)));
        rest = after;
        Some(part)
    })
}

/// The first part of a word in camel case and what follows, if anything does.
fn hump(word: &str) -> Option<(&str, &str)> {
    let next = word.char_indices().skip(1);
    let mut pairs = word.chars().zip(next);
    let (_, (at, _)) = pairs.find(|(one, (_, next))| one.is_lowercase() && next.is_uppercase())?;
    word.split_at_checked(at)
}

fn lower(word: &str) -> Cow<'_, str> {
    if word.chars().any(char::is_uppercase) {
        Cow::Owned(word.to_lowercase())
    } else {
        Cow::Borrowed(word)
    }
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

    #[test]
    fn text_is_taken_apart_into_words() {
        assert_eq!(words("get_user, getUser!"), ["get", "user", "get", "user"]);
        assert_eq!(
            words("Bob's and Ana’s 'keys'"),
            ["bob", "and", "ana", "keys"]
        );
        assert_eq!(words("gpt-4o"), ["gpt", "4o"]);
        assert_eq!(words("aB AB'C ' éÉ"), ["a", "b", "ab", "é", "é"]);
    }

    #[test]
    fn plurals_are_told_from_words_that_only_end_so() {
        assert!(is_plural("keys"));
        assert!(!is_plural("status") && !is_plural("access") && !is_plural("analysis"));
    }
}
