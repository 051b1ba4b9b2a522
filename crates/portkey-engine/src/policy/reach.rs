//! How far an operation reaches, told from its declaration: its path, its arguments and the form of its answer.

mod referring;

use portkey_api::{JsonObject, Keys, Method, Operation, Place, operations};
use serde_json::Value;

use referring::referred_to;
pub(crate) use referring::{references, referent};

/// What of an organisation a call of an operation can be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Nothing of it: the operation is public.
    Nothing,
    /// The workspace that the key is bound to.
    OwnWorkspace,
    /// An object, which can be read to see whose it is.
    Object,
    /// The workspace that an argument names.
    Named,
    /// The workspace of the collection, or another object, that an argument refers to.
    Container,
    /// Whatever is listed, entry by entry.
    Entries,
    /// All of it.
    Organisation,
}

/// The object that the path of an operation leads to or through.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Subject {
    /// What reads it.
    pub(crate) reader: &'static Operation,
    /// How much of the operation's path is its own.
    path: &'static str,
}

/// Arguments that name the workspace a call is about.
pub(crate) const NAMES: [&str; 2] = [ID, SLUG];
const ID: &str = "workspace_id";
pub(crate) const SLUG: &str = "workspace_slug";

/// How far an operation reaches.
pub(crate) fn reach(operation: &Operation) -> Reach {
    let keys = operation.declaration.keys;
    if keys == Keys::None {
        Reach::Nothing
    } else if keys == Keys::Workspace {
        Reach::OwnWorkspace
    } else if object_of(operation).is_some() {
        Reach::Object
    } else if names_of(operation).next().is_some() {
        Reach::Named
    } else if container(operation).is_some() {
        Reach::Container
    } else if operation.method == Method::Get && states_workspace(operation, Of::Entries) {
        Reach::Entries
    } else {
        Reach::Organisation
    }
}

/// The arguments by which a call of `operation` can name its workspace.
pub(crate) fn names_of(operation: &Operation) -> impl Iterator<Item = &'static str> {
    let declaration = &operation.declaration;
    let of_text = |name: &str| {
        let schema = declaration.input_of(name);
        schema.and_then(|schema| schema.get("type")) == Some(&"string".into())
    };
    let names = NAMES.into_iter();
    names.filter(move |name| declaration.arguments.iter().any(|a| a.name == *name) && of_text(name))
}

/// The object that the path of `operation` leads to or through, the outermost that tells its workspace. None where it
/// is the workspace itself.
pub(crate) fn object_of(operation: &Operation) -> Option<Subject> {
    let path = operation.path;
    if placeholders(path).contains(&ID) {
        return None;
    }
    let ends = path.match_indices('}').map(|(at, _)| at + 1);
    let mut objects = ends.filter_map(|end| {
        let path = path.get(..end)?;
        let placeholder = placeholders(path).pop()?;
        let schema = operation.declaration.input_of(placeholder);
        if schema.is_some_and(|schema| schema.get("enum").is_some()) {
            return None; // One of a few words leads to no object.
        }
        let reader = reader_at(path)?;
        states_workspace(reader, Of::Object).then_some(Subject { reader, path })
    });
    objects.next()
}

/// A required argument that refers to an object whose workspace is that of the call.
pub(crate) fn container(operation: &Operation) -> Option<&'static str> {
    let declaration = &operation.declaration;
    let mut names = declaration.arguments.iter().map(|argument| argument.name);
    names.find(|name| declaration.requires(name) && referred_to(name).is_some())
}

/// The list in which the object of `reader` stands, where it can be asked for those of one workspace and its entries
/// tell theirs.
pub(crate) fn listing(reader: &Operation) -> Option<&'static Operation> {
    let (collection, _) = reader.path.rsplit_once('/')?;
    operations().find(|candidate| {
        candidate.method == Method::Get
            && candidate.path == collection
            && entries_tell(candidate)
            && names_of(candidate).any(|name| name == ID)
    })
}

/// The arguments and whatever is inside them, by name.
pub(crate) fn members(arguments: &JsonObject) -> Vec<(&str, &Value)> {
    let mut found: Vec<(&str, &Value)> = Vec::new();
    let mut waiting: Vec<&Value> = Vec::new();
    let mut inside = Some(arguments);
    loop {
        for (name, value) in inside.into_iter().flatten() {
            found.push((name, value));
            waiting.push(value);
        }
        inside = match waiting.pop() {
            None => return found,
            Some(Value::Object(members)) => Some(members),
            Some(Value::Array(items)) => {
                waiting.extend(items);
                None
            }
            Some(_) => None,
        };
    }
}

/// The arguments that say whether one workspace or the whole organisation is meant.
pub(crate) fn scopes_of(operation: &Operation) -> impl Iterator<Item = &'static str> {
    let declaration = &operation.declaration;
    let arguments = declaration.arguments.iter().map(|argument| argument.name);
    arguments.filter(|name| {
        let schema = declaration.input_of(name);
        let words = schema.and_then(|schema| schema.get("enum")?.as_array());
        let holds = |word: &str| words.is_some_and(|words| words.iter().any(|one| one == word));
        holds("workspace") && holds("organisation")
    })
}

/// Whether the entries that `operation` lists tell their workspaces.
pub(crate) fn entries_tell(operation: &Operation) -> bool {
    states_workspace(operation, Of::Entries)
}

/// What an answer states of where its object is: members of its own, and those of its parts that are declared to.
pub(crate) fn stated<'a>(
    operation: &Operation,
    object: &'a JsonObject,
) -> impl Iterator<Item = &'a str> {
    let output = operation.declaration.output();
    let own = object
        .iter()
        .filter(|(name, _)| name.ends_with(ID) || name.ends_with(SLUG));
    let own = own.filter_map(|(_, value)| value.as_str());
    let parts = object.iter().filter_map(move |(name, part)| {
        output.pointer(&format!("/properties/{name}/properties/{SLUG}"))?;
        part.get(SLUG)?.as_str()
    });
    own.chain(parts)
}

impl Subject {
    /// The arguments of `reader`, from those of the operation. They stand at the same places of both paths, not
    /// always under the same names. A workspace that the call names is named to the reader too.
    pub(crate) fn arguments(&self, arguments: &JsonObject) -> JsonObject {
        let theirs = placeholders(self.path).into_iter();
        let ours = placeholders(self.reader.path).into_iter();
        let path = ours
            .zip(theirs)
            .filter_map(|(ours, theirs)| Some((ours.to_owned(), arguments.get(theirs)?.clone())));
        let named = self
            .reader
            .declaration
            .arguments
            .iter()
            .filter_map(|argument| {
                let is_name = NAMES.contains(&argument.name) && argument.place != Place::Path;
                let value = arguments.get(argument.name).filter(|_| is_name)?;
                Some((argument.name.to_owned(), value.clone()))
            });
        path.chain(named).collect()
    }

    /// The arguments of `reader` for an object by its id alone.
    pub(crate) fn arguments_for(&self, id: &str) -> JsonObject {
        let names = placeholders(self.reader.path).into_iter();
        names.map(|name| (name.to_owned(), id.into())).collect()
    }

    /// The argument that names it.
    pub(crate) fn placeholder(&self) -> &'static str {
        placeholders(self.path).pop().unwrap_or_default()
    }
}

/// The names in the braces of a path, in order.
pub(crate) fn placeholders(path: &'static str) -> Vec<&'static str> {
    let parts = path.split('/');
    parts
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
        .collect()
}

/// What reads the object at a path.
pub(crate) fn reader_at(path: &str) -> Option<&'static Operation> {
    operations().find(|candidate| {
        candidate.method == Method::Get
            && !candidate.declaration.answers_page()
            && crate::catalog::same_shape(candidate.path, path)
    })
}

/// The part of an answer that is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Of {
    Object,
    Entries,
}

/// Whether the answer is declared to tell whose it is, by itself or through its collection.
fn states_workspace(operation: &Operation, of: Of) -> bool {
    let output = operation.declaration.output();
    let (schema, is_page) = match of {
        Of::Object => (output, false),
        Of::Entries => (
            output.pointer("/properties/data/items").unwrap_or(output),
            true,
        ),
    };
    if operation.declaration.answers_page() != is_page {
        return false;
    }
    if is_page && lists_workspaces(operation) {
        return true;
    }
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else {
        return false;
    };
    let nested = |member: &Value| {
        let members = member.get("properties");
        members.is_some_and(|members| members.get(SLUG).is_some())
    };
    properties.contains_key(ID)
        || (!is_page
            && (properties.contains_key("collection_id") || properties.values().any(nested)))
}

/// Whether the entries are workspaces, told by `id` and `slug`.
pub(crate) fn lists_workspaces(operation: &Operation) -> bool {
    operation.declaration.answers_page() && operation.path.ends_with("/workspaces")
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use serde_json::json;

    use super::*;

    fn of(name: &str) -> &'static Operation {
        portkey_api::operation(name).unwrap()
    }

    #[test]
    fn how_far_each_operation_reaches_is_as_it_was_reviewed() {
        let mut table = String::new();
        for operation in operations() {
            let name = operation.declaration.name;
            let reach = reach(operation);
            let reader = object_of(operation).map(|subject| subject.reader.declaration.name);
            writeln!(table, "{name}: {reach:?} {}", reader.unwrap_or_default()).unwrap();
        }
        insta::assert_snapshot!("reach", table);
    }

    #[test]
    fn an_object_is_read_by_the_ids_that_stand_in_the_path() {
        let subject = object_of(of("reset_usage_limit_entity")).unwrap();
        assert_eq!(subject.reader.declaration.name, "get_usage_limit");
        let arguments = json!({ "limit_id": "l", "entity_id": "e" });
        let arguments = subject.arguments(arguments.as_object().unwrap());
        assert_eq!(Value::from(arguments), json!({ "id": "l" }));
        assert!(object_of(of("create_api_key")).is_none(), "a kind is no id");
    }

    #[test]
    fn an_object_states_where_it_is_by_itself_or_by_a_part_that_is_declared_to() {
        let stated = |name, object: Value| {
            let object = object.as_object().unwrap().clone();
            let stated: Vec<String> = stated(of(name), &object).map(str::to_owned).collect();
            stated
        };
        assert_eq!(
            stated("get_config", json!({ "workspace_id": "a", "config": {} })),
            ["a"]
        );
        assert_eq!(
            stated("get_prompt", json!({ "prompt_owning_workspace_id": "a" })),
            ["a"]
        );
        let log =
            json!({ "metrics": { "workspace_slug": "a" }, "request": { "workspace_slug": "b" } });
        assert_eq!(stated("get_log", log), ["a"]);
        // What people write into an object says nothing of where it is.
        let config = json!({ "config": { "workspace_id": "b", "workspace_slug": "b" } });
        assert!(stated("get_config", config).is_empty());
    }
}
