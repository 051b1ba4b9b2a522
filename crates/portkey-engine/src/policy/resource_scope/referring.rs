//! What the arguments of a call refer to, besides workspaces and what its path leads to.

use std::collections::HashSet;

use portkey_api_core::{JsonObject, Operation};
use serde_json::Value;

use super::{names_of, object_of, placeholder, reader_of};

/// A reference to an object that tells its workspace.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reference<'a> {
    /// What reads it.
    pub(crate) reader: &'static Operation,
    /// The argument in which it stands.
    pub(crate) argument: &'a str,
    /// What it is called there.
    pub(crate) name: &'a str,
    pub(crate) id: &'a str,
}

/// What arguments refer to at any depth, each thing once, but for the object that the path leads to.
pub(crate) fn references<'a>(
    operation: &Operation,
    arguments: &'a JsonObject,
) -> Vec<Reference<'a>> {
    let of_path = object_of(operation).map(|subject| subject.argument);
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    for mention in operation.declaration.mentions(arguments) {
        let reader = reader_of(mention.kind).filter(|_| of_path != Some(mention.argument));
        let (Some(reader), Some(id)) = (reader, mention.id) else {
            continue;
        };
        let reference = Reference {
            reader,
            argument: mention.argument,
            name: mention.name,
            id,
        };
        if seen.insert((reader.declaration.name, id)) {
            found.push(reference);
        }
    }
    found
}

impl Reference<'_> {
    /// The arguments of `reader`: in this workspace, where it asks for one and one is given.
    pub(crate) fn arguments(&self, workspace: Option<&str>) -> JsonObject {
        let id = placeholder(self.reader).map(|name| (name, self.id));
        let workspace = self.workspace().zip(workspace);
        let both = id.into_iter().chain(workspace);
        both.map(|(name, value)| (name.to_owned(), Value::from(value)))
            .collect()
    }

    /// The argument by which `reader` is told the workspace to look in.
    pub(crate) fn workspace(&self) -> Option<&'static str> {
        names_of(self.reader).next().map(|argument| argument.name)
    }
}
