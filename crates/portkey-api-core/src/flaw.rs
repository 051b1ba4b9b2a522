//! Why a text is not a valid id.

use std::fmt;

/// The longest id, in characters.
const LONGEST: usize = 512;

/// Why a text is not a valid id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// It contains no letter and no digit.
    Blank,
    /// It has white space around it, or a control character in it.
    Space,
    /// It has this many characters, which is more than any id has.
    Long(usize),
    /// It contains a character that has a meaning in paths.
    Character(char),
    /// It is no UUID, although only UUIDs are valid.
    NoUuid,
}

impl Flaw {
    /// Returns why a text is not a valid id of any kind.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let length = text.chars().count();
        if length > LONGEST {
            Some(Self::Long(length))
        } else if !text.chars().any(char::is_alphanumeric) {
            Some(Self::Blank)
        } else if text.trim() != text || text.chars().any(char::is_control) {
            Some(Self::Space)
        } else {
            None
        }
    }
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Blank => f.write_str("no id: it has neither a letter nor a digit"),
            Self::Space => {
                f.write_str("no id: it has white space around it or a control character in it")
            }
            Self::Long(length) => write!(
                f,
                "no id: it has {length} characters, and an id at most {LONGEST}"
            ),
            Self::Character(found) => write!(f, "no id: it has `{found}` in it"),
            Self::NoUuid => f.write_str("no UUID"),
        }
    }
}
