//! API keys: which one a request is sent with, who owns it, and what Portkey shows of it.

mod account;
mod fingerprint;
mod identity;
mod owner;

pub use account::Account;
pub use fingerprint::Fingerprint;
pub use identity::{KeyIdentity, KeyType};
pub use owner::{ListedKey, Owner, Owners};
