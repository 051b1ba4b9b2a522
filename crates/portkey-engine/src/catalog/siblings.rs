//! Finds operations that are related to another by their paths: those that read, list, create or delete its object.

use portkey_api::{Referent, referent};
use portkey_api_core::{Method, Operation};
use serde_json::Value;

use super::{Catalog, Tool};

impl Catalog {
    /// The tools that list valid ids for the path of `operation`, the innermost first: for each placeholder, the `GET`
    /// of the path in front of it.
    pub fn listings(&self, operation: &Operation) -> Vec<&'static str> {
        let mut names: Vec<&'static str> = Vec::new();
        for (brace, _) in operation.path.rmatch_indices('{') {
            let before = operation.path.get(..brace).unwrap_or_default();
            let collection = before.trim_end_matches('/');
            let listing = self.at(Method::Get, collection);
            names.extend(listing.map(|listing| listing.declaration.name));
        }
        names
    }

    /// The operation that reads the object which `operation` changes or removes. An action follows the path of its
    /// object, as in `/api-keys/{id}/rotate`.
    pub fn reader(&self, operation: &Operation) -> Option<&'static Operation> {
        operation
            .fresh
            .map(|fresh| fresh())
            .or_else(|| self.at(Method::Get, operation.path))
            .or_else(|| self.at(Method::Get, object(operation.path)))
    }

    /// The operation that lists objects like that of `operation`, and the path argument that identifies the object.
    pub fn collection(&self, operation: &Operation) -> Option<(&'static Operation, &'static str)> {
        let (collection, key) = object(operation.path).rsplit_once('/')?;
        let key = key.strip_prefix('{')?.strip_suffix('}')?;
        Some((self.at(Method::Get, collection)?, key))
    }

    /// The operation that creates the objects which `operation` deletes (for [`Method::Post`]), or deletes those that
    /// it creates (for [`Method::Delete`]).
    pub(crate) fn counterpart(
        &self,
        method: Method,
        operation: &Operation,
    ) -> Option<&'static Operation> {
        if method == Method::Post {
            let (collection, key) = operation.path.rsplit_once('/')?;
            return key
                .starts_with('{')
                .then(|| self.at(method, collection))
                .flatten();
        }
        self.at(method, &format!("{}/{{id}}", operation.path))
    }

    /// The listing in which to look up the object that an argument of a tool names: that of the path in front of the
    /// argument, or of the kind that its type refers to, such as `/collections` for the id of a collection.
    pub(crate) fn listing_of(&self, tool: Tool, argument: &str) -> Option<Listing> {
        let operation = match tool {
            Tool::Operation(operation) => Some(operation),
            Tool::Workflow(_) => None,
        };
        let in_path = operation.and_then(|operation| {
            let (before, _) = operation.path.split_once(&format!("/{{{argument}}}"))?;
            before.rsplit_once('/').map(|(_, collection)| collection)
        });
        let mark = tool.declaration().refers(argument);
        let of_type = || {
            let Referent::ReadBy(reader) = referent(mark?.kind)? else {
                return None;
            };
            let (before, _) = reader.path.rsplit_once('/')?;
            before.rsplit('/').next()
        };
        let collection = in_path.or_else(of_type)?;
        self.operations().find_map(|candidate| {
            let is_listing = candidate.method == Method::Get
                && candidate.declaration.answers_page()
                && !candidate.path.contains('{')
                && candidate.path.rsplit('/').next() == Some(collection);
            let reader = self
                .at(Method::Get, &format!("{}/{{id}}", candidate.path))
                .filter(|_| is_listing)?;
            // Workspaces are accepted by id and by slug; the slug is easier to recognise.
            let by_slug = reader.path.ends_with("slug}")
                || reader.path.ends_with("{workspace_id}")
                || mark.is_some_and(|mark| mark.is_slug);
            Some(Listing {
                operation: candidate,
                id: if by_slug { "slug" } else { "id" },
            })
        })
    }

    /// The operation that lists the objects at a path.
    pub(crate) fn listing_at(&self, path: &str) -> Option<&'static Operation> {
        self.all_at(Method::Get, path)
            .find(|one| one.declaration.answers_page())
    }

    /// The operation that reads the object at a path.
    pub(crate) fn object_at(&self, path: &str) -> Option<&'static Operation> {
        self.all_at(Method::Get, path)
            .find(|one| !one.declaration.answers_page())
    }

    /// The first operation of this method and path, in catalog order.
    fn at(&self, method: Method, path: &str) -> Option<&'static Operation> {
        self.all_at(method, path).next()
    }

    fn all_at(&self, method: Method, path: &str) -> impl Iterator<Item = &'static Operation> {
        let found = self.by_path.get(&(method, shape(path)));
        found.into_iter().flatten().copied()
    }
}

/// A listing in which an id can be looked up.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Listing {
    /// The operation that lists the objects.
    pub operation: &'static Operation,
    /// The member of an entry that holds the id: `id` or `slug`.
    id: &'static str,
}

impl Listing {
    /// The id of an entry.
    pub(crate) fn id<'a>(&self, entry: &'a Value) -> Option<&'a str> {
        entry.get(self.id)?.as_str()
    }
}

/// The path up to its last placeholder, which is that of the object.
fn object(path: &str) -> &str {
    path.rfind('}')
        .map_or(path, |end| path.get(..=end).unwrap_or(path))
}

/// A path with each placeholder replaced by `{}`, so that paths which differ only in argument names are equal.
pub(super) fn shape(path: &str) -> String {
    let parts = path.split('/');
    let alike = parts.map(|part| if part.starts_with('{') { "{}" } else { part });
    alike.collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::operations_alone;

    fn of(name: &str) -> Vec<&'static str> {
        let catalog = operations_alone();
        catalog.listings(catalog.operation(name).unwrap())
    }

    #[test]
    fn ids_are_listed_by_the_collections_in_front_of_them() {
        assert_eq!(of("get_user"), ["list_all_users"]);
        assert_eq!(
            of("get_workspace_member"),
            ["list_workspace_members", "list_workspaces"]
        );
        assert!(of("list_workspaces").is_empty());
    }

    #[test]
    fn the_reader_of_a_changed_object_is_found_by_its_path() {
        let catalog = operations_alone();
        let reader = |name| catalog.reader(catalog.operation(name).unwrap()).unwrap();
        assert_eq!(reader("delete_user").declaration.name, "get_user");
        assert_eq!(reader("update_workspace").declaration.name, "get_workspace");
        assert_eq!(reader("rotate_api_key").declaration.name, "get_api_key");
    }

    #[test]
    fn paths_that_differ_only_in_placeholder_names_have_the_same_shape() {
        for (a, b, are_alike) in [
            ("/a/{x}/b", "/a/{y}/b", true),
            ("/a/{x}", "/a/b", false),
            ("/a", "/a/{x}", false),
        ] {
            assert_eq!(shape(a) == shape(b), are_alike, "{a} {b}");
        }
    }

    #[test]
    fn an_operation_is_found_by_its_path_and_its_name() {
        let catalog = operations_alone();
        for operation in catalog.operations() {
            let name = operation.declaration.name;
            assert_eq!(catalog.operation(name).unwrap().path, operation.path);
            let mut same = catalog.all_at(operation.method, operation.path);
            assert!(same.any(|one| one.declaration.name == name), "{name}");
        }
        assert!(catalog.operation("no_such_tool").is_none());
    }
}
