//! A sandbox of Portkey in one process: the Admin API of one believable organisation, kept in embedded SQLite.
//!
//! [`Sandbox::start`] listens on loopback. What a request needs (its route, its scopes, its kind of key) comes
//! from the declarations of `portkey-api`; what it does is a function in the file of its domain; what it answers
//! has the vendor's own shapes, oddities included, or the sandbox would prove nothing about its clients.

mod controls;
mod domains;
mod faults;
mod identity;
mod records;
mod routes;
mod rules;
mod sandbox;
mod seed;
mod service;
mod state;
mod store;
mod tokens;
mod wire;

pub use faults::{BadRule, Rule};
pub use sandbox::{Options, Sandbox};
pub use seed::Seed;
pub use store::{Keys, Plan, StartFailure, UnknownPlan};
pub use tokens::{SANDBOX_CLIENT, SANDBOX_TENANT};

/// The names of the operations that the sandbox answers.
pub fn answers() -> Vec<&'static str> {
    let routes = domains::routes();
    portkey_api::operations()
        .filter(|operation| routes.answer(operation))
        .map(|operation| operation.declaration.name)
        .collect()
}
