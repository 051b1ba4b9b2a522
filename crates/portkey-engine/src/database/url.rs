//! The address of a `PostgreSQL` database.

use std::{fmt, fs};

use secrecy::{ExposeSecret as _, SecretString};

use super::UnusableDatabase;

/// The address of a database, or of the file that contains it. It may contain a password, so `Debug` does not show it.
#[derive(Clone)]
pub struct DatabaseUrl(SecretString);

/// The beginnings of an address, and of the path of a file that contains one.
const BEGINNINGS: [&str; 3] = ["postgres://", "postgresql://", "file:"];

impl DatabaseUrl {
    /// Returns an address if the text begins like one. Whether the rest is valid is checked when it is used.
    pub fn parse(text: &str) -> Option<Self> {
        let is_one = BEGINNINGS.iter().any(|begins| text.starts_with(begins));
        is_one.then(|| Self(text.into()))
    }

    /// Returns the address. If it is `file:PATH`, it is read from that file.
    pub(super) fn read(&self) -> Result<SecretString, UnusableDatabase> {
        let text = self.0.expose_secret();
        let Some(path) = text.strip_prefix("file:") else {
            return Ok(self.0.clone());
        };
        match fs::read_to_string(path) {
            Ok(content) => Ok(content.trim().into()),
            Err(source) => Err(UnusableDatabase::File {
                path: path.into(),
                source,
            }),
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DatabaseUrl(…)")
    }
}
