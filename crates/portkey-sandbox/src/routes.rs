//! The table of which handler answers which operation.

use std::collections::BTreeMap;

use portkey_api::{Base, Endpoint, Operation};
use rusqlite::Connection;

use crate::wire::{Answer, Call, Refusal};

/// The function that answers one operation. It runs inside a transaction, which a refusal rolls back.
pub(crate) type Handler = fn(&Call, &Connection) -> Result<Answer, Refusal>;

/// Which handler answers which operation. Each domain adds its own.
#[derive(Default)]
pub(crate) struct Routes {
    routes: BTreeMap<Address, Route>,
}

/// Method and path, the latter with `{}` for each parameter.
pub(crate) type Address = (&'static str, String);

/// An operation with its handler.
#[derive(Clone, Copy)]
pub(crate) struct Route {
    pub(crate) operation: &'static Operation,
    pub(crate) handler: Handler,
}

impl Routes {
    /// Answers the operation `E` by `handler`.
    pub(crate) fn on<E: Endpoint>(mut self, handler: Handler) -> Self {
        let operation = &const { E::OPERATION };
        let route = Route { operation, handler };
        self.routes.insert(address(operation), route);
        self
    }

    /// Whether this operation is answered.
    pub(crate) fn answer(&self, operation: &Operation) -> bool {
        self.routes.contains_key(&address(operation))
    }
}

impl IntoIterator for Routes {
    type Item = (Address, Route);
    type IntoIter = std::collections::btree_map::IntoIter<Address, Route>;

    fn into_iter(self) -> Self::IntoIter {
        self.routes.into_iter()
    }
}

fn address(operation: &Operation) -> Address {
    let prefix = match operation.base {
        Base::Control | Base::Gateway => "/v1",
        Base::V2 => "/v2",
        Base::AirsControl => "/ai_gw/v2",
        Base::AirsAdmin => "/ai_gw/admin/v2",
        Base::McpRegistry => "/v0.1",
        Base::Public => "",
    };
    (operation.method.as_str(), pattern(prefix, operation.path))
}

pub(crate) fn pattern(prefix: &str, path: &str) -> String {
    let segments = path.split('/').map(|segment| {
        if segment.starts_with('{') {
            "{}"
        } else {
            segment
        }
    });
    format!("{prefix}{}", segments.collect::<Vec<_>>().join("/"))
}
