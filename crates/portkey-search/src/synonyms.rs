//! What people say, and the words of tools that they mean by it.

use std::{borrow::Cow, sync::LazyLock};

use rustc_hash::{FxHashMap, FxHashSet};

use crate::words::{is_plural, stem, words};

/// How much a meaning counts; the word itself counts 1.
pub(crate) const MEANT: f32 = 0.85;

/// How much a faint meaning counts.
const FAINT: f32 = 0.42;

/// What is said, and all that it may mean.
#[derive(Debug)]
pub(crate) struct Saying {
    /// The stems of its words.
    pub(crate) stems: Vec<String>,
    /// Its first word as it is written: of `exempt` and `exemption` the one that was said is meant.
    pub(crate) first: String,
    meanings: usize,
}

/// What sayings may mean: one meaning or the other, all words of one together.
#[derive(Debug)]
pub(crate) struct Meanings {
    pub(crate) alternatives: Vec<Vec<Meant>>,
}

/// A word that is meant.
#[derive(Debug)]
pub(crate) struct Meant {
    pub(crate) word: &'static str,
    /// Whether it is what is to be done.
    pub(crate) is_action: bool,
    pub(crate) weight: f32,
}

/// All sayings.
#[derive(Debug, Default)]
pub(crate) struct Synonyms {
    sayings: Vec<Saying>,
    meanings: Vec<Meanings>,
    by_first_stem: FxHashMap<String, Vec<usize>>,
    /// Their words as they are written.
    written: FxHashSet<String>,
    stems: FxHashSet<String>,
}

impl Synonyms {
    /// Those of this trade.
    pub(crate) fn of_the_trade() -> &'static Self {
        static SYNONYMS: LazyLock<Synonyms> =
            LazyLock::new(|| Synonyms::read(include_str!("synonyms.txt")));
        &SYNONYMS
    }

    fn read(text: &'static str) -> Self {
        let mut synonyms = Self::default();
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        for (said, meant) in lines.filter_map(|line| line.split_once('=')) {
            synonyms.meanings.push(Meanings::read(meant));
            for saying in said.split(',') {
                synonyms.add(saying);
            }
        }
        synonyms
    }

    /// Adds a saying with the meanings that were read last.
    fn add(&mut self, said: &str) {
        let said = words(said);
        let stems: Vec<String> = said.iter().map(|word| stem(word)).collect();
        let Some(first) = stems.first() else { return };
        let beginning = self.by_first_stem.entry(first.clone()).or_default();
        beginning.push(self.sayings.len());
        self.stems.extend(stems.iter().cloned());
        let first = said.first().map(|word| word.clone().into_owned());
        self.written.extend(said.into_iter().map(Cow::into_owned));
        self.sayings.push(Saying {
            stems,
            first: first.unwrap_or_default(),
            meanings: self.meanings.len() - 1,
        });
    }

    /// The sayings that begin with this stem.
    pub(crate) fn beginning(&self, stem: &str) -> impl Iterator<Item = &Saying> {
        let numbers = self.by_first_stem.get(stem).into_iter().flatten();
        numbers.filter_map(|number| self.sayings.get(*number))
    }

    /// What a saying may mean.
    pub(crate) fn meanings(&self, saying: &Saying) -> Option<&Meanings> {
        self.meanings.get(saying.meanings)
    }

    /// Whether a saying has a word with this stem.
    pub(crate) fn has_stem(&self, stem: &str) -> bool {
        self.stems.contains(stem)
    }

    /// The words of all sayings, as they are written.
    pub(crate) fn written(&self) -> impl Iterator<Item = &str> {
        self.written.iter().map(String::as_str)
    }

    /// Whether a saying has the word exactly so.
    pub(crate) fn is_written(&self, word: &str) -> bool {
        self.written.contains(word)
    }
}

impl Meanings {
    fn read(text: &'static str) -> Self {
        Self {
            alternatives: text.split('|').map(alternative).collect(),
        }
    }

    /// Whether they name a thing.
    pub(crate) fn have_thing(&self) -> bool {
        self.have(|meant| !meant.is_action)
    }

    /// Whether they say what is to be done.
    pub(crate) fn have_action(&self) -> bool {
        self.have(|meant| meant.is_action)
    }

    /// Whether one surely says what is to be done.
    pub(crate) fn have_sure_action(&self) -> bool {
        self.have(|meant| meant.is_action && meant.weight >= MEANT)
    }

    /// Whether they name several things.
    pub(crate) fn are_plural(&self) -> bool {
        self.have(|meant| !meant.is_action && is_plural(meant.word))
    }

    fn have(&self, holds: fn(&Meant) -> bool) -> bool {
        self.alternatives.iter().flatten().any(holds)
    }
}

fn alternative(text: &'static str) -> Vec<Meant> {
    let words = text.split_whitespace().map(|word| {
        let (weight, word) = match word.strip_prefix('~') {
            Some(word) => (FAINT, word),
            None => (MEANT, word),
        };
        let action = word.strip_prefix('+');
        Meant {
            word: action.unwrap_or(word),
            is_action: action.is_some(),
            weight,
        }
    });
    words.collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn nothing_is_said_twice() {
        let mut said = BTreeSet::new();
        for saying in &Synonyms::of_the_trade().sayings {
            let is_new = said.insert((&saying.stems, &saying.first));
            assert!(is_new, "{saying:?}");
        }
    }

    #[test]
    fn everything_said_means_something() {
        for meanings in &Synonyms::of_the_trade().meanings {
            let are_told = meanings.alternatives.iter().all(|words| !words.is_empty());
            assert!(are_told, "{meanings:?}");
        }
    }
}
