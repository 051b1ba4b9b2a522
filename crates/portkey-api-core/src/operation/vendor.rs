//! What the frame asks of a vendor's crate.

use serde_json::Value;

use super::Operation;
use crate::problem::Problems;

/// A vendor whose operations are declared in a crate of its own.
///
/// The crate has one as `VENDOR` at its root, and the attributes put it into each declaration. Crates with tools made of
/// these operations import it at theirs.
#[derive(Debug, Clone, Copy)]
pub struct Vendor {
    /// The vendor's name, as messages use it.
    pub name: &'static str,
    /// Every domain, in the order documentation and `tools/list` show them.
    pub domains: fn() -> &'static [Domain],
    /// What is known of values beyond their schema, by the vendor's own marks on it.
    pub advice: fn(schema: &Value) -> Option<Advice>,
    /// The schema of what is inside a value, where the vendor's own marks on the value's schema say more than that does.
    pub inside: fn(schema: &Value) -> Option<&'static Value>,
    /// Visits the secrets that the vendor's own marks on a schema tell of, in a value that has the schema. `path` is the
    /// value's own.
    pub secrets: fn(schema: &Value, value: &mut Value, path: &str, visit: VisitSecret<'_>),
}

/// Is shown each secret with its path.
pub type VisitSecret<'a> = &'a mut dyn FnMut(&str, &mut Value);

/// What is known of a value beyond its schema: problems and notes are added, and the value is completed where the API
/// wants more than callers must know.
#[derive(Debug, Clone, Copy)]
pub enum Advice {
    /// Looks at the value alone. The text is the value's path.
    Value(fn(&mut Value, &str, &mut Problems)),
    /// Checks what is inside the value by another schema, for which the vendor is needed.
    Nested(fn(&Vendor, &mut Value, &str, &mut Problems)),
}

impl Vendor {
    /// A vendor of which nothing is known but the operations.
    pub const fn new(name: &'static str, domains: fn() -> &'static [Domain]) -> Self {
        Self {
            name,
            domains,
            advice: |_| None,
            inside: |_| None,
            secrets: |_, _, _, _| {},
        }
    }

    /// Every operation of every domain.
    pub fn operations(&self) -> impl Iterator<Item = &'static Operation> + use<> {
        (self.domains)().iter().flat_map(|domain| domain.operations)
    }

    /// The operation with this name.
    pub fn operation(&self, name: &str) -> Option<&'static Operation> {
        self.operations()
            .find(|operation| operation.declaration.name == name)
    }
}

/// A group of operations: one module of the vendor's crate, one toolset of a server.
#[derive(Debug, Clone, Copy)]
pub struct Domain {
    /// The module's path.
    pub module: &'static str,
    /// For people, such as `Workspaces`.
    pub title: &'static str,
    /// What else it may be called where domains are chosen, also together with others.
    pub aliases: &'static [&'static str],
    /// In the order the module lists them.
    pub operations: &'static [Operation],
}

impl Domain {
    /// The name of its file, such as `workspaces`.
    pub fn name(&self) -> &'static str {
        self.module.rsplit("::").next().unwrap_or(self.module)
    }
}

/// A module's table of contents, as `DOMAIN`. An endpoint left out of it is dead code, which the build reports.
/// `catalog! { "Title", also "name": … }` gives the domain another name.
#[macro_export]
macro_rules! catalog {
    ($title:literal $(, also $alias:literal)*: $($endpoint:ident),* $(,)?) => {
        /// What this module offers.
        pub const DOMAIN: $crate::Domain = $crate::Domain {
            module: module_path!(),
            title: $title,
            aliases: &[$($alias),*],
            operations: &[$($endpoint::OPERATION),*],
        };
    };
}
