//! A chain of lines: each holds its own hash and the hash of the line before it.
//!
//! A line is a JSON object that begins with its `sequence` and ends with `previous` and `hash`. The hash is taken over
//! the text of the line without the last member, so that a check does not depend on how JSON is formatted.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::AuditEntry;

/// The text between the hashed part of a line and its hash.
const SEAM: &str = ",\"hash\":\"";
/// The number of hexadecimal digits of a hash.
const DIGITS: usize = 64;

/// A position in the chain: the number of a line and its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The number of the line; the first is 1.
    pub sequence: u64,
    /// The hash of the line, in hexadecimal digits.
    pub hash: String,
}

#[derive(Serialize)]
struct Line<'a> {
    sequence: u64,
    #[serde(flatten)]
    entry: &'a AuditEntry,
    previous: &'a str,
}

/// The members of a line that a check needs.
#[derive(Debug, Deserialize)]
pub(super) struct Written {
    pub(super) sequence: u64,
    pub(super) time: String,
    pub(super) previous: String,
    pub(super) hash: String,
}

/// Why a line is not accepted as part of a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoLine {
    /// The text does not have the form of an entry.
    #[error("is no entry of an audit log")]
    Foreign,
    /// The text does not have the hash at its end.
    #[error("was changed after it was written")]
    Changed,
}

impl Default for Link {
    /// Returns the position before the first line of every chain.
    fn default() -> Self {
        Self {
            sequence: 0,
            hash: "0".repeat(DIGITS),
        }
    }
}

impl Link {
    /// Returns the line of `entry` that follows this position, without a line end, and the position of that line.
    pub fn next(&self, entry: &AuditEntry) -> Result<(String, Self), serde_json::Error> {
        let sequence = self.sequence + 1;
        let mut text = serde_json::to_string(&Line {
            sequence,
            entry,
            previous: &self.hash,
        })?;
        let hash = hash(&text);
        text.truncate(text.len() - 1);
        let link = Self { sequence, hash };
        Ok((format!("{text}{SEAM}{}\"}}", link.hash), link))
    }

    /// Returns the position of a line, if its text has the hash at its end.
    pub fn read(line: &str) -> Result<Self, NoLine> {
        let written = Written::read(line)?;
        Ok(Self {
            sequence: written.sequence,
            hash: written.hash,
        })
    }
}

impl Written {
    pub(super) fn read(line: &str) -> Result<Self, NoLine> {
        let (text, rest) = line.rsplit_once(SEAM).ok_or(NoLine::Foreign)?;
        let written: Self = serde_json::from_str(line).map_err(|_| NoLine::Foreign)?;
        let whole = rest.strip_suffix("\"}") == Some(&written.hash);
        if whole && hash(&format!("{text}}}")) == written.hash {
            Ok(written)
        } else {
            Err(NoLine::Changed)
        }
    }
}

fn hash(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    let mut digits = String::with_capacity(DIGITS);
    for byte in digest {
        // Writing to text cannot fail.
        _ = write!(digits, "{byte:02x}");
    }
    digits
}
