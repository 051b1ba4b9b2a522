//! Fingerprints of API keys, which can be shown and stored.

use std::fmt::{self, Write as _};

use portkey_client::SecretString;
use secrecy::ExposeSecret as _;
use sha2::{Digest as _, Sha256};

/// The SHA-256 hash of an API key. `Display` shows only its beginning, which is enough to recognise a known key.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Fingerprint([u8; 32]);

const SHOWN: usize = 6;

impl Fingerprint {
    /// Returns the fingerprint of a key.
    pub fn of(key: &SecretString) -> Self {
        Self(Sha256::digest(key.expose_secret()).into())
    }
}

impl Fingerprint {
    /// Returns all 64 hexadecimal digits, for storage.
    pub fn digits(&self) -> String {
        self.0.iter().fold(String::new(), |mut digits, byte| {
            _ = write!(digits, "{byte:02x}");
            digits
        })
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("sha256:")?;
        let start = self.0.iter().take(SHOWN);
        start
            .into_iter()
            .try_for_each(|byte| write!(f, "{byte:02x}"))
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
    fn a_fingerprint_shows_the_start_of_the_hash() {
        let print = Fingerprint::of(&"abc".into());
        assert_eq!(print.to_string(), "sha256:ba7816bf8f01");
    }
}
