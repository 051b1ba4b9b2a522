//! The address of a `PostgreSQL` database, which may hold a password.

use std::{fmt, fs};

use secrecy::{ExposeSecret as _, SecretString};

use super::UnusableDatabase;

/// The address of a database, or of the file that holds it. It may hold a password, so it is not shown.
#[derive(Clone)]
pub struct DatabaseUrl(SecretString);

/// What begins an address, and what a file that holds one.
const BEGINNINGS: [&str; 3] = ["postgres://", "postgresql://", "file:"];

impl DatabaseUrl {
    /// An address, if the text begins like one; whether it is whole shows when it is used.
    pub fn parse(text: &str) -> Option<Self> {
        let is_one = BEGINNINGS.iter().any(|begins| text.starts_with(begins));
        is_one.then(|| Self(text.into()))
    }

    /// The address itself, from its file if it is in one.
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
