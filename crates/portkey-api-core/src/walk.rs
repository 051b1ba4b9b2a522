//! Walks along a compiled schema and a value at the same time. Parsing arguments, checking them, normalising answers and
//! masking secrets all use this walk.

use serde_json::Value;

use crate::{
    node::{Node, Tasks},
    path::Path,
};

/// Visits `value` and then everything inside it that the schema describes, as far as there is something to do for
/// `tasks`. The walk enters the value as the visit changed it.
pub(crate) fn walk(
    node: &Node,
    value: &mut Value,
    path: &Path<'_>,
    tasks: Tasks,
    visit: &mut impl FnMut(&Node, &mut Value, &Path<'_>),
) {
    if !node.concerns(tasks) {
        return;
    }
    if node.tasks.intersects(tasks) {
        visit(node, value, path);
    }
    each_part(node, value, path, |node, value, path| {
        walk(node, value, path, tasks, visit);
    });
}

/// Visits the members or entries of `value` that the schema describes.
pub(crate) fn each_part(
    node: &Node,
    value: &mut Value,
    path: &Path<'_>,
    mut visit: impl FnMut(&Node, &mut Value, &Path<'_>),
) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                if let Some(inner) = node.member(name) {
                    visit(inner, member, &path.member(name));
                }
            }
        }
        Value::Array(items) => {
            if let Some(inner) = node.items.as_deref() {
                for (index, item) in items.iter_mut().enumerate() {
                    visit(inner, item, &path.entry(index));
                }
            }
        }
        _ => {}
    }
}
