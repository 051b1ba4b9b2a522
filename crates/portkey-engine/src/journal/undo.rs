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

pub(crate) use fit::fitted;
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
    let mut arguments = by.path_arguments(&change.arguments);
    for argument in by.declaration.arguments {
        let name = argument.name;
        if name == "workspace_id"
            && let Some(workspace) = change.arguments.get(name)
        {
            arguments.insert(name.to_owned(), workspace.clone());
        }
    }
    let key = key(by);
    let id = [key, "id", "slug"].iter().find_map(|name| made.get(name));
    let id = id
        .or_else(|| change.arguments.get(key))
        .filter(|id| id.is_string());
    let id =
        id.ok_or_else(|| Irreversible("the answer named no id of what was made".to_owned()))?;
    arguments.insert(key.to_owned(), id.clone());
    Ok(Plan::new(by, arguments))
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
