//! Things that go wrong on purpose, so that clients can be tested for surviving them: rules that stand until they
//! are replaced, and headers for a single request.

mod connection;
mod ending;
mod layer;
mod rule;
mod standing;

pub(crate) use connection::{BreakableListener, ClientConnection};
pub(crate) use layer::intervene;
pub use rule::{BadRule, Rule};
pub(crate) use standing::{Faults, rules};
