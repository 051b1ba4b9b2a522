//! A chain of lines: each holds its own hash and the hash of the line before it.
//!
//! A line is a JSON object that begins with its `sequence` and ends with `previous` and `hash`. The hash is taken over
//! the text of the line without the last member, so that a check does not depend on how JSON is formatted.

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
    let mut digits = String::with_capacity(DIGITS);
    for byte in Sha256::digest(text.as_bytes()) {
        for half in [byte >> 4, byte & 15] {
            digits.extend(char::from_digit(half.into(), 16));
        }
    }
    digits
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use proptest::prelude::*;

    use super::*;
    use crate::audit::{Decision, Excerpt};

    fn entry() -> AuditEntry {
        AuditEntry {
            time: Timestamp::UNIX_EPOCH,
            principal: Excerpt::of("ada"),
            client: None,
            tool: "delete_toy",
            effect: "delete",
            target: Some(Excerpt::of("toys/t1")),
            workspace: None,
            decision: Decision::DryRun,
            outcome: "ok",
            duration_ms: 3,
            trace_id: None,
            requests: Vec::new(),
            more_requests: 0,
        }
    }

    #[test]
    fn each_line_counts_on_and_holds_the_hash_of_the_one_before() {
        let (first, one) = Link::default().next(&entry()).unwrap();
        let (second, two) = one.next(&entry()).unwrap();
        assert_eq!((one.sequence, two.sequence), (1, 2));
        assert!(first.starts_with(r#"{"sequence":1,"#), "{first}");
        assert!(!first.contains('\n'), "{first}");
        let previous = format!(r#""previous":"{}","hash":"{}"}}"#, one.hash, two.hash);
        assert!(second.ends_with(&previous), "{second}");
        // The same call at another place of the chain has another hash.
        assert_ne!(one.hash, two.hash);
        assert_eq!(Link::read(&first), Ok(one));
        assert_eq!(Link::read(&second), Ok(two));
    }

    #[test]
    fn a_line_that_was_changed_is_told_from_one_that_never_was_an_entry() {
        let (line, _) = Link::default().next(&entry()).unwrap();
        for changed in [
            line.replace("toys/t1", "toys/t2"),
            line.replace("dry_run", "allowed"),
            format!("{line} "),
        ] {
            assert_eq!(Link::read(&changed), Err(NoLine::Changed), "{changed}");
        }
        for foreign in ["", "{}", r#"{"sequence":1}"#, r#"no,"hash":"line"}"#] {
            assert_eq!(Link::read(foreign), Err(NoLine::Foreign), "{foreign}");
        }
    }

    proptest! {
        #[test]
        fn no_text_is_an_entry_or_makes_it_panic(before in "\\PC{0,20}", after in "\\PC{0,20}") {
            let line = format!("{before}{SEAM}{after}");
            prop_assert!(Link::read(&line).is_err());
        }
    }
}
