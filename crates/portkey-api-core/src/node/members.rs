//! The members of an object by name.

use serde_json::Value;

use super::Node;
use crate::{marks::Marks, schema::keyword};

/// The nodes of the members that a schema describes, sorted by the length of the name and then by the name: most
/// comparisons of a search end at the length.
#[derive(Debug)]
pub(crate) struct Members(Box<[(&'static str, Node)]>);

impl Members {
    pub(super) fn compile(marks: &'static Marks, schema: &'static Value) -> Self {
        let members = keyword(schema, "properties").and_then(Value::as_object);
        let members = members.into_iter().flatten();
        let mut members: Vec<_> = members
            .map(|(name, inner)| (name.as_str(), Node::compile(marks, inner)))
            .collect();
        members.sort_unstable_by_key(|(name, _)| order(name));
        Self(members.into())
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Node> {
        let place = self
            .0
            .binary_search_by_key(&order(name), |(known, _)| order(known));
        Some(&self.0.get(place.ok()?)?.1)
    }

    pub(crate) fn contains(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn nodes(&self) -> impl Iterator<Item = &Node> {
        self.0.iter().map(|(_, node)| node)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&'static str, &Node)> {
        self.0.iter().map(|(name, node)| (*name, node))
    }
}

fn order(name: &str) -> (usize, &str) {
    (name.len(), name)
}
