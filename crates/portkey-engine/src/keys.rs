//! Which key a request is sent with, and whose it is.

mod fingerprint;
mod owner;

use portkey_api::Keys;
use portkey_client::{Client, SecretString};

pub use fingerprint::Fingerprint;
pub use owner::{Owner, Owners};

/// The key that calls are made with of what takes these `keys`.
pub fn key_for(client: &Client, keys: Keys) -> Option<&SecretString> {
    let settings = client.settings();
    let of_workspace = settings.workspace_api_key.as_ref();
    match keys {
        Keys::None => None,
        Keys::Workspace => of_workspace.or(settings.api_key.as_ref()),
        _ => settings.api_key.as_ref(),
    }
}

/// The organisation of the key of such calls, asked of Portkey unless it is known.
pub(crate) async fn belongs_to(owners: &Owners, client: &Client, keys: Keys) -> Option<String> {
    let owner = owners.find(client, key_for(client, keys)?).await;
    owner.organisation
}

/// The workspace that the key of such calls is bound to, asked of Portkey unless it is known.
pub(crate) async fn bound_to(owners: &Owners, client: &Client, keys: Keys) -> Option<String> {
    let owner = owners.find(client, key_for(client, keys)?).await;
    owner.workspace
}
