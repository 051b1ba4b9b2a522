//! A Portkey organisation by the name its operator gave it, and the key that reaches it.

use std::fmt;

use portkey_client::SecretString;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::call::Caller;

/// Where calls go, and as whom.
#[derive(Debug, Clone)]
pub struct Profile {
    name: String,
    caller: Caller,
    key: Option<Fingerprint>,
    /// Whose organisation it is, where the operator says so.
    organisation: Option<String>,
}

impl Profile {
    /// The name of the one that is meant where none is named.
    pub const DEFAULT: &'static str = "default";

    /// What `caller` reaches, under a name.
    pub fn new(name: impl Into<String>, caller: Caller, organisation: Option<String>) -> Self {
        let key = caller.client().settings().api_key.as_ref();
        Self {
            name: name.into(),
            key: key.map(Fingerprint::of),
            organisation,
            caller,
        }
    }

    /// The same Portkey with the caller's own key, on the same connections.
    #[must_use]
    pub fn with_key(&self, key: SecretString) -> Self {
        let client = self.caller.client().with_key(key);
        Self::new(self.name.clone(), self.caller.through(client), None)
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether calls can be made without a key of the caller's own.
    pub fn has_key(&self) -> bool {
        self.key.is_some()
    }

    /// Makes calls to it.
    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    /// What every result says of where it comes from.
    pub fn told(&self, workspace: Option<&str>) -> Value {
        json!({
            "profile": self.name,
            "organisation": self.organisation,
            "workspace": workspace,
            "key": self.key.as_ref().map(ToString::to_string),
        })
    }
}

/// Tells keys apart without telling them.
#[derive(Clone, PartialEq, Eq)]
pub struct Fingerprint([u8; 6]);

impl Fingerprint {
    /// The start of the key's hash.
    pub fn of(key: &SecretString) -> Self {
        let hash = Sha256::digest(key.expose_secret());
        let mut start = [0; 6];
        start.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
        Self(start)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("sha256:")?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_is_the_start_of_the_hash() {
        let print = Fingerprint::of(&"abc".into());
        assert_eq!(print.to_string(), "sha256:ba7816bf8f01");
    }
}
