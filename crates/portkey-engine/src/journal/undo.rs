//! How a change is taken back: by which operation, with which arguments, and what does not come back.
//!
//! Nearly all of it follows from the declarations: an update is taken back by itself with the values there were
//! before, a creation by the delete of what was made, a delete by creating the like again. What does not follow is
//! declared on the operation by its option `undo`.

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

/// What takes a change back.
#[derive(Debug, Clone)]
pub struct Plan {
    /// What is to be called.
    pub operation: &'static Operation,
    /// With what.
    pub arguments: JsonObject,
    /// What does not come back all the same, a sentence each.
    pub lost: Vec<String>,
}

impl Plan {
    /// A call that brings everything back.
    fn new(operation: &'static Operation, arguments: JsonObject) -> Self {
        Self {
            operation,
            arguments,
            lost: Vec::new(),
        }
    }
}

/// A change cannot be taken back. Nothing was done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Irreversible(pub String);

/// What takes this change back.
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

/// Whether what is made again is told which id it has, as members of a workspace are.
fn keeps_id(operation: &Operation, by: &Operation) -> bool {
    let key = key(operation);
    key.ends_with("_id") && by.declaration.argument(key).is_some()
}

/// The argument that ends the path of an operation on one object.
fn key(operation: &Operation) -> &'static str {
    let last = operation.path.rsplit('/').next().unwrap_or_default();
    last.trim_start_matches('{').trim_end_matches('}')
}

fn before(change: &Change) -> Result<&Value, Irreversible> {
    change.before.as_ref().ok_or_else(|| {
        Irreversible("what it was before could not be read when it was changed".to_owned())
    })
}

/// Takes away what was made.
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

/// Writes back what there was.
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

/// Whether what an operation changes is a list of which it switches entries.
fn is_list(catalog: &Catalog, operation: &Operation) -> bool {
    let list = || catalog.collection(operation).map(|(list, _)| list);
    let reader = catalog.reader(operation).or_else(list);
    reader.is_some_and(|reader| reader.declaration.answers_page())
}

/// What a plan would overwrite that is no longer what the change left: fields, or entries of a list.
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

/// Publishes the version again that was published.
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
