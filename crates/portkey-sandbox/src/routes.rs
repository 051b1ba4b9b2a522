//! The table of which handler answers which operation.

use std::collections::BTreeMap;

use portkey_api::{Base, Edition, Endpoint, Operation, Presence};
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
        self.routes
            .insert(address(operation, Edition::Classic), route);
        self
    }

    /// Whether this operation is answered.
    pub(crate) fn answer(&self, operation: &Operation) -> bool {
        self.routes
            .contains_key(&address(operation, Edition::Classic))
    }

    /// The paths at which an edition serves operations, with what answers there.
    pub(crate) fn served_by(self, edition: Edition) -> impl Iterator<Item = (String, Route)> {
        let served = self
            .routes
            .into_values()
            .filter(move |route| route.operation.declaration.presence(edition) == Presence::Served);
        served.map(move |route| {
            let (_, path) = address(route.operation, edition);
            (path, route)
        })
    }
}

fn address(operation: &Operation, edition: Edition) -> Address {
    let (base, path) = operation.place(edition);
    let prefix = match base {
        Base::Control | Base::Gateway => "/v1",
        Base::V2 => "/v2",
        Base::AirsControl => "/ai_gw/v2",
        Base::AirsAdmin => "/ai_gw/admin/v2",
        Base::McpRegistry => "/v0.1",
        Base::Public => "",
    };
    (operation.method.as_str(), pattern(prefix, path))
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
