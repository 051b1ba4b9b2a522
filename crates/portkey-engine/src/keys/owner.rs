//! The organisation and the workspace of an API key. Portkey has no operation for that, but nearly every key may list
//! the API keys, and the list contains both.

use std::{sync::Arc, time::Duration};

use moka::future::Cache;
use portkey_api::{Paging, api_keys::ListApiKeys};
use portkey_api_core::{Edition, Keys, masked};
use portkey_client::{Error, ReadClient, SecretString, Settings};
use secrecy::ExposeSecret as _;
use serde::Deserialize;
use serde_json::Value;
use tokio::time::timeout;

use super::Account;

/// The organisation and the workspace of a key, as far as they are known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Owner {
    /// The id of the organisation.
    pub organisation: Option<String>,
    /// The id of the workspace that the key is bound to.
    pub workspace: Option<String>,
    /// Whether the key may list API keys.
    pub lists_keys: bool,
    /// What the list says of the key itself, if it names it.
    pub listed: Option<Arc<ListedKey>>,
}

/// What the list of API keys says of one of them. Its secret is not part of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ListedKey {
    /// Its name.
    pub name: Option<String>,
    /// Such as `organisation-service` or `workspace-user`.
    pub r#type: Option<String>,
    /// Such as `active` or `exhausted`.
    pub status: Option<String>,
    /// What it may do.
    pub scopes: Option<Vec<String>>,
    /// When it expires.
    pub expires_at: Option<String>,
}

/// A cache of the owners of keys. Clones share it.
#[derive(Debug, Clone)]
pub struct Owners {
    known: Cache<Account, Owner>,
}

/// The largest number of keys in the cache. More keys at the same time are a sign of abuse.
const MOST_KEYS: u64 = 10_000;
/// How long a call waits for the list of keys. A later call tries again.
const PATIENCE: Duration = Duration::from_secs(5);
/// The number of listed keys that are examined, which is all of them in most organisations.
const LOOKED_AT: u32 = 100;

impl Default for Owners {
    fn default() -> Self {
        Self {
            known: Cache::new(MOST_KEYS),
        }
    }
}

impl Owners {
    /// Returns the owner of the key for these `keys`, from the cache or by asking Portkey. It does not fail: what
    /// cannot be determined is left out.
    pub async fn find(&self, client: &ReadClient, keys: Keys) -> Owner {
        self.learn(client, keys).await.unwrap_or_default()
    }

    /// Like [`find`](Self::find), but `None` if Portkey gave no answer, so that a later call may tell more.
    pub async fn learn(&self, client: &ReadClient, keys: Keys) -> Option<Owner> {
        self.ask(client, keys).await.ok()
    }

    /// Like [`find`](Self::find), but says why Portkey gave no answer: it does not accept the key, or is out of reach.
    pub async fn ask(&self, client: &ReadClient, keys: Keys) -> Result<Owner, Arc<Error>> {
        let settings = client.settings();
        if settings.edition == Edition::PrismaAirs && keys == Keys::Workspace {
            // The list of keys takes no keys there.
            return Ok(Owner::of_tenant(settings));
        }
        let Some(key) = settings.credential_for(keys) else {
            return Ok(Owner::default());
        };
        let account = Account::of(client.settings(), keys);
        // Boxed, because the future of every call would be this large otherwise.
        let asking = Box::pin(self.known.try_get_with(account, ask(client, key)));
        let late = |_| Err(Arc::new(Error::Timeout { after: PATIENCE }));
        timeout(PATIENCE, asking).await.unwrap_or_else(late)
    }

    /// Returns the owner of the key for these `keys`, if it is in the cache.
    pub async fn recall(&self, client: &ReadClient, keys: Keys) -> Owner {
        let account = Account::of(client.settings(), keys);
        self.known.get(&account).await.unwrap_or_default()
    }
}

/// Asks Portkey for the owner. That a key may not list keys is cached like an answer; if there was no answer, or Portkey
/// does not know the key yet, a later call asks again.
async fn ask(client: &ReadClient, key: &SecretString) -> Result<Owner, Error> {
    let list = ListApiKeys {
        workspace_id: None,
        paging: Paging::first(LOOKED_AT),
        ids: None,
    };
    let settings = client.settings();
    let asked = if settings.edition == Edition::PrismaAirs {
        client.call(&list).await
    } else {
        client.with_key(key.clone()).call(&list).await
    };
    match asked {
        Ok(_) if settings.edition == Edition::PrismaAirs => Ok(Owner::of_tenant(settings)),
        Ok(answer) => Ok(read(&answer.value, &masked(key.expose_secret()))),
        Err(Error::Refused(refusal)) if matches!(refusal.status, 402..=405) => {
            Ok(Owner::of_tenant(settings))
        }
        Err(error) => Err(error),
    }
}

impl Owner {
    /// What is known without a list of keys: in Prisma AIRS the tenant, which is the organisation there.
    fn of_tenant(settings: &Settings) -> Self {
        Self {
            organisation: settings.tenant().map(str::to_owned),
            ..Self::default()
        }
    }
}

/// Reads the owner from the list. All listed keys belong to one organisation; the workspace is that of the key whose
/// masked form is `shown`.
fn read(list: &Value, shown: &str) -> Owner {
    let keys = list.get("data").and_then(Value::as_array);
    let keys = keys.map(Vec::as_slice).unwrap_or_default();
    let text = |key: &Value, name| Some(key.get(name)?.as_str()?.to_owned());
    let mut own = keys
        .iter()
        .filter(|key| text(key, "key").as_deref() == Some(shown));
    let own = match (own.next(), own.next()) {
        (Some(key), None) => Some(key),
        // The key is not listed, or two keys have the same masked form.
        _ => None,
    };
    let listed = own.and_then(|key| ListedKey::deserialize(key).ok());
    Owner {
        organisation: keys.iter().find_map(|key| text(key, "organisation_id")),
        workspace: own.and_then(|key| text(key, "workspace_id")),
        lists_keys: list.get("data").is_some_and(Value::is_array),
        listed: listed.map(Arc::new),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_workspace_is_that_of_the_key_itself() {
        let list = json!({ "data": [
            { "key": "aa*****111", "organisation_id": "org", "workspace_id": "other" },
            { "key": "ab*****xyz", "organisation_id": "org", "workspace_id": "own" },
        ] });
        let owner = read(&list, "ab*****xyz");
        assert_eq!(owner.organisation.as_deref(), Some("org"));
        assert_eq!(owner.workspace.as_deref(), Some("own"));
        assert!(owner.lists_keys);
    }

    #[test]
    fn the_list_says_what_the_key_itself_may_do() {
        let list = json!({ "data": [{
            "key": "ab*****xyz", "name": "CI", "type": "workspace-service", "status": "active",
            "scopes": ["logs.view"], "expires_at": null, "usage_limits": {}
        }] });
        let listed = read(&list, "ab*****xyz").listed.unwrap();
        assert_eq!(listed.r#type.as_deref(), Some("workspace-service"));
        assert_eq!(
            listed.scopes.as_deref(),
            Some(&["logs.view".to_owned()][..])
        );
        assert_eq!(listed.expires_at, None);
    }

    #[test]
    fn a_key_that_is_not_listed_or_looks_like_another_names_no_workspace() {
        let one = json!({ "key": "ab*****xyz", "organisation_id": "org", "workspace_id": "one" });
        let two = json!({ "key": "ab*****xyz", "organisation_id": "org", "workspace_id": "two" });
        let owner = read(&json!({ "data": [one, two] }), "ab*****xyz");
        assert_eq!(owner.workspace, None);
        assert_eq!(owner.organisation.as_deref(), Some("org"));
        assert_eq!(read(&json!({}), "ab*****xyz"), Owner::default());
    }
}
