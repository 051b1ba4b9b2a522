use portkey_api::{Method, Operation, operations};
use serde_json::Value;

/// The tools that list valid ids for the path of `operation`, the innermost first: whatever is read at the path
/// in front of a placeholder.
pub fn listings(operation: &Operation) -> Vec<&'static str> {
    let mut names: Vec<&'static str> = Vec::new();
    for (brace, _) in operation.path.rmatch_indices('{') {
        let before = operation.path.get(..brace).unwrap_or_default();
        let collection = before.trim_end_matches('/');
        let listing = at(Method::Get, collection);
        names.extend(listing.map(|listing| listing.declaration.name));
    }
    names
}

/// The operation that reads what `operation` changes or removes. What is done to an object stands behind its path:
/// `/api-keys/{id}/rotate`.
pub fn reader(operation: &Operation) -> Option<&'static Operation> {
    operation
        .fresh
        .map(|fresh| fresh())
        .or_else(|| at(Method::Get, operation.path))
        .or_else(|| at(Method::Get, object(operation.path)))
}

/// The operation that lists objects like the one `operation` is about, and the argument that tells it from the others.
pub fn collection(operation: &Operation) -> Option<(&'static Operation, &'static str)> {
    let (collection, key) = object(operation.path).rsplit_once('/')?;
    let key = key.strip_prefix('{')?.strip_suffix('}')?;
    Some((at(Method::Get, collection)?, key))
}

/// The operation that makes what `operation` removes (`Post`), or removes what it makes (`Delete`).
pub fn counterpart(method: Method, operation: &Operation) -> Option<&'static Operation> {
    if method == Method::Post {
        let (collection, key) = operation.path.rsplit_once('/')?;
        return key
            .starts_with('{')
            .then(|| at(method, collection))
            .flatten();
    }
    at(method, &format!("{}/{{id}}", operation.path))
}

/// A list in which an id can be found.
#[derive(Debug, Clone, Copy)]
pub struct Listing {
    /// What lists.
    pub operation: &'static Operation,
    /// The member of its entries that is the id.
    id: &'static str,
}

impl Listing {
    /// The id of an entry.
    pub fn id<'a>(&self, entry: &'a Value) -> Option<&'a str> {
        entry.get(self.id)?.as_str()
    }
}

/// The list in which to look for what an argument of `operation` names: that of the collection in front of it in the
/// path, or of the kind that its name says, such as `/collections` for `parent_collection_id`.
pub fn listing_of(operation: Option<&Operation>, argument: &str) -> Option<Listing> {
    let in_path = operation.and_then(|operation| {
        let (before, _) = operation.path.split_once(&format!("/{{{argument}}}"))?;
        before.rsplit_once('/').map(|(_, collection)| collection)
    });
    let of_name = || {
        let kind = argument
            .strip_suffix("_id")
            .or_else(|| argument.strip_suffix("_slug"))?;
        let (_, kind) = ["parent_", "default_", "source_", "target_"]
            .iter()
            .find_map(|role| Some((role, kind.strip_prefix(role)?)))
            .unwrap_or((&"", kind));
        Some(format!("{}s", kind.replace('_', "-")))
    };
    let collection = in_path.map(str::to_owned).or_else(of_name)?;
    operations().find_map(|candidate| {
        let is_listing = candidate.method == Method::Get
            && candidate.declaration.answers_page()
            && !candidate.path.contains('{')
            && candidate.path.rsplit('/').next() == Some(&collection);
        let reader =
            at(Method::Get, &format!("{}/{{id}}", candidate.path)).filter(|_| is_listing)?;
        // A workspace goes by both, and its slug says more.
        let by_slug = reader.path.ends_with("slug}")
            || reader.path.ends_with("{workspace_id}")
            || argument.ends_with("_slug");
        Some(Listing {
            operation: candidate,
            id: if by_slug { "slug" } else { "id" },
        })
    })
}

/// The operation of this method at a path.
fn at(method: Method, path: &str) -> Option<&'static Operation> {
    operations().find(|candidate| candidate.method == method && same_shape(candidate.path, path))
}

/// The path without the words behind its last placeholder.
fn object(path: &str) -> &str {
    path.rfind('}')
        .map_or(path, |end| path.get(..=end).unwrap_or(path))
}

/// Paths are the same when they differ in the names of placeholders alone.
pub fn same_shape(a: &str, b: &str) -> bool {
    let mut a = a.split('/');
    let mut b = b.split('/');
    loop {
        match (a.next(), b.next()) {
            (None, None) => return true,
            (Some(x), Some(y)) if x == y || (x.starts_with('{') && y.starts_with('{')) => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str) -> Vec<&'static str> {
        listings(portkey_api::operation(name).unwrap())
    }

    #[test]
    fn ids_are_listed_by_the_collection_they_stand_in() {
        assert_eq!(of("get_user"), ["list_all_users"]);
        assert_eq!(
            of("get_workspace_member"),
            ["list_workspace_members", "list_workspaces"]
        );
        assert!(of("list_workspaces").is_empty());
    }

    #[test]
    fn what_is_removed_is_read_where_it_stands() {
        let reader = |name| reader(portkey_api::operation(name).unwrap()).unwrap();
        assert_eq!(reader("delete_user").declaration.name, "get_user");
        assert_eq!(reader("update_workspace").declaration.name, "get_workspace");
        assert_eq!(reader("rotate_api_key").declaration.name, "get_api_key");
    }
}
