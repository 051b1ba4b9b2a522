//! The part of an organisation that calls of an operation can be about. It follows from the declaration: from the
//! reference marks in the schemas of the arguments and of the answer.

mod referring;

use portkey_api::{
    Referent, collections::GetCollection, operations, referent, workspaces::GetWorkspace,
};
use portkey_api_core::{Declared as _, JsonObject, Keys, Method, Operation, Wide, identity, mark};
use serde_json::Value;

pub(crate) use referring::{Reference, references};

/// The part of an organisation that calls of an operation can be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ResourceScope {
    /// Nothing of the organisation: the operation is public.
    Nothing,
    /// The workspace that the key is bound to.
    OwnWorkspace,
    /// An object in the path, which can be read to learn its workspace.
    Object,
    /// The workspace that an argument names.
    Named,
    /// The workspace of an object that an argument refers to, such as a collection.
    Container,
    /// The workspaces of the listed entries, each of which states its own.
    Entries,
    /// The whole organisation.
    Organisation,
}

/// An object that an argument in the path names, and whose workspace can be read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Subject {
    /// The operation that reads the object.
    pub(crate) reader: &'static Operation,
    /// The argument that holds its id.
    pub(crate) argument: &'static str,
}

/// An argument that names the workspace of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WorkspaceArgument {
    pub(crate) name: &'static str,
    /// Whether the argument accepts only slugs, not ids.
    pub(crate) is_slug: bool,
}

/// Returns the part of an organisation that calls of `operation` can be about.
pub(crate) fn resource_scope(operation: &Operation) -> ResourceScope {
    let keys = operation.declaration.keys;
    if keys == Keys::None {
        ResourceScope::Nothing
    } else if keys == Keys::Workspace {
        ResourceScope::OwnWorkspace
    } else if object_of(operation).is_some() {
        ResourceScope::Object
    } else if names_of(operation).next().is_some() {
        ResourceScope::Named
    } else if container(operation).is_some() {
        ResourceScope::Container
    } else if operation.method == Method::Get && states_workspace(operation, AnswerForm::Entries) {
        ResourceScope::Entries
    } else {
        ResourceScope::Organisation
    }
}

/// The arguments by which a call of `operation` can name its workspace.
pub(crate) fn names_of(operation: &Operation) -> impl Iterator<Item = WorkspaceArgument> {
    let declaration = operation.declaration;
    let arguments = declaration.arguments.iter();
    arguments.filter_map(move |argument| {
        let mark = declaration.refers(argument.name)?;
        is_workspace(mark.kind).then_some(WorkspaceArgument {
            name: argument.name,
            is_slug: mark.is_slug,
        })
    })
}

/// The outermost object in the path of `operation` whose workspace can be read. `None` if there is none, or a workspace
/// itself is in the path.
pub(crate) fn object_of(operation: &Operation) -> Option<Subject> {
    let in_path = placeholders(operation.path);
    let kinds = in_path.into_iter().filter_map(|argument| {
        let kind = operation.declaration.refers(argument)?.kind;
        Some((argument, kind))
    });
    let kinds: Vec<_> = kinds.collect();
    if kinds.iter().any(|(_, kind)| is_workspace(kind)) {
        return None;
    }
    let mut objects = kinds.into_iter();
    objects.find_map(|(argument, kind)| {
        let reader = reader_of(kind)?;
        Some(Subject { reader, argument })
    })
}

/// A required argument that refers to an object whose workspace is that of the call.
pub(crate) fn container(operation: &Operation) -> Option<&'static str> {
    let declaration = &operation.declaration;
    let mut names = declaration.arguments.iter().map(|argument| argument.name);
    names.find(|name| {
        let kind = declaration.refers(name).map(|mark| mark.kind);
        declaration.requires(name) && kind.and_then(reader_of).is_some()
    })
}

/// The operation that reads objects of this kind, if its answer states their workspace.
fn reader_of(kind: &str) -> Option<&'static Operation> {
    let Referent::ReadBy(reader) = referent(kind)? else {
        return None;
    };
    let is_inside = !is_workspace(kind) && states_workspace(reader, AnswerForm::Object);
    is_inside.then_some(reader)
}

/// Whether references of this kind are to workspaces.
pub(crate) fn is_workspace(kind: &str) -> bool {
    is_read_by(kind, GetWorkspace::NAME)
}

/// Whether references of this kind are to collections. Prompts and partials belong to the workspace of their
/// collection.
fn is_collection(kind: &str) -> bool {
    is_read_by(kind, GetCollection::NAME)
}

fn is_read_by(kind: &str, tool: &str) -> bool {
    matches!(referent(kind), Some(Referent::ReadBy(reader)) if reader.declaration.name == tool)
}

/// The operation that lists objects like that of `reader` by workspace, and its argument for the workspace id. `None`
/// if there is none, or its entries do not state their workspace.
pub(crate) fn listing(reader: &Operation) -> Option<(&'static Operation, WorkspaceArgument)> {
    let (collection, _) = reader.path.rsplit_once('/')?;
    let mut lists = operations().filter(|candidate| {
        candidate.method == Method::Get && candidate.path == collection && entries_tell(candidate)
    });
    lists.find_map(|list| {
        let name = names_of(list).find(|name| !name.is_slug)?;
        Some((list, name))
    })
}

/// The arguments that can extend a call to the whole organisation.
pub(crate) fn wide_of(operation: &Operation) -> impl Iterator<Item = (&'static str, Wide)> {
    let declaration = operation.declaration;
    let arguments = declaration.arguments.iter().map(|argument| argument.name);
    arguments.filter_map(move |name| Some((name, declaration.wide(name)?)))
}

/// Whether the entries that `operation` lists state their workspaces.
pub(crate) fn entries_tell(operation: &Operation) -> bool {
    states_workspace(operation, AnswerForm::Entries)
}

/// The workspaces that an object or list entry in the answer of `operation` states, in its own members and in those of
/// nested objects.
pub(crate) fn stated<'a>(
    operation: &Operation,
    object: &'a JsonObject,
) -> impl Iterator<Item = &'a str> {
    let schema = answered(operation);
    let own = text_of(schema, object);
    let parts = object.iter().filter_map(move |(name, part)| {
        let schema = schema.get("properties")?.get(name)?;
        Some(text_of(schema, part.as_object()?))
    });
    own.chain(parts.flatten())
}

/// The texts of an object whose schema marks them as references to a workspace.
fn text_of<'a>(
    schema: &'static Value,
    object: &'a JsonObject,
) -> impl Iterator<Item = &'a str> + use<'a> {
    object.iter().filter_map(move |(name, value)| {
        let mark = mark(schema.get("properties")?.get(name)?)?;
        value.as_str().filter(|_| is_workspace(mark.kind))
    })
}

impl Subject {
    /// Returns the arguments of `reader`, from those of the operation. If the reader takes a workspace, it gets the one
    /// that the call names.
    pub(crate) fn arguments(&self, arguments: &JsonObject) -> JsonObject {
        let id = arguments.get(self.argument).cloned();
        let id = placeholder(self.reader).zip(id);
        let id = id.map(|(name, id)| (name.to_owned(), id));
        let named = names_of(self.reader).filter_map(|workspace| {
            let value = arguments.get(workspace.name)?.clone();
            Some((workspace.name.to_owned(), value))
        });
        id.into_iter().chain(named).collect()
    }
}

/// The last argument in the path of an operation, which is the id of the object that it reads.
pub(crate) fn placeholder(reader: &Operation) -> Option<&'static str> {
    placeholders(reader.path).pop()
}

/// The names of the placeholders of a path, in order.
pub(crate) fn placeholders(path: &'static str) -> Vec<&'static str> {
    let parts = path.split('/');
    parts
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
        .collect()
}

/// The form of an answer: one object, or a list of entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AnswerForm {
    Object,
    Entries,
}

/// The schema of the object in the answer, or of each entry of a list.
fn answered(operation: &Operation) -> &'static Value {
    let output = operation.declaration.output();
    match output.pointer("/properties/data/items") {
        Some(entry) if operation.declaration.answers_page() => entry,
        _ => output,
    }
}

/// Whether the answer has this form and is declared to state a workspace: in its own members or, for an object, in
/// those of nested objects or through its collection.
fn states_workspace(operation: &Operation, form: AnswerForm) -> bool {
    let is_page = form == AnswerForm::Entries;
    if operation.declaration.answers_page() != is_page {
        return false;
    }
    let schema = answered(operation);
    let own = || marks(schema).any(is_workspace);
    let parts = || {
        let members = schema.get("properties").and_then(Value::as_object);
        let mut parts = members.into_iter().flat_map(JsonObject::values);
        parts.any(|part| marks(part).any(is_workspace))
    };
    own() || (!is_page && (marks(schema).any(is_collection) || parts()))
}

/// The kinds of objects that the declared members of an object refer to.
fn marks(schema: &'static Value) -> impl Iterator<Item = &'static str> {
    let members = schema.get("properties").and_then(Value::as_object);
    let members = members.into_iter().flat_map(JsonObject::values);
    let marks = members.filter_map(mark).filter(|mark| !mark.is_hidden);
    marks.map(|mark| mark.kind)
}

/// The operation that reads the collection of an object, and the id of that collection.
pub(crate) fn collection_of<'a>(
    reader: &Operation,
    object: &'a JsonObject,
) -> Option<(&'static Operation, &'a str)> {
    let members = answered(reader).get("properties")?;
    object.iter().find_map(|(name, value)| {
        let kind = mark(members.get(name)?)?.kind;
        let id = value.as_str().filter(|_| is_collection(kind))?;
        Some((reader_of(kind)?, id))
    })
}

/// Whether `operation` lists workspaces.
pub(crate) fn lists_workspaces(operation: &Operation) -> bool {
    operation.declaration.answers_page() && identity(answered(operation)).is_some_and(is_workspace)
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fmt::Write as _};

    use serde_json::json;

    use super::*;

    fn of(name: &str) -> &'static Operation {
        portkey_api::operation(name).unwrap()
    }

    #[test]
    fn the_references_of_each_operation_are_as_reviewed() {
        let mut table = String::new();
        for operation in operations() {
            let declaration = &operation.declaration;
            let mut found = BTreeSet::new();
            referring("", declaration.input(), &mut found);
            for (place, kind) in found {
                let name = declaration.name;
                let what = if is_workspace(kind) {
                    "must be allowed"
                } else if reader_of(kind).is_some() {
                    "must be in one that is allowed"
                } else {
                    "tells no workspace"
                };
                writeln!(table, "{name}{place}: {kind}, {what}").unwrap();
            }
        }
        insta::assert_snapshot!("references", table);
    }

    /// Collects the paths in a schema that hold references, with the kind of each. References inside configs are
    /// covered by the tests of the catalog crate.
    fn referring(path: &str, schema: &'static Value, found: &mut BTreeSet<(String, &'static str)>) {
        let marks = [
            "x-refers",
            "x-may-refer",
            "x-version-refers",
            "x-names-refer",
        ];
        for kind in marks.iter().filter_map(|mark| schema.get(mark)?.as_str()) {
            found.insert((path.to_owned(), kind));
        }
        let members = schema.get("properties").and_then(Value::as_object);
        for (name, member) in members.into_iter().flatten() {
            referring(&format!("{path}.{name}"), member, found);
        }
        for (inner, sign) in [("items", "[]"), ("additionalProperties", "{}")] {
            if let Some(inner) = schema.get(inner) {
                referring(&format!("{path}{sign}"), inner, found);
            }
        }
    }

    #[test]
    fn the_scope_of_each_operation_is_as_reviewed() {
        let mut table = String::new();
        for operation in operations() {
            let name = operation.declaration.name;
            let resource_scope = resource_scope(operation);
            let reader = object_of(operation).map(|subject| subject.reader.declaration.name);
            writeln!(
                table,
                "{name}: {resource_scope:?} {}",
                reader.unwrap_or_default()
            )
            .unwrap();
        }
        insta::assert_snapshot!("resource_scope", table);
    }

    #[test]
    fn an_object_is_read_by_its_id_in_the_path() {
        let subject = object_of(of("reset_usage_limit_entity")).unwrap();
        assert_eq!(subject.reader.declaration.name, "get_usage_limit");
        let arguments = json!({ "limit_id": "l", "entity_id": "e" });
        let arguments = subject.arguments(arguments.as_object().unwrap());
        assert_eq!(Value::from(arguments), json!({ "id": "l" }));
        assert!(object_of(of("create_api_key")).is_none(), "a kind is no id");
    }

    #[test]
    fn an_object_states_its_workspace_in_declared_members_and_nested_objects() {
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
        // Free content that users write into an object does not count as its workspace.
        let config = json!({ "config": { "workspace_id": "b", "workspace_slug": "b" } });
        assert!(stated("get_config", config).is_empty());
    }
}
