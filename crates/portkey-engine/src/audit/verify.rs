//! Checks that no entry of an audit log was removed, changed or added later.

#[cfg(test)]
mod fuzz;

use std::io::{self, BufRead};

use super::{
    Link,
    chain::{NoLine, Written},
};

/// The result of a check that found nothing wrong.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Chain {
    /// The number of entries.
    pub entries: u64,
    /// The times at which the first and the last call began.
    pub period: Option<(String, String)>,
    /// The position of the last entry. The operator should note its hash, because a chain from which the last entries
    /// were removed looks complete.
    pub head: Link,
    /// Whether the chain contains the hash that was asked for.
    pub holds_head: bool,
}

/// The first error in a chain.
#[derive(Debug, thiserror::Error)]
pub enum Broken {
    /// The file cannot be read.
    #[error("it cannot be read")]
    Unreadable(#[from] io::Error),
    /// A line was changed after it was written.
    #[error("line {line} {reason}")]
    Line {
        /// The number of the line, from 1.
        line: u64,
        /// The difference.
        reason: NoLine,
    },
    /// The last line has no line end.
    #[error("line {line} was cut off, or never finished")]
    Torn {
        /// The number of the line, from 1.
        line: u64,
    },
    /// Lines were removed.
    #[error("line {line} is entry {found}: entries {expected} to {} are missing", found - 1)]
    Missing {
        /// The number of the first line after the gap, from 1.
        line: u64,
        /// The expected sequence number.
        expected: u64,
        /// The sequence number that was found.
        found: u64,
    },
    /// The order of lines was changed.
    #[error(
        "line {line} is entry {found} and stands where entry {expected} should: the order was changed"
    )]
    Reordered {
        /// The number of the line, from 1.
        line: u64,
        /// The expected sequence number.
        expected: u64,
        /// The sequence number that was found.
        found: u64,
    },
    /// The hash in a line is not that of the line before it.
    #[error("line {line} does not follow the line before it: one of them was replaced")]
    Unlinked {
        /// The number of the line, from 1.
        line: u64,
    },
    /// The chain does not contain the expected hash.
    #[error("no entry has the hash {head}: entries were cut off at the end, or all were replaced")]
    Truncated {
        /// The expected hash.
        head: String,
    },
}

/// Checks a chain from its beginning. `head` is the hash of an entry that the chain must contain, such as the last
/// entry at an earlier check.
pub fn verify(mut log: impl BufRead, head: Option<&str>) -> Result<Chain, Broken> {
    let mut verification = Verification::begin(head);
    let mut text = Vec::new();
    while log.read_until(b'\n', &mut text)? > 0 {
        let Some((b'\n', line)) = text.split_last() else {
            return Err(verification.torn());
        };
        verification.add(line)?;
        text.clear();
    }
    verification.end()
}

/// A check of a chain, line by line.
#[derive(Debug)]
pub struct Verification<'a> {
    chain: Chain,
    head: Option<&'a str>,
    line: u64,
}

impl<'a> Verification<'a> {
    /// Returns a check that has read no line yet.
    pub fn begin(head: Option<&'a str>) -> Self {
        Self {
            chain: Chain::default(),
            head,
            line: 1,
        }
    }

    /// Checks the next line, given without its line end.
    pub fn add(&mut self, text: &[u8]) -> Result<(), Broken> {
        let line = self.line;
        let written = str::from_utf8(text).map_err(|_| NoLine::Foreign);
        let written = written
            .and_then(Written::read)
            .map_err(|reason| Broken::Line { line, reason })?;
        self.chain.add(line, written, self.head)?;
        self.line += 1;
        Ok(())
    }

    /// Returns the result after the last line.
    pub fn end(self) -> Result<Chain, Broken> {
        match self.head {
            Some(head) if !self.chain.holds_head => Err(Broken::Truncated {
                head: head.to_owned(),
            }),
            _ => Ok(self.chain),
        }
    }

    fn torn(&self) -> Broken {
        Broken::Torn { line: self.line }
    }
}

impl Chain {
    fn add(&mut self, line: u64, written: Written, head: Option<&str>) -> Result<(), Broken> {
        let (expected, found) = (self.head.sequence + 1, written.sequence);
        if found > expected {
            return Err(Broken::Missing {
                line,
                expected,
                found,
            });
        }
        if found < expected {
            return Err(Broken::Reordered {
                line,
                expected,
                found,
            });
        }
        if written.previous != self.head.hash {
            return Err(Broken::Unlinked { line });
        }
        self.entries += 1;
        self.holds_head |= head == Some(&written.hash);
        let first = match self.period.take() {
            Some((first, _)) => first,
            None => written.time.clone(),
        };
        self.period = Some((first, written.time));
        self.head = Link {
            sequence: found,
            hash: written.hash,
        };
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::audit::{AuditEntry, Decision, Excerpt};

    fn entry(client: &str) -> AuditEntry {
        AuditEntry {
            time: jiff::Timestamp::UNIX_EPOCH,
            principal: Excerpt::of("somebody"),
            client: Some(Excerpt::of(client)),
            tool: "get_config",
            effect: "read",
            target: Some(Excerpt::of(format!("configs/{client}"))),
            workspace: None,
            decision: Decision::Allowed,
            outcome: "ok",
            duration_ms: 3,
            trace_id: None,
            requests: Vec::new(),
            more_requests: 0,
        }
    }

    fn lines(clients: &[String]) -> Vec<String> {
        let mut link = Link::default();
        let mut lines = Vec::new();
        for client in clients {
            let (written, next) = link.next(&entry(client)).unwrap();
            lines.push(written);
            link = next;
        }
        lines
    }

    fn check(lines: &[String]) -> Result<Chain, Broken> {
        let text = lines
            .iter()
            .flat_map(|line| [line, "\n"])
            .collect::<String>();
        verify(text.as_bytes(), None)
    }

    /// Clients call themselves what they like: what ends a hash or a line in it must not.
    fn clients() -> impl Strategy<Value = Vec<String>> {
        let strange = proptest::sample::select(vec!["\",\"hash\":\"", "\n", "}", "é\u{2028}", ""]);
        let client = (any::<String>(), strange).prop_map(|(text, strange)| text + strange);
        proptest::collection::vec(client, 1..8)
    }

    #[test]
    fn no_entries_are_a_chain() {
        assert_eq!(check(&[]).unwrap(), Chain::default());
    }

    #[test]
    fn the_hash_is_that_of_the_line_without_it() {
        let line = lines(&["x".to_owned()]).remove(0);
        let (text, hash) = line.rsplit_once(",\"hash\":\"").unwrap();
        let digest = <sha2::Sha256 as sha2::Digest>::digest(format!("{text}}}"));
        let expected = digest.iter().fold(String::new(), |mut digits, byte| {
            _ = std::fmt::Write::write_fmt(&mut digits, format_args!("{byte:02x}"));
            digits
        });
        assert_eq!(hash, format!("{expected}\"}}"));
    }

    proptest! {
        #[test]
        fn what_was_written_is_a_chain(clients in clients()) {
            let lines = lines(&clients);
            let chain = check(&lines).unwrap();
            prop_assert_eq!(usize::try_from(chain.entries).unwrap(), clients.len());
            prop_assert_eq!(Some(chain.head), lines.last().map(|line| Link::read(line).unwrap()));
        }

        #[test]
        fn no_byte_can_be_changed(clients in clients(), line in any::<prop::sample::Index>(), place in any::<prop::sample::Index>(), byte in b' '..=b'~') {
            let mut lines = lines(&clients);
            let line = line.index(lines.len());
            let mut bytes = lines[line].clone().into_bytes();
            let place = place.index(bytes.len());
            prop_assume!(bytes[place] != byte);
            bytes[place] = byte;
            if let Ok(changed) = String::from_utf8(bytes) {
                lines[line] = changed;
                prop_assert!(check(&lines).is_err());
            }
        }

        #[test]
        fn no_line_can_be_taken_out_or_moved(clients in clients(), from in any::<prop::sample::Index>(), to in any::<prop::sample::Index>()) {
            let whole = lines(&clients);
            let from = from.index(whole.len());
            let mut moved = whole.clone();
            let line = moved.remove(from);
            // Only the end can be cut off unseen.
            prop_assert_eq!(check(&moved).is_ok(), from == whole.len() - 1);
            let to = to.index(whole.len());
            moved.insert(to, line);
            prop_assert_eq!(check(&moved).is_ok(), from == to);
        }
    }
}
