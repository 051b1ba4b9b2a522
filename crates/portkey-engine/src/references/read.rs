//! What a search for references needs of the call that wants it.

use std::{collections::BTreeSet, sync::Arc};

use portkey_api_core::{JsonObject, Operation};
use serde_json::Value;

use crate::{catalog::Catalog, keys::Account};

/// Reads on behalf of a principal, within what their policy lets them see.
pub(crate) trait Read: Sync {
    /// Who reads: what was read for one reader may not be shown to another.
    fn reader(&self) -> Reader;

    /// The tools there are.
    fn catalog(&self) -> &Catalog;

    /// What an operation answers, a list as a whole; on failure, its kind in a few words.
    fn fetch(
        &self,
        operation: &'static Operation,
        arguments: JsonObject,
    ) -> impl Future<Output = Result<Value, &'static str>> + Send;

    /// Says how far the reading is.
    fn report(&self, done: u64, total: u64);
}

/// With whose eyes something was read.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Reader {
    /// Of which account.
    pub(crate) account: Account,
    /// On whose behalf.
    pub(crate) principal: Arc<str>,
    /// What they could see when it was read: the configuration, or their token, may change.
    pub(crate) rights: Rights,
}

/// All that decides what a principal can see. Principals with the same rights see the same.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Rights {
    /// The operations that they may call.
    pub(crate) operations: BTreeSet<&'static str>,
    /// The workspaces that they are limited to.
    pub(crate) workspaces: Vec<String>,
}
