//! How long a source file may be, and how it begins.

/// Files longer than this are hard to understand in one sitting.
const LONGEST: usize = 400;

/// Wrong declarations, which the compiler's messages quote by line.
const QUOTED: &str = "/tests/ui/";

/// What is wrong with these files, each a path and its text.
pub(super) fn check(files: &[(String, String)]) -> Vec<String> {
    let mut faults = Vec::new();
    for (file, text) in files {
        let lines = text.lines().count();
        if lines > LONGEST {
            faults.push(format!(
                "{file}: split it; {lines} lines are more than {LONGEST}"
            ));
        }
        if !text.starts_with("//!") && !file.contains(QUOTED) {
            faults.push(format!(
                "{file}: begin it with a line `//! …` that says what it is for"
            ));
        }
    }
    faults
}
