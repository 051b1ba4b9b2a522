//! The embedded database: opening, sharing and querying it, and copies of it.

mod clock;
mod condition;
mod keys;
mod lock;
mod open;
mod plan;
mod queries;
mod read_lag;
mod row;
mod shared;
mod snapshots;

pub(crate) use clock::{now, put_clock_forward};
pub(crate) use condition::SqlCondition;
pub use keys::Keys;
pub(crate) use lock::lock;
pub use open::StartFailure;
pub(crate) use open::{blank, connect};
pub use plan::{Plan, UnknownPlan};
pub(crate) use queries::Queries;
pub(crate) use read_lag::ReadLag;
pub(crate) use row::{TableRow, row};
pub(crate) use shared::Store;
pub(crate) use snapshots::{Image, Snapshots};
