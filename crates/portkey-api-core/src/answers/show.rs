//! Makes an answer fit to be shown, in one walk.

use serde_json::Value;

use super::{
    bodies::withhold,
    brief::shorten,
    units::{Units, add_units},
};
use crate::{
    Declaration,
    node::{Node, Tasks},
    path::Path,
    projection::{Projection, entry_of},
    redact::{redact_text, secrets_of},
    walk::each_part,
};

/// What is shown of an answer.
pub struct Showing<'a> {
    /// Whether recorded bodies are shown. Otherwise a note with its size takes the place of each.
    pub bodies: bool,
    /// Whether amounts in cents are shown beside the same amounts in dollars.
    pub cents: bool,
    /// Whether lists show only what their entries declare, without what is empty.
    pub brief: bool,
    /// Returns what is shown in the place of a new secret.
    pub minted: &'a mut dyn FnMut(&Path<'_>, &str) -> Value,
}

impl Declaration {
    /// Whether the answer can contain free text, such as a name, a prompt or a message.
    pub fn answers_text(&self) -> bool {
        self.answer_node().concerns(Tasks::TEXT)
    }

    /// Whether the answer contains secrets that no later answer contains.
    pub fn answers_new_secrets(&self) -> bool {
        self.answer_node().concerns(Tasks::MINTED)
    }

    /// What a caller looks at of the answer, if lists leave out members of its entries.
    pub fn projection(&self) -> Option<Projection> {
        Projection::of(self.answer_node())
    }

    /// Makes an answer fit to be shown: masks secrets, leaves out recorded bodies, rounds numbers, shows cents in dollars,
    /// adds the member `units`, and shortens entries of lists. Returns the names of members that were left out of
    /// entries although they were not empty.
    pub fn show(&self, answer: &mut Value, showing: Showing<'_>) -> Vec<String> {
        show_by(self.answer_node(), answer, showing)
    }
}

/// Makes an answer with this schema fit to be shown.
pub(super) fn show_by(node: &Node, answer: &mut Value, showing: Showing<'_>) -> Vec<String> {
    let Showing { brief, bodies, .. } = showing;
    let entry = entry_of(node).filter(|_| brief);
    // New secrets go to the sink before they may be left out. Nothing else of what is left out needs a walk.
    let (first, last) = match entry {
        Some(entry) if entry.concerns(Tasks::MINTED) => (None, Some(entry)),
        entry => (entry, None),
    };
    let mut left_out = first.map(|entry| shorten(entry, answer, bodies));
    let mut pass = AnswerWalk {
        showing,
        units: Units::default(),
    };
    pass.enter(node, answer, &Path::Root);
    pass.units.describe(answer);
    if let Some(entry) = last {
        left_out = Some(shorten(entry, answer, bodies));
    }
    left_out.unwrap_or_default()
}

/// The tasks of the walk.
const TASKS: Tasks = Tasks::SECRETS.union(Tasks::BODIES).union(Tasks::UNITS);

struct AnswerWalk<'a> {
    showing: Showing<'a>,
    units: Units,
}

impl AnswerWalk<'_> {
    fn enter(&mut self, node: &Node, value: &mut Value, path: &Path<'_>) {
        if !node.concerns(TASKS) {
            return;
        }
        if node.tasks.contains(Tasks::SECRETS) {
            let minted = &mut *self.showing.minted;
            secrets_of(node, value, path, &mut |path, sort, value| {
                redact_text(path, sort, value, minted);
            });
        }
        each_part(node, value, path, |node, value, path| {
            self.enter(node, value, path);
        });
        if node.tasks.contains(Tasks::BODIES) && !self.showing.bodies {
            withhold(value);
        }
        if let (true, Value::Object(members)) = (node.tasks.contains(Tasks::UNITS), value) {
            add_units(node, members, path, self.showing.cents, &mut self.units);
        }
    }
}
