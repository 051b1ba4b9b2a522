//! Whether the embedded sandbox stands in for Portkey, and where it keeps what it holds.

use std::{
    fmt,
    path::{Path, PathBuf},
    str::FromStr,
};

/// The embedded sandbox, where it is wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum SandboxSetting {
    /// Calls reach Portkey.
    #[default]
    Off,
    /// As long as the process lives.
    InMemory,
    /// In this file, between processes too.
    InFile(PathBuf),
}

/// The text is neither a switch nor a file.
#[derive(Debug, thiserror::Error)]
#[error("expected true, false or a file such as ./demo.db")]
pub(crate) struct UnclearSandbox;

impl SandboxSetting {
    /// Whether the sandbox is wanted at all.
    pub(crate) fn is_on(&self) -> bool {
        *self != Self::Off
    }

    /// The file it is kept in.
    pub(crate) fn file(&self) -> Option<&Path> {
        match self {
            Self::InFile(path) => Some(path),
            Self::Off | Self::InMemory => None,
        }
    }
}

/// A word that is none of a switch's must look like a file, or a misspelt `false` would make one.
impl FromStr for SandboxSetting {
    type Err = UnclearSandbox;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.to_ascii_lowercase().as_str() {
            "y" | "yes" | "t" | "true" | "on" | "1" => Ok(Self::InMemory),
            "n" | "no" | "f" | "false" | "off" | "0" => Ok(Self::Off),
            _ if text.contains(['.', '/', '\\']) => Ok(Self::InFile(text.into())),
            _ => Err(UnclearSandbox),
        }
    }
}

/// How `call` says what becomes of the data.
impl fmt::Display for SandboxSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Off => f.write_str("no sandbox"),
            Self::InMemory => f.write_str("made-up data that is gone when this call ends"),
            Self::InFile(path) => write!(f, "made-up data, kept in {}", path.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_switch_or_a_file_is_read_and_nothing_else() {
        for on in ["true", "Yes", "1", "on"] {
            assert_eq!(
                on.parse::<SandboxSetting>().unwrap(),
                SandboxSetting::InMemory
            );
        }
        for off in ["false", "NO", "0", "off"] {
            assert_eq!(off.parse::<SandboxSetting>().unwrap(), SandboxSetting::Off);
        }
        for file in ["demo.db", "./true", "/tmp/sandbox"] {
            let file: SandboxSetting = file.parse().unwrap();
            assert!(file.is_on() && file.file().is_some());
        }
        for unclear in ["", "flase", "demo"] {
            assert!(unclear.parse::<SandboxSetting>().is_err(), "{unclear}");
        }
    }
}
