//! How long a source file may be, and how it begins.

use super::unneeded;

/// Files longer than this are hard to understand in one sitting.
const LONGEST: usize = 400;

/// Folders in which files still begin without a line that says what they are for.
const WITHOUT_HEADER: &[&str] = &[
    "crates/portkey-engine/src/",
    "crates/portkey-mcp/src/",
    "crates/portkey-workflows/src/",
];

/// Wrong declarations, which the compiler's messages quote by line.
const QUOTED: &str = "/tests/ui/";

/// What is wrong with these files, each a path and its text.
pub(super) fn check(files: &[(String, String)]) -> Vec<String> {
    let mut faults = Vec::new();
    let mut excused = Vec::new();
    for (file, text) in files {
        let lines = text.lines().count();
        if lines > LONGEST {
            faults.push(format!(
                "{file}: split it; {lines} lines are more than {LONGEST}"
            ));
        }
        if text.starts_with("//!") || file.contains(QUOTED) {
            continue;
        }
        match WITHOUT_HEADER
            .iter()
            .find(|folder| file.starts_with(**folder))
        {
            Some(folder) => excused.push(*folder),
            None => faults.push(format!(
                "{file}: begin it with a line `//! …` that says what it is for"
            )),
        }
    }
    let needed = |folder: &str| excused.contains(&folder);
    faults.extend(unneeded(
        WITHOUT_HEADER.iter().copied(),
        needed,
        "WITHOUT_HEADER",
    ));
    faults
}
