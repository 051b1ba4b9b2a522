//! Why a program did not finish, and where in its source.

use std::fmt;

use crate::limits::ScriptLimits;

/// The name under which the engine knows the source.
pub(crate) const FILE: &str = "script.js";

/// Why a program did not finish.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{why}{}", place.map(|place| format!(" (at {place} of the script)")).unwrap_or_default())]
pub struct ScriptError {
    /// What happened.
    pub why: Why,
    /// Where, if the engine tells.
    pub place: Option<SourcePlace>,
}

/// What ends a program early.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Why {
    /// It threw something, or is no JavaScript.
    #[error("{0}")]
    Thrown(String),
    /// It is too long.
    #[error("the script has {0} bytes; {1} are the most")]
    TooLong(usize, usize),
    /// It took too long.
    #[error("the script took longer than {} s", .0.as_secs())]
    TimedOut(std::time::Duration),
    /// It computed for too long.
    #[error("the script computed for {} s without a call; an endless loop?", .0.as_secs())]
    Busy(std::time::Duration),
    /// It waits for something that is no call.
    #[error("the script waits for a promise that nothing resolves")]
    Stuck,
    /// What it returns is too large.
    #[error("the script returns {0} bytes of JSON; {1} are the most. Return less")]
    TooLarge(usize, usize),
    /// Nobody waits for it any more.
    #[error("cancelled")]
    Cancelled,
    /// The engine itself failed.
    #[error("the script could not be run: {0}")]
    Broken(String),
}

/// A place in the source of a program, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourcePlace {
    /// The line.
    pub line: u32,
    /// The column.
    pub column: u32,
}

impl fmt::Display for SourcePlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

impl SourcePlace {
    /// The first place in the source that a stack of the engine names. `before` is what stands before the first line.
    pub(crate) fn in_stack(stack: &str, before: &str) -> Option<Self> {
        let (_, rest) = stack.split_once(&format!("{FILE}:"))?;
        let mut numbers = rest.split(|c: char| !c.is_ascii_digit());
        let line: u32 = numbers.next()?.parse().ok()?;
        let column: u32 = numbers
            .next()
            .and_then(|text| text.parse().ok())
            .unwrap_or(1);
        let shift = if line == 1 { before.len() } else { 0 };
        let shift = u32::try_from(shift).unwrap_or_default();
        Some(Self {
            line,
            column: column.saturating_sub(shift).max(1),
        })
    }
}

impl From<Why> for ScriptError {
    fn from(why: Why) -> Self {
        Self { why, place: None }
    }
}

impl ScriptLimits {
    /// Why a program that was interrupted was so.
    pub(crate) fn exceeded(&self, is_cancelled: bool, is_late: bool) -> Why {
        match (is_cancelled, is_late) {
            (true, _) => Why::Cancelled,
            (false, true) => Why::TimedOut(self.time),
            (false, false) => Why::Busy(self.computing),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stack_names_the_place_in_the_source() {
        let stack = "    at call (host.js:4:20)\n    at <anonymous> (script.js:3:12)\n";
        let place = SourcePlace {
            line: 3,
            column: 12,
        };
        assert_eq!(SourcePlace::in_stack(stack, "(async () => {"), Some(place));
        let first = "    at script.js:1:20\n";
        let place = SourcePlace { line: 1, column: 6 };
        assert_eq!(SourcePlace::in_stack(first, "(async () => {"), Some(place));
        assert_eq!(SourcePlace::in_stack("    at host.js:1:1", ""), None);
    }
}
