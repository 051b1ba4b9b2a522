//! A JSON Schema and what is compiled from it.

use std::sync::OnceLock;

use serde_json::Value;

use crate::{marks::Marks, node::Node};

/// A JSON Schema together with the nodes that walks along values follow. Both are made when they are first used.
#[derive(Debug)]
pub struct CompiledSchema {
    marks: &'static Marks,
    make: fn() -> Value,
    json: OnceLock<Value>,
    root: OnceLock<Node>,
}

impl CompiledSchema {
    /// Returns a schema that `make` generates. The vendor's own marks in it are compiled, too.
    pub const fn new(marks: &'static Marks, make: fn() -> Value) -> Self {
        Self {
            marks,
            make,
            json: OnceLock::new(),
            root: OnceLock::new(),
        }
    }

    /// Returns the JSON Schema, with internal `x-` marks.
    pub fn json(&'static self) -> &'static Value {
        self.json.get_or_init(self.make)
    }

    /// Returns the compiled form.
    pub fn root(&'static self) -> &'static Node {
        self.root
            .get_or_init(|| Node::compile(self.marks, self.json()))
    }
}
