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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{catalog::operations_alone, toys};

    fn referred(tool: &str, arguments: &Value) -> Vec<(&'static str, String, String)> {
        let operation = operations_alone().operation(tool).unwrap();
        let found = references(operation, arguments.as_object().unwrap());
        let told = found.iter().map(|one| {
            let reader = one.reader.declaration.name;
            (reader, one.argument.to_owned(), one.id.to_owned())
        });
        told.collect()
    }

    fn reference(reader: &'static str, argument: &str, id: &str) -> (&'static str, String, String) {
        (reader, argument.to_owned(), id.to_owned())
    }

    #[test]
    fn what_arguments_name_is_found_but_for_the_object_of_the_path() {
        let arguments = json!({ "id": "k-1", "name": "pc-a", "default_config_id": "pc-a" });
        assert_eq!(
            referred("update_api_key", &arguments),
            [reference("get_config", "default_config_id", "pc-a")]
        );
    }

    #[test]
    fn what_is_named_in_several_places_is_looked_at_once() {
        let arguments = json!({ "workspace_id": "w", "input_guardrails": ["g-1", "g-2"], "output_guardrails": ["g-1"] });
        assert_eq!(
            referred("update_workspace", &arguments),
            [
                reference("get_guardrail", "input_guardrails", "g-1"),
                reference("get_guardrail", "input_guardrails", "g-2")
            ]
        );
    }

    #[test]
    fn what_tells_no_workspace_or_is_no_text_is_no_reference() {
        let arguments =
            json!({ "type": "organisation", "sub_type": "service", "name": "k", "user_id": "u" });
        assert!(referred("create_api_key", &arguments).is_empty());
        let arguments = json!({ "id": "k-1", "default_config_id": null });
        assert!(referred("update_api_key", &arguments).is_empty());
        let toy = toys::catalog().operation("update_toy").unwrap();
        let arguments = json!({ "toy_id": "t1", "name": "pc-a" });
        assert!(references(toy, arguments.as_object().unwrap()).is_empty());
    }

    #[test]
    fn a_reader_is_told_the_workspace_only_where_it_asks_for_one() {
        let reader = |name| operations_alone().operation(name).unwrap();
        let reference = |name| Reference {
            reader: reader(name),
            argument: "x",
            name: "x",
            id: "1",
        };
        let provider = reference("get_provider");
        let in_workspace = json!({ "slug": "1", "workspace_id": "w" });
        assert_eq!(Value::from(provider.arguments(Some("w"))), in_workspace);
        assert_eq!(
            Value::from(provider.arguments(None)),
            json!({ "slug": "1" })
        );
        let config = reference("get_config");
        assert_eq!(config.workspace(), None);
        assert_eq!(
            Value::from(config.arguments(Some("w"))),
            json!({ "slug": "1" })
        );
    }
}
