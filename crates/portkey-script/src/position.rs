//! Places in a script, as its author counts lines.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The name of the script in the engine's reports.
pub(crate) const SCRIPT: &str = "script";

/// What stands in front of a script when the engine reads it, so that it may `await` and `return`. Its line is taken off
/// each place.
pub(crate) const BEFORE: &str = "(async () => {\n";
/// What stands behind it; a comment in its last line ends before this.
pub(crate) const BEHIND: &str = "\n})";

/// A line and a column, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// The line.
    pub line: u32,
    /// The column.
    pub column: u32,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

/// The innermost place of a stack that is in the script, whose last line is `last`.
pub(crate) fn in_stack(stack: &str, last: u32) -> Option<Position> {
    stack.lines().find_map(|frame| {
        let (_, place) = frame.trim_end_matches(')').rsplit_once("script:")?;
        let (line, column) = place.split_once(':')?;
        let line: u32 = line.parse().ok()?;
        Some(Position {
            line: line.saturating_sub(1).clamp(1, last),
            column: column.parse().ok()?,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_the_innermost_one_in_the_script() {
        let stack =
            "    at call (prelude:30:20)\n    at <anonymous> (script:4:9)\n    at script:2:1\n";
        let place = in_stack(stack, 9).unwrap();
        assert_eq!((place.line, place.column), (3, 9));
        assert_eq!(place.to_string(), "line 3, column 9");
        assert_eq!(in_stack("    at call (prelude:30:20)\n", 9), None);
        assert_eq!(in_stack("    at script:12:2\n", 9).unwrap().line, 9);
    }
}
