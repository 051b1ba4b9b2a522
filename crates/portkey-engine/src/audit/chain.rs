//! Lines, each of which holds the hash of the one before it and its own.
//!
//! A line is a JSON object that begins with its `sequence` and ends with `previous` and `hash`. The hash is that of the
//! line's text without its last member, so that whoever checks it need not agree on how JSON is written.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::AuditEntry;

/// What stands between the hashed text and the hash.
const SEAM: &str = ",\"hash\":\"";
/// Hexadecimal digits of a hash.
const DIGITS: usize = 64;

/// A place in the chain: how many lines there are up to it, and the hash of the last of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The number of the line; the first is 1.
    pub sequence: u64,
    /// Its hash.
    pub hash: String,
}

#[derive(Serialize)]
struct Line<'a> {
    sequence: u64,
    #[serde(flatten)]
    entry: &'a AuditEntry,
    previous: &'a str,
}

/// What is read back of a line.
#[derive(Debug, Deserialize)]
pub(super) struct Written {
    pub(super) sequence: u64,
    pub(super) time: String,
    pub(super) previous: String,
    pub(super) hash: String,
}

/// A line that is not as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoLine {
    /// It has another form.
    #[error("is no entry of an audit log")]
    Foreign,
    /// Its text does not have the hash that it ends with.
    #[error("was changed after it was written")]
    Changed,
}

impl Default for Link {
    /// Where every chain begins.
    fn default() -> Self {
        Self {
            sequence: 0,
            hash: "0".repeat(DIGITS),
        }
    }
}

impl Link {
    /// The line of `entry` behind this one, without an end of line, and the link that it is.
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

    /// The link that a line is, if it is as it was written.
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
