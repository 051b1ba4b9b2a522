//! Finds which of several ids of a call Portkey does not know. Its answer says only that something was not found.

use portkey_api_core::{JsonObject, Operation};
use portkey_client::ErrorKind;

use super::{CallContext, Failure};
use crate::{
    catalog::Catalog,
    policy::{placeholders, references},
};

/// An argument whose object was not found, and the tool that lists valid ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Missing {
    /// The argument, such as `user_id`.
    pub argument: &'static str,
    /// The tool, such as `list_workspace_members`.
    pub listing: &'static str,
}

/// An object that a call names.
#[derive(Debug)]
struct Named {
    argument: &'static str,
    /// The operation that reads it by its id, if there is one.
    reader: Option<&'static Operation>,
    arguments: JsonObject,
    listing: Option<&'static Operation>,
}

impl CallContext<'_> {
    /// Adds to a "not found" failure which argument names the missing object, if that can be determined by reading the
    /// objects that the call names. Other failures are unchanged.
    pub(super) async fn name_missing(&self, arguments: &JsonObject, failure: Failure) -> Failure {
        let Failure::Upstream {
            operation,
            error,
            listings,
            ..
        } = failure
        else {
            return failure;
        };
        let missing = if error.kind() == ErrorKind::NotFound {
            self.missing(operation, arguments).await
        } else {
            None
        };
        Failure::Upstream {
            operation,
            error,
            missing,
            listings,
        }
    }

    async fn missing(
        &self,
        operation: &'static Operation,
        arguments: &JsonObject,
    ) -> Option<Missing> {
        let catalog = self.caller.catalog;
        let mut named = in_path(catalog, operation, arguments);
        match version(catalog, operation, arguments) {
            Some(version) => named.push(version),
            // The failed call already tried to reach the object at this path; reading it would fail alike.
            None => named.iter_mut().for_each(|one| {
                one.reader = one.reader.filter(|reader| reader.path != operation.path);
            }),
        }
        let referred = referred_to(catalog, operation, arguments);
        if named.len() + referred.len() < 2 {
            return None;
        }
        for one in named.iter().chain(&referred) {
            match self.is_there(one).await {
                Some(true) => {}
                Some(false) => return one.missing(),
                // An object without a reader must be the missing one if all others exist.
                None if one.reader.is_none() && referred.is_empty() => return one.missing(),
                None => return None,
            }
        }
        None
    }

    /// Whether the object exists, or `None` if that cannot be determined.
    async fn is_there(&self, named: &Named) -> Option<bool> {
        match self.read(named.reader?, named.arguments.clone()).await {
            Ok(_) => Some(true),
            Err(Failure::Upstream { error, .. }) if error.kind() == ErrorKind::NotFound => {
                Some(false)
            }
            Err(_) => None,
        }
    }
}

impl Named {
    fn missing(&self) -> Option<Missing> {
        Some(Missing {
            argument: self.argument,
            listing: self.listing?.declaration.name,
        })
    }
}

/// The objects that the path names, the outermost first.
fn in_path(catalog: &Catalog, operation: &Operation, arguments: &JsonObject) -> Vec<Named> {
    let names = placeholders(operation.path);
    let ends = operation.path.match_indices('}').map(|(at, _)| at + 1);
    let found = names
        .iter()
        .zip(ends)
        .enumerate()
        .filter_map(|(at, (argument, end))| {
            let path = operation.path.get(..end)?;
            let (inside, _) = path.rsplit_once('/')?;
            let reader = catalog.object_at(path);
            Some(Named {
                argument,
                reader,
                arguments: reader
                    .map(|reader| {
                        let values = names
                            .iter()
                            .take(at + 1)
                            .map(|name| arguments.get(*name).cloned());
                        let read = placeholders(reader.path).into_iter().map(str::to_owned);
                        read.zip(values.map(Option::unwrap_or_default)).collect()
                    })
                    .unwrap_or_default(),
                listing: Some(catalog.listing_at(inside)?),
            })
        });
    found.collect()
}

/// The version that the call asks for, of the object in the path.
fn version(catalog: &Catalog, operation: &Operation, arguments: &JsonObject) -> Option<Named> {
    const VERSION: &str = "version";
    arguments.get(VERSION)?;
    let argument = operation.declaration.argument(VERSION)?.name;
    let end = operation.path.rfind('}')? + 1;
    let object = operation.path.get(..end)?;
    Some(Named {
        argument,
        reader: None,
        arguments: JsonObject::new(),
        listing: Some(catalog.listing_at(&format!("{object}/versions"))?),
    })
}

/// The objects that arguments outside the path refer to.
fn referred_to(catalog: &Catalog, operation: &Operation, arguments: &JsonObject) -> Vec<Named> {
    let declared = |name: &str| operation.declaration.argument(name).map(|one| one.name);
    let in_path = placeholders(operation.path);
    let referred = references(operation, arguments).into_iter();
    let referred = referred.filter_map(|reference| {
        let argument = declared(reference.name).filter(|name| !in_path.contains(name))?;
        let workspace = reference
            .workspace()
            .and_then(|name| arguments.get(name)?.as_str());
        Some(Named {
            argument,
            reader: Some(reference.reader),
            arguments: reference.arguments(workspace),
            listing: catalog
                .collection(reference.reader)
                .map(|(listing, _)| listing),
        })
    });
    referred.collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        call::testing::{Bench, arguments, not_found},
        catalog::operations_alone,
    };

    /// The argument and the listing of each object that a call names, in the order in which they are checked.
    fn named(tool: &str, arguments: &serde_json::Value) -> Vec<(&'static str, &'static str)> {
        let catalog = operations_alone();
        let operation = catalog.operation(tool).unwrap();
        let arguments = arguments.as_object().unwrap();
        let mut named = in_path(catalog, operation, arguments);
        named.extend(version(catalog, operation, arguments));
        named.extend(referred_to(catalog, operation, arguments));
        let missing = named.iter().filter_map(Named::missing);
        missing
            .map(|missing| (missing.argument, missing.listing))
            .collect()
    }

    #[test]
    fn each_id_of_a_call_has_the_list_that_it_stands_in() {
        assert_eq!(
            named(
                "publish_prompt",
                &json!({ "prompt_id": "p", "version": 99 })
            ),
            [
                ("prompt_id", "list_prompts"),
                ("version", "list_prompt_versions")
            ]
        );
        assert_eq!(
            named("get_prompt", &json!({ "prompt_id": "p", "version": "9" })),
            [
                ("prompt_id", "list_prompts"),
                ("version", "list_prompt_versions")
            ]
        );
        assert_eq!(
            named(
                "get_prompt_version",
                &json!({ "prompt_id": "p", "version_id": "v" })
            ),
            [
                ("prompt_id", "list_prompts"),
                ("version_id", "list_prompt_versions")
            ]
        );
        assert_eq!(
            named(
                "remove_workspace_member",
                &json!({ "workspace_id": "w", "user_id": "u" })
            ),
            [
                ("workspace_id", "list_workspaces"),
                ("user_id", "list_workspace_members")
            ]
        );
        assert_eq!(
            named(
                "reset_usage_limit_entity",
                &json!({ "limit_id": "l", "entity_id": "e" })
            ),
            [
                ("limit_id", "list_usage_limits"),
                ("entity_id", "list_usage_limit_entities")
            ]
        );
        assert_eq!(
            named(
                "update_prompt",
                &json!({ "prompt_id": "p", "collection_id": "c" })
            ),
            [
                ("prompt_id", "list_prompts"),
                ("collection_id", "list_collections")
            ]
        );
    }

    /// Every call that names several objects can report which of them is missing.
    #[test]
    fn every_placeholder_behind_another_has_a_listing() {
        let catalog = operations_alone();
        for operation in catalog.operations() {
            let names = placeholders(operation.path);
            let arguments = names
                .iter()
                .map(|name| ((*name).to_owned(), json!("x")))
                .collect();
            let found = in_path(catalog, operation, &arguments);
            let is_fixed = ["provider", "type"].iter().any(|name| names.contains(name));
            assert!(
                names.len() < 2 || is_fixed || found.len() == names.len(),
                "{}: {:?}",
                operation.declaration.name,
                found.iter().map(Named::missing).collect::<Vec<_>>()
            );
        }
    }

    #[tokio::test]
    async fn the_unknown_one_of_two_ids_is_named() {
        const USER: &str = "72b0169f-7fdb-4192-89e8-8c25d688c35a";
        let bench = Bench::of(operations_alone()).await;
        let member = format!("/admin/workspaces/w/users/{USER}");
        let there = json!({ "id": "w", "slug": "w", "name": "n" });
        bench
            .answers("GET", "/admin/workspaces/w", 200, there)
            .await;
        bench.answers("GET", &member, 404, not_found()).await;
        bench.answers("DELETE", &member, 404, not_found()).await;
        let given = arguments(json!({ "workspace_id": "w", "user_id": USER }));
        let remove = bench.operation("remove_workspace_member");
        let outcome = bench.context().operate(remove, given).await;
        let Err(Failure::Upstream { missing, .. }) = outcome else {
            panic!("{outcome:?}");
        };
        assert_eq!(missing.unwrap().argument, "user_id");
    }
}
