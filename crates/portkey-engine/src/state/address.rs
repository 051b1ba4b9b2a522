//! The address of the state that replicas share.

use std::{fmt, fs, io, path::PathBuf, str::FromStr};

use secrecy::{ExposeSecret as _, SecretString};

/// The address of the shared state. It may contain a password, so `Debug` does not show it.
#[derive(Clone)]
pub struct SharedStateAddress(SecretString);

/// The text is no address of a shared state.
#[derive(Debug, thiserror::Error)]
#[error("expected `redis://HOST:PORT`, `rediss://…` or `file:PATH`")]
pub struct NoAddress;

impl SharedStateAddress {
    /// Returns the address as text. If it is `file:PATH`, the text is read from that file.
    pub fn read(&self) -> Result<String, (PathBuf, io::Error)> {
        let text = self.0.expose_secret();
        let Some(path) = text.strip_prefix("file:") else {
            return Ok(text.to_owned());
        };
        match fs::read_to_string(path) {
            Ok(content) => Ok(content.trim().to_owned()),
            Err(error) => Err((path.into(), error)),
        }
    }
}

impl FromStr for SharedStateAddress {
    type Err = NoAddress;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let known = ["redis://", "rediss://", "file:"];
        if known.iter().any(|scheme| text.starts_with(scheme)) {
            Ok(Self(text.into()))
        } else {
            Err(NoAddress)
        }
    }
}

impl fmt::Debug for SharedStateAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SharedStateAddress(…)")
    }
}
