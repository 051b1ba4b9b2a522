use crate::{DOMAINS, Operation};

/// A group of operations: one file of this crate, one toolset of the server.
#[derive(Debug, Clone, Copy)]
pub struct Domain {
    pub(crate) module: &'static str,
    /// For people, such as `Workspaces`.
    pub title: &'static str,
    /// In the order the file lists them.
    pub operations: &'static [Operation],
}

impl Domain {
    /// The name of its file, such as `workspaces`.
    pub fn name(&self) -> &'static str {
        self.module.rsplit("::").next().unwrap_or(self.module)
    }
}

/// Every operation of every domain.
pub fn operations() -> impl Iterator<Item = &'static Operation> {
    DOMAINS.iter().flat_map(|domain| domain.operations)
}

/// The operation with this name.
pub fn operation(name: &str) -> Option<&'static Operation> {
    operations().find(|operation| operation.declaration.name == name)
}

/// A file's table of contents. An endpoint left out of it is dead code, which the build reports.
macro_rules! catalog {
    ($title:literal: $($endpoint:ident),* $(,)?) => {
        /// What this module offers.
        pub const DOMAIN: $crate::Domain = $crate::Domain {
            module: module_path!(),
            title: $title,
            operations: &[$($endpoint::OPERATION),*],
        };
    };
}
pub(crate) use catalog;
