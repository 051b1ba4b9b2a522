use std::{fmt, fs, io, path::PathBuf, str::FromStr};

use secrecy::{ExposeSecret as _, SecretString};

/// Where the operator wants changes written down.
#[derive(Debug, Clone)]
pub enum Address {
    /// Nowhere: nothing can be undone.
    Off,
    /// In a file of `SQLite`.
    Sqlite(PathBuf),
    /// In a database of `PostgreSQL`, which replicas share.
    Postgres(DatabaseUrl),
}

/// The address of a database. It may hold a password, so it is not shown.
#[derive(Clone)]
pub struct DatabaseUrl(SecretString);

/// A `--journal` value that is none.
#[derive(Debug, thiserror::Error)]
#[error(
    "expected `off`, `sqlite:PATH`, `postgres://USER@HOST/DATABASE`, or `file:PATH` of a file that holds such an address"
)]
pub struct NoAddress;

impl FromStr for Address {
    type Err = NoAddress;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_database = ["postgres://", "postgresql://", "file:"]
            .iter()
            .any(|scheme| text.starts_with(scheme));
        match text.strip_prefix("sqlite:") {
            Some(path) if !path.is_empty() => Ok(Self::Sqlite(path.into())),
            None if text == "off" => Ok(Self::Off),
            None if is_database => Ok(Self::Postgres(DatabaseUrl(text.into()))),
            _ => Err(NoAddress),
        }
    }
}

impl DatabaseUrl {
    /// The address itself, from its file if it is in one.
    pub fn read(&self) -> Result<SecretString, (PathBuf, io::Error)> {
        let text = self.0.expose_secret();
        let Some(path) = text.strip_prefix("file:") else {
            return Ok(self.0.clone());
        };
        match fs::read_to_string(path) {
            Ok(content) => Ok(content.trim().into()),
            Err(error) => Err((path.into(), error)),
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DatabaseUrl(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_which_database() {
        assert!(matches!("off".parse(), Ok(Address::Off)));
        assert!(
            matches!("sqlite:/tmp/j".parse(), Ok(Address::Sqlite(path)) if path.as_os_str() == "/tmp/j")
        );
        for url in [
            "postgres://h/d",
            "postgresql://h/d",
            "file:/run/secrets/journal",
        ] {
            assert!(matches!(url.parse(), Ok(Address::Postgres(_))), "{url}");
        }
        for wrong in ["", "on", "sqlite:", "mysql://h/d", "/tmp/j"] {
            assert!(wrong.parse::<Address>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_password_is_not_shown() {
        let address: Address = "postgres://u:hunter2@h/d".parse().unwrap();
        assert!(!format!("{address:?}").contains("hunter2"));
    }
}
