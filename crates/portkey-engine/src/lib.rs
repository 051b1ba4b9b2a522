//! Safe administration of Portkey as a library: policy, confirmation, dry runs, a journal with undo, an audit trail and
//! redaction around every call of the Admin API.
//!
//! A [`call::Caller`] calls the tools of a [`catalog::Catalog`]. The engine reads no environment variables, prints
//! nothing and installs nothing that is global to the process. The program around it passes in what it decides.

pub mod audit;
pub mod call;
pub mod catalog;
pub mod causes;
pub mod confirm;
pub mod database;
pub mod journal;
pub mod keys;
mod metrics;
pub mod policy;
pub mod private_file;
pub mod references;
pub mod secrets;
pub mod services;
mod sqlite_file;
pub mod state;
pub mod tokens;
#[cfg(test)]
mod toys;
pub mod untrusted;
mod weight;
pub mod wording;
pub mod workers;

pub use metrics::describe_metrics;

// The attributes expect the vendor of the toys at the root of the crate.
#[cfg(test)]
use toys::VENDOR;
