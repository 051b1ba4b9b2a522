//! What is shown beside an answer: remarks on arguments that were not taken literally and on likely mistakes, and a drawing.

use std::sync::Arc;

use parking_lot::Mutex;

use portkey_api_core::Problem;

use super::chart::Drawing;

/// Most notes of one call; further ones are dropped, since a longer list would not be read.
const MOST: usize = 20;

/// The notes of one call. Clones share one list.
#[derive(Debug, Clone, Default)]
pub struct Notes {
    lines: Arc<Mutex<Vec<String>>>,
    drawing: Arc<Mutex<Option<Drawing>>>,
}

impl Notes {
    /// Adds a note, unless it is there already or the list is full.
    pub(crate) fn add(&self, note: impl Into<String>) {
        let mut notes = self.lines.lock();
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

    /// Keeps the drawing of the answer.
    pub(crate) fn draw(&self, drawing: Drawing) {
        *self.drawing.lock() = Some(drawing);
    }

    /// Removes the drawing and returns it, if the call asked for one.
    pub fn take_drawing(&self) -> Option<Drawing> {
        self.drawing.lock().take()
    }

    /// Removes all notes and returns them as one text, or `None` if there are none.
    pub fn take(&self) -> Option<String> {
        let mut notes = self.lines.lock();
        let notes = std::mem::take(&mut *notes);
        (!notes.is_empty()).then(|| format!("Note of this server:\n- {}", notes.join("\n- ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_that_is_added_twice_is_shown_once() {
        let notes = Notes::default();
        assert_eq!(notes.take(), None);
        notes.add("one");
        let shared = notes.clone();
        shared.add("two");
        notes.add("one");
        let text = notes.take().unwrap();
        assert_eq!(text, "Note of this server:\n- one\n- two");
        assert_eq!(notes.take(), None);
    }

    #[test]
    fn the_number_of_notes_is_limited() {
        let notes = Notes::default();
        (0..100).for_each(|number| notes.add(number.to_string()));
        assert_eq!(notes.take().unwrap().lines().count(), MOST + 1);
    }
}
