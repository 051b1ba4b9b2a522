//! What this crate requires from a vendor's crate.

use serde_json::Value;

use super::{Declaration, Operation};
use crate::marks::Marks;

/// A vendor whose operations are declared in a separate crate.
///
/// That crate has a `VENDOR` at its root, and the attributes add it to each declaration. Crates whose tools are
/// composed of these operations import it at their root.
#[derive(Debug, Clone, Copy)]
pub struct Vendor {
    /// The vendor's name, as messages use it.
    pub name: &'static str,
    /// Returns every domain, in the order of the documentation and of `tools/list`.
    pub domains: fn() -> &'static [Domain],
    /// What is known about values beyond their schemas, by the vendor's own marks.
    pub marks: Marks,
    /// Returns the schema for the content of a value, if the vendor's own marks are more specific than its schema.
    pub inside: fn(schema: &Value) -> Option<&'static Value>,
}

impl Vendor {
    /// Returns a vendor for whose values nothing is known beyond their schemas.
    pub const fn new(name: &'static str, domains: fn() -> &'static [Domain]) -> Self {
        Self {
            name,
            domains,
            marks: Marks::NONE,
            inside: |_| None,
        }
    }

    /// Returns every operation of every domain.
    pub fn operations(&self) -> impl Iterator<Item = &'static Operation> + use<> {
        (self.domains)().iter().flat_map(|domain| domain.operations)
    }

    /// Returns the operation with this name.
    pub fn operation(&self, name: &str) -> Option<&'static Operation> {
        self.operations()
            .find(|operation| operation.declaration.name == name)
    }
}

/// A group of operations, which is a module of the vendor's crate and a toolset of a server.
#[derive(Debug, Clone, Copy)]
pub struct Domain {
    /// The path of the module.
    pub module: &'static str,
    /// The title for people, such as `Workspaces`.
    pub title: &'static str,
    /// Other names for the selection of domains. Several domains may share one.
    pub aliases: &'static [&'static str],
    /// The operations in the order in which the module lists them.
    pub operations: &'static [Operation],
}

impl Domain {
    /// Returns the name of the module's file, such as `workspaces`.
    pub fn name(&self) -> &'static str {
        self.module.rsplit("::").next().unwrap_or(self.module)
    }

    /// Whether the operation of this declaration is in the domain.
    pub(crate) fn holds(&self, declaration: &Declaration) -> bool {
        let mut operations = self.operations.iter();
        operations.any(|operation| operation.declaration.name == declaration.name)
    }
}

/// Declares the operations of a module as `DOMAIN`. An endpoint that is missing here is dead code, which the build
/// reports. `catalog! { "Title", also "name": … }` gives the domain another name.
#[macro_export]
macro_rules! catalog {
    ($title:literal $(, also $alias:literal)*: $($endpoint:ident),* $(,)?) => {
        /// The operations of this module.
        pub const DOMAIN: $crate::Domain = $crate::Domain {
            module: module_path!(),
            title: $title,
            aliases: &[$($alias),*],
            operations: &[$($endpoint::OPERATION),*],
        };
    };
}
