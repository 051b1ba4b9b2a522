//! Where the operator wants the journal.

use std::{path::PathBuf, str::FromStr};

use crate::database::DatabaseUrl;

/// Where the operator wants changes to be stored.
#[derive(Debug, Clone)]
pub enum Address {
    /// Nowhere, so that nothing can be undone.
    Off,
    /// An `SQLite` file.
    Sqlite(PathBuf),
    /// A `PostgreSQL` database, which replicas share.
    Postgres(DatabaseUrl),
}

/// The text is no address of a journal.
#[derive(Debug, thiserror::Error)]
#[error(
    "expected `off`, `sqlite:PATH`, `postgres://USER@HOST/DATABASE`, or `file:PATH` of a file that holds such an address"
)]
pub struct NoAddress;

impl FromStr for Address {
    type Err = NoAddress;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.strip_prefix("sqlite:") {
            Some(path) if !path.is_empty() => Ok(Self::Sqlite(path.into())),
            None if text == "off" => Ok(Self::Off),
            None => DatabaseUrl::parse(text)
                .map(Self::Postgres)
                .ok_or(NoAddress),
            Some(_) => Err(NoAddress),
        }
    }
}

impl Address {
    /// Returns the address of the database, if the journal is in one.
    pub fn database(&self) -> Option<&DatabaseUrl> {
        match self {
            Self::Postgres(url) => Some(url),
            Self::Off | Self::Sqlite(_) => None,
        }
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
