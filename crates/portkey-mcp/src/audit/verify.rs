use std::io::{self, BufRead};

use super::{
    Link,
    chain::{NoLine, Written},
};

/// A chain that is whole.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Chain {
    /// How many entries.
    pub entries: u64,
    /// When the first call began, and the last.
    pub period: Option<(String, String)>,
    /// Its end: the hash to remember, because a chain that was cut off there is whole too.
    pub head: Link,
    /// Whether the hash that was asked for is in it.
    pub holds_head: bool,
}

/// The first thing wrong with a chain.
#[derive(Debug, thiserror::Error)]
pub enum Broken {
    /// The file cannot be read.
    #[error("it cannot be read: {0}")]
    Unreadable(#[from] io::Error),
    /// A line is not as it was written.
    #[error("line {line} {reason}")]
    Line {
        /// Which; the first is 1.
        line: u64,
        /// How it differs.
        reason: NoLine,
    },
    /// The last line has no end.
    #[error("line {line} was cut off, or never finished")]
    Torn {
        /// Which.
        line: u64,
    },
    /// Lines were taken out.
    #[error("line {line} is entry {found}: entries {expected} to {} are missing", found - 1)]
    Missing {
        /// Which line comes too early.
        line: u64,
        /// The number that it should have.
        expected: u64,
        /// The number that it has.
        found: u64,
    },
    /// A line stands where another should.
    #[error("line {line} is entry {found} and stands where entry {expected} should: the order was changed")]
    Reordered {
        /// Which line.
        line: u64,
        /// The number that it should have.
        expected: u64,
        /// The number that it has.
        found: u64,
    },
    /// A line does not belong to the one before it.
    #[error("line {line} does not follow the line before it: one of them was replaced")]
    Unlinked {
        /// Which line.
        line: u64,
    },
    /// The chain does not hold the hash that it once ended with.
    #[error("no entry has the hash {head}: entries were cut off at the end, or all were replaced")]
    Truncated {
        /// The hash.
        head: String,
    },
}

/// Checks a chain from its beginning. `head` is the hash of an entry that it must hold, such as the last one when it
/// was looked at before.
pub fn verify(log: impl BufRead, head: Option<&str>) -> Result<Chain, Broken> {
    let mut chain = Chain::default();
    let mut lines = log;
    let mut text = Vec::new();
    for line in 1.. {
        text.clear();
        if lines.read_until(b'\n', &mut text)? == 0 {
            break;
        }
        let Some((b'\n', text)) = text.split_last() else {
            return Err(Broken::Torn { line });
        };
        let written = str::from_utf8(text).map_err(|_| NoLine::Foreign);
        let written = written
            .and_then(Written::read)
            .map_err(|reason| Broken::Line { line, reason })?;
        chain.add(line, written, head)?;
    }
    match head {
        Some(head) if !chain.holds_head => Err(Broken::Truncated {
            head: head.to_owned(),
        }),
        _ => Ok(chain),
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
