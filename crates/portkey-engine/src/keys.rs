//! API keys: which one a request is sent with, and who owns it.

mod account;
mod fingerprint;
mod owner;

pub use account::Account;
pub use fingerprint::Fingerprint;
pub use owner::{Owner, Owners};
