//! Which key a request is sent with, and whose it is.

mod account;
mod fingerprint;
mod owner;

use portkey_api::Keys;
use portkey_client::ReadClient;

pub use account::Account;
pub use fingerprint::Fingerprint;
pub use owner::{Owner, Owners};

/// The organisation of the key that calls of such operations are made with, asked of Portkey unless it is known.
pub(crate) async fn belongs_to(owners: &Owners, client: &ReadClient, keys: Keys) -> Option<String> {
    let owner = owners.find(client, keys).await;
    owner.organisation
}

/// The workspace that the key of such calls is bound to, asked of Portkey unless it is known.
pub(crate) async fn bound_to(owners: &Owners, client: &ReadClient, keys: Keys) -> Option<String> {
    let owner = owners.find(client, keys).await;
    owner.workspace
}
