//! Which key a request is sent with, and whose it is.

mod account;
mod fingerprint;
mod owner;

pub use account::Account;
pub use fingerprint::Fingerprint;
pub use owner::{Owner, Owners};
