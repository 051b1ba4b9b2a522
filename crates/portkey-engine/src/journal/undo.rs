//! How a change is undone: by which operation, with which arguments, and what cannot be restored.
//!
//! Most of it follows from the declarations: an update is undone by the same operation with the earlier values, a
//! creation by the operation that deletes, a deletion by creating a similar object. What does not follow from them is
//! declared on the operation, by its option `undo`.

mod fit;
mod list;
mod object;
mod strategy;

use portkey_api_core::{JsonObject, Operation};
use serde_json::Value;

use super::{Change, Ending};
use crate::catalog::Catalog;

pub(crate) use fit::{at, fitted, has_mask};
pub(crate) use strategy::remover;
pub use strategy::{UndoStrategy, strategy};

/// The call that undoes a change.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The operation to call.
    pub operation: &'static Operation,
    /// The arguments of the call.
    pub arguments: JsonObject,
    /// What the call does not restore, one sentence each.
    pub lost: Vec<String>,
}

impl Plan {
    /// A call that restores everything.
    fn new(operation: &'static Operation, arguments: JsonObject) -> Self {
        Self {
            operation,
            arguments,
            lost: Vec::new(),
        }
    }
}

/// A change cannot be undone, for this reason. Nothing was done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Irreversible(pub String);

/// Returns the call that undoes a change.
pub fn plan(catalog: &Catalog, change: &Change) -> Result<Plan, Irreversible> {
    if change.outcome == Ending::Failed {
        return Err(Irreversible(
            "it failed, so there is nothing to undo".to_owned(),
        ));
    }
    let operation = change.operation(catalog).ok_or_else(|| {
        Irreversible(format!("`{}` is no operation of this version", change.tool))
    })?;
    match strategy(catalog, operation) {
        UndoStrategy::Never(reason) => Err(Irreversible(reason.to_owned())),
        UndoStrategy::Remove { by } => removal(change, by),
        UndoStrategy::Restore { by } => restoration(catalog, change, operation, by),
        UndoStrategy::Republish => republication(change, operation),
        UndoStrategy::Recreate { by, lost } => {
            let mut plan = object::recreation(change, operation, by, before(change)?)?;
            if !keeps_id(operation, by) {
                plan.lost
                    .insert(0, "its id: what is made again has a new one".to_owned());
            }
            plan.lost.extend(lost.map(str::to_owned));
            Ok(plan)
        }
    }
}

/// Whether the caller chooses the id of a new object, as with members of a workspace, so that a recreated object has
/// the old id.
fn keeps_id(operation: &Operation, by: &Operation) -> bool {
    let key = key(operation);
    key.ends_with("_id") && by.declaration.argument(key).is_some()
}

/// Returns the name of the argument that ends the path of an operation on one object.
fn key(operation: &Operation) -> &'static str {
    let last = operation.path.rsplit('/').next().unwrap_or_default();
    last.trim_start_matches('{').trim_end_matches('}')
}

fn before(change: &Change) -> Result<&Value, Irreversible> {
    change.before.as_ref().ok_or_else(|| {
        Irreversible("what it was before could not be read when it was changed".to_owned())
    })
}

/// Plans to remove what the change created.
fn removal(change: &Change, by: &'static Operation) -> Result<Plan, Irreversible> {
    let made = change.after.as_ref().ok_or_else(|| {
        Irreversible("nobody knows the id of what was made; look for it and remove it".to_owned())
    })?;
    let arguments = naming_made(by, &change.arguments, made);
    let arguments = arguments
        .ok_or_else(|| Irreversible("the answer named no id of what was made".to_owned()))?;
    Ok(Plan::new(by, arguments))
}

/// Returns the arguments with which `by` is about the object that a call with these arguments has made, given the
/// answer of that call. `None` if nothing names the object.
pub(crate) fn naming_made(
    by: &Operation,
    arguments: &JsonObject,
    made: &Value,
) -> Option<JsonObject> {
    let mut naming = by.path_arguments(arguments);
    for argument in by.declaration.arguments {
        let name = argument.name;
        if name == "workspace_id"
            && let Some(workspace) = arguments.get(name)
        {
            naming.insert(name.to_owned(), workspace.clone());
        }
    }
    let key = key(by);
    let id = [key, "id", "slug"].iter().find_map(|name| made.get(name));
    let id = id
        .or_else(|| arguments.get(key))
        .filter(|id| id.is_string())?;
    naming.insert(key.to_owned(), id.clone());
    Some(naming)
}

/// Plans to write the earlier values.
fn restoration(
    catalog: &Catalog,
    change: &Change,
    operation: &'static Operation,
    by: &'static Operation,
) -> Result<Plan, Irreversible> {
    let before = before(change)?;
    if is_list(catalog, operation) {
        list::restoration(change, operation, by, before)
    } else {
        object::restoration(change, operation, by, before)
    }
}

/// Whether the operation changes a list by adding and removing entries.
fn is_list(catalog: &Catalog, operation: &Operation) -> bool {
    let list = || catalog.collection(operation).map(|(list, _)| list);
    let reader = catalog.reader(operation).or_else(list);
    reader.is_some_and(|reader| reader.declaration.answers_page())
}

/// Returns the names of the fields, or list entries, that have changed since the change and that the plan would
/// overwrite.
pub fn drifted(
    catalog: &Catalog,
    plan: &Plan,
    operation: &Operation,
    left: &Value,
    now: &Value,
) -> Vec<String> {
    if is_list(catalog, operation) {
        list::drifted(plan, left, now)
    } else {
        object::drifted(plan, left, now)
    }
}

/// Plans to publish the version that was published before.
fn republication(change: &Change, operation: &'static Operation) -> Result<Plan, Irreversible> {
    let before = before(change)?;
    let version = ["prompt_version", "version"]
        .iter()
        .find_map(|name| before.get(name));
    let version = version
        .ok_or_else(|| Irreversible("the version that was published is not known".to_owned()))?;
    let mut arguments = operation.path_arguments(&change.arguments);
    arguments.insert("version".to_owned(), version.clone());
    Ok(Plan::new(operation, arguments))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::toys;

    fn change(tool: &str, arguments: Value) -> Change {
        let Value::Object(arguments) = arguments else {
            panic!("{arguments} are no arguments")
        };
        Change {
            arguments,
            before: Some(json!({ "id": "t1", "name": "Bear" })),
            after: Some(json!({ "id": "t1" })),
            ..Change::sample(tool)
        }
    }

    fn planned(change: &Change) -> (&'static str, Value, Vec<String>) {
        let plan = plan(toys::catalog(), change).unwrap();
        let arguments = plan.arguments.into();
        (plan.operation.declaration.name, arguments, plan.lost)
    }

    fn refused(change: &Change) -> String {
        plan(toys::catalog(), change).unwrap_err().to_string()
    }

    #[test]
    fn each_change_is_taken_back_by_its_opposite() {
        let update = change("update_toy", json!({ "toy_id": "t1", "name": "Ox" }));
        let back = json!({ "toy_id": "t1", "name": "Bear" });
        assert_eq!(planned(&update), ("update_toy", back, Vec::new()));
        let create = change("create_toy", json!({ "name": "Ox" }));
        let back = json!({ "toy_id": "t1" });
        assert_eq!(planned(&create), ("delete_toy", back, Vec::new()));
        let delete = change("delete_toy", json!({ "toy_id": "t1" }));
        let (tool, back, lost) = planned(&delete);
        assert_eq!((tool, back), ("create_toy", json!({ "name": "Bear" })));
        assert_eq!(lost, ["its id: what is made again has a new one"]);
    }

    #[test]
    fn what_cannot_be_taken_back_says_why() {
        let update = || change("update_toy", json!({ "toy_id": "t1", "name": "Ox" }));
        let failed = Change {
            outcome: Ending::Failed,
            ..update()
        };
        assert_eq!(refused(&failed), "it failed, so there is nothing to undo");
        let unseen = Change {
            before: None,
            ..update()
        };
        assert_eq!(
            refused(&unseen),
            "what it was before could not be read when it was changed"
        );
        let unknown = change("squeeze_toy", json!({}));
        assert_eq!(
            refused(&unknown),
            "`squeeze_toy` is no operation of this version"
        );
        let wound = change("wind_toy", json!({ "toy_id": "t1" }));
        assert_eq!(
            refused(&wound),
            "it leaves nothing that could be taken back"
        );
    }

    #[test]
    fn what_was_made_is_only_removed_where_its_id_is_known() {
        let create = || change("create_toy", json!({ "name": "Ox" }));
        let unanswered = Change {
            after: None,
            outcome: Ending::Unknown,
            ..create()
        };
        let told = refused(&unanswered);
        assert!(told.contains("look for it and remove it"), "{told}");
        for answer in [json!({}), json!({ "id": 7 }), json!("t1")] {
            let nameless = Change {
                after: Some(answer),
                ..create()
            };
            assert_eq!(
                refused(&nameless),
                "the answer named no id of what was made"
            );
        }
    }

    #[test]
    fn the_version_that_was_published_is_published_again() {
        let prompts = crate::catalog::operations_alone();
        let arguments = json!({ "prompt_id": "p-1", "version": 7 });
        let published = |before: Value| Change {
            before: Some(before),
            ..change("publish_prompt", arguments.clone())
        };
        let back = plan(prompts, &published(json!({ "prompt_version": 4 }))).unwrap();
        let wanted = json!({ "prompt_id": "p-1", "version": 4 });
        assert_eq!(Value::from(back.arguments), wanted);
        let unknown = plan(prompts, &published(json!({ "name": "Greeting" })));
        let told = unknown.unwrap_err().to_string();
        assert_eq!(told, "the version that was published is not known");
    }
}
