//! What is said beside an answer: how arguments were read where that may surprise, and what Portkey may not like.

use std::sync::Arc;

use parking_lot::Mutex;

use portkey_api_core::Problem;

/// More than this nobody reads.
const MOST: usize = 20;

/// The notes of one call. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct Notes(Arc<Mutex<Vec<String>>>);

impl Notes {
    /// Says this beside the answer, once.
    pub(crate) fn add(&self, note: impl Into<String>) {
        let mut notes = self.0.lock();
        let note = note.into();
        if notes.len() < MOST && !notes.contains(&note) {
            notes.push(note);
        }
    }

    pub(crate) fn extend(&self, notes: Vec<Problem>) {
        for note in notes {
            self.add(note.to_string());
        }
    }

    /// What is to be said, as one text; nothing where all was plain.
    pub fn take(&self) -> Option<String> {
        let mut notes = self.0.lock();
        let notes = std::mem::take(&mut *notes);
        (!notes.is_empty()).then(|| format!("Note of this server:\n- {}", notes.join("\n- ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_noted_twice_is_said_once() {
        let notes = Notes::default();
        assert_eq!(notes.take(), None);
        notes.add("one");
        let shared = notes.clone();
        shared.add("two");
        notes.add("one");
        let said = notes.take().unwrap();
        assert_eq!(said, "Note of this server:\n- one\n- two");
        assert_eq!(notes.take(), None);
    }

    #[test]
    fn notes_have_an_end() {
        let notes = Notes::default();
        (0..100).for_each(|number| notes.add(number.to_string()));
        assert_eq!(notes.take().unwrap().lines().count(), MOST + 1);
    }
}
