//! The setting of the embedded sandbox: off, in memory or in a file.

use std::{
    fmt,
    path::{Path, PathBuf},
    str::FromStr,
};

/// Whether the embedded sandbox is used, and where it keeps its data.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum SandboxSetting {
    /// Calls reach Portkey.
    #[default]
    Off,
    /// The data is lost when the process ends.
    InMemory,
    /// The data is kept in this file.
    InFile(PathBuf),
}

/// A text that is neither a switch nor a path.
#[derive(Debug, thiserror::Error)]
#[error("expected true, false or a file such as ./demo.db")]
pub(crate) struct UnclearSandbox;

impl SandboxSetting {
    pub(crate) fn is_on(&self) -> bool {
        *self != Self::Off
    }

    pub(crate) fn file(&self) -> Option<&Path> {
        match self {
            Self::InFile(path) => Some(path),
            Self::Off | Self::InMemory => None,
        }
    }
}

/// A path must contain a dot or a slash: otherwise a misspelt `false` would create a file.
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

/// What `call` prints about the data.
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
