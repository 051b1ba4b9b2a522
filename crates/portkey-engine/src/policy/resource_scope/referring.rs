//! The references in the arguments of a call, except those to workspaces and to the object in the path.

use std::collections::HashSet;

use portkey_api_core::{JsonObject, Operation};
use serde_json::Value;

use super::{names_of, object_of, placeholder, reader_of};

/// A reference to an object whose workspace can be read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reference<'a> {
    /// The operation that reads the object.
    pub(crate) reader: &'static Operation,
    /// The argument that holds the reference, at any depth.
    pub(crate) argument: &'a str,
    /// The name of the member that holds it, for messages.
    pub(crate) name: &'a str,
    pub(crate) id: &'a str,
}

/// Returns the references in `arguments` at any depth, each object once, without the object in the path.
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
    /// Returns the arguments of `reader`, with this workspace if the reader takes one.
    pub(crate) fn arguments(&self, workspace: Option<&str>) -> JsonObject {
        let id = placeholder(self.reader).map(|name| (name, self.id));
        let workspace = self.workspace().zip(workspace);
        let both = id.into_iter().chain(workspace);
        both.map(|(name, value)| (name.to_owned(), Value::from(value)))
            .collect()
    }

    /// The argument of `reader` for the workspace to search in, if it has one.
    pub(crate) fn workspace(&self) -> Option<&'static str> {
        names_of(self.reader).next().map(|argument| argument.name)
    }
}
