//! Words in a path to which the vendor may add: an unknown one is sent as long as no other operation is at that path.

use serde_json::Value;

use crate::{
    Edition, JsonObject, Operation, Problem,
    types::{id, open},
};

/// The arguments of a call whose words stand in its path and are not known.
#[derive(Debug)]
pub(crate) struct PathWords<'a> {
    operation: &'a Operation,
    unknown: Vec<(&'static str, String)>,
}

impl<'a> PathWords<'a> {
    /// Finds these arguments. `path` is the path as it is declared.
    pub(crate) fn new(operation: &'a Operation, path: &str, arguments: &JsonObject) -> Self {
        let names = segments(path).filter_map(argument_in);
        let declared = operation.declaration.arguments;
        let declared = names.filter_map(|name| declared.iter().find(|one| one.name == name));
        let unknown = declared.filter_map(|argument| {
            let schema = operation.declaration.input_of(argument.name)?;
            if !open::has_open_words(schema) {
                return None;
            }
            let given = arguments.get(argument.name)?;
            let known = schema.get("enum").and_then(Value::as_array);
            let is_known = known.is_some_and(|known| known.contains(given));
            let word = || given.as_str().unwrap_or_default().to_owned();
            (!is_known).then(|| (argument.name, word()))
        });
        Self {
            operation,
            unknown: unknown.collect(),
        }
    }

    /// Refuses a word that could be more than a word, and words that make the path that of another operation, which the
    /// policy of this one does not cover. `target` is the path with the words in it.
    pub(crate) fn check(&self, edition: Edition, target: &str) -> Result<(), Problem> {
        for (name, word) in &self.unknown {
            let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "_-".contains(letter);
            if word.is_empty() || !word.chars().all(is_plain) || id::has_digits_of_uuid(word) {
                let rule = "a new word here can only have letters, digits, `_` and `-`, and be no UUID, because it \
                            stands in the path of the call";
                return Err(Problem::rule(*name, rule));
            }
        }
        let Some((name, word)) = self.unknown.last() else {
            return Ok(());
        };
        match self.other_at(edition, target) {
            Some(other) => {
                let other = other.declaration.name;
                let rule = format!("`{word}` would make this another call: that is `{other}`");
                Err(Problem::rule(*name, rule))
            }
            None => Ok(()),
        }
    }

    /// Another operation with the same method and this path, on whichever host, since hosts may share paths. Servers may
    /// ignore case.
    fn other_at(&self, edition: Edition, target: &str) -> Option<&'static Operation> {
        let operation = self.operation;
        let mut others = operation.declaration.vendor.operations().filter(|other| {
            other.declaration.name != operation.declaration.name && other.method == operation.method
        });
        others.find(|other| fits(other.place(edition).1, target))
    }
}

fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').skip(1)
}

/// The argument that a segment of a declared path stands for.
fn argument_in(segment: &str) -> Option<&str> {
    segment.strip_prefix('{')?.strip_suffix('}')
}

fn fits(path: &str, target: &str) -> bool {
    let fit =
        |part: &str, given: &str| argument_in(part).is_some() || part.eq_ignore_ascii_case(given);
    segments(path).count() == segments(target).count()
        && segments(path)
            .zip(segments(target))
            .all(|(part, given)| fit(part, given))
}
