//! Where the operator wants newly made secrets.

use std::{path::PathBuf, str::FromStr};

/// Where the operator wants newly made secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// The answer, in clear. It is shown only once.
    Inline,
    /// Nowhere: the answer shows a masked form, and the secret is lost.
    Mask,
    /// This file, which only its owner can read.
    File(PathBuf),
    /// The operating system's keyring.
    Keyring,
    /// A program with arguments.
    Command(Vec<String>),
}

/// The text is no destination for secrets.
#[derive(Debug, thiserror::Error)]
#[error("expected `inline`, `mask`, `file:PATH`, `keyring` or `exec:COMMAND`")]
pub struct UnknownDestination;

impl FromStr for Destination {
    type Err = UnknownDestination;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once(':') {
            None if text == "inline" => Ok(Self::Inline),
            None if text == "mask" => Ok(Self::Mask),
            None if text == "keyring" => Ok(Self::Keyring),
            Some(("file", path)) if !path.is_empty() => Ok(Self::File(path.into())),
            Some(("exec", command)) => match shell_words::split(command) {
                Ok(words) if !words.is_empty() => Ok(Self::Command(words)),
                _ => Err(UnknownDestination),
            },
            _ => Err(UnknownDestination),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_words() {
        let read = |text: &str| text.parse::<Destination>().ok();
        let words = ["keep", "--in", "my vault"].map(str::to_owned).to_vec();
        assert_eq!(
            read("exec:keep --in 'my vault'"),
            Some(Destination::Command(words))
        );
        assert_eq!(read("keyring"), Some(Destination::Keyring));
        for text in ["exec:", "exec:'", "file:", "keyring:x", "Inline", ""] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
