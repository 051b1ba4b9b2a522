//! Terms: what words are compared as. Words with one stem are one term.

use rustc_hash::FxHashMap;

use crate::words::{is_idle, stem};

/// The number of a term.
pub(crate) type Term = usize;

/// The terms of all documents.
#[derive(Debug, Default)]
pub(crate) struct Terms {
    /// By stem.
    anywhere: FxHashMap<String, Term>,
    /// What documents do, by stem: a term apart from that of the same word elsewhere.
    actions: FxHashMap<String, Term>,
    /// By word as it is written; idle words have none.
    written: FxHashMap<String, Option<Term>>,
}

impl Terms {
    /// The term of a word, unless it is idle.
    pub(crate) fn of(&mut self, word: &str) -> Option<Term> {
        if let Some(term) = self.written.get(word) {
            return *term;
        }
        let next = self.len();
        let new = || *self.anywhere.entry(stem(word)).or_insert(next);
        let term = (!is_idle(word)).then(new);
        self.written.insert(word.to_owned(), term);
        term
    }

    /// The term of what a document does.
    pub(crate) fn of_action(&mut self, word: &str) -> Term {
        let next = self.len();
        *self.actions.entry(stem(word)).or_insert(next)
    }

    /// The term of a word, if a document has it.
    pub(crate) fn find(&self, word: &str) -> Option<Term> {
        let written = self.written.get(word).copied();
        written.unwrap_or_else(|| self.anywhere.get(&stem(word)).copied())
    }

    /// The term of what is to be done, if a document does it.
    pub(crate) fn find_action(&self, word: &str) -> Option<Term> {
        self.actions.get(&stem(word)).copied()
    }

    /// The words of all documents, as they are written.
    pub(crate) fn written(&self) -> impl Iterator<Item = &str> {
        self.written.keys().map(String::as_str)
    }

    /// Whether a document has the word exactly so.
    pub(crate) fn is_written(&self, word: &str) -> bool {
        self.written.contains_key(word)
    }

    /// How many terms there are.
    pub(crate) fn len(&self) -> usize {
        self.anywhere.len() + self.actions.len()
    }
}
