//! The interface between a search for references and the call that needs it.

use std::{collections::BTreeSet, sync::Arc};

use portkey_api_core::{Edition, JsonObject, Operation};
use serde_json::Value;

use crate::{catalog::Catalog, keys::Account};

/// Reads on behalf of a principal, within the limits of their policy.
pub(crate) trait Read: Sync {
    /// The reader, as the cache key: a crawl for one reader may not be shown to another.
    fn reader(&self) -> Reader;

    /// The catalog whose operations are read.
    fn catalog(&self) -> &Catalog;

    /// The edition that is read.
    fn edition(&self) -> Edition;

    /// Returns the answer of an operation, with all pages of a list. The error is the kind of the failure in a few
    /// words.
    fn fetch(
        &self,
        operation: &'static Operation,
        arguments: JsonObject,
    ) -> impl Future<Output = Result<Value, &'static str>> + Send;

    /// Reports that `done` of `total` reads are done.
    fn report(&self, done: u64, total: u64);
}

/// The kind of the failure when Portkey refuses the arguments of a call.
pub(crate) const INVALID: &str = "invalid";

/// The account, principal and rights that something was read with.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Reader {
    /// The account that was read.
    pub(crate) account: Account,
    /// The name of the principal.
    pub(crate) principal: Arc<str>,
    /// The rights at the time of the read. They can change with the configuration or the token.
    pub(crate) rights: Rights,
}

/// Everything that decides what a principal can read. Principals of one account with equal rights can read the same.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Rights {
    /// The names of the operations that the principal may call.
    pub(crate) operations: BTreeSet<&'static str>,
    /// The workspaces that the principal is limited to, one entry per rule.
    pub(crate) workspaces: Vec<String>,
}

#[cfg(test)]
impl Reader {
    /// Returns the reader of a test, who may read nothing yet.
    pub(crate) fn sample() -> Self {
        Self {
            account: Account {
                portkey: String::new(),
                key: None,
            },
            principal: "ada".into(),
            rights: Rights {
                operations: [].into(),
                workspaces: Vec::new(),
            },
        }
    }
}
