//! What tests of several crates share: inputs from outside of the workspace.

use std::{env, ffi::OsString, io::Write as _, path::PathBuf, thread};

/// Says, as `all`, that tests fail where an input from outside is missing.
const REQUIRED: &str = "TEST_REQUIRED";

/// Whether nothing may be skipped for want of something from outside.
#[must_use]
pub fn all_is_required() -> bool {
    is_all(env::var_os(REQUIRED))
}

fn is_all(required: Option<OsString>) -> bool {
    required.is_some_and(|required| required == "all")
}

/// The path of an input from outside, which this variable names.
///
/// Without it the calling test is skipped: this says so on standard error and returns nothing. `what` is what the
/// variable has to name.
///
/// # Panics
///
/// Without it where `TEST_REQUIRED` is `all`.
#[must_use]
pub fn outside(variable: &str, what: &str) -> Option<PathBuf> {
    let named = env::var_os(variable).filter(|path| !path.is_empty());
    if named.is_none() {
        let test = thread::current().name().unwrap_or("a test").to_owned();
        let missing = format!("{test}: set {variable} to {what}");
        skip(&missing, env::var_os(REQUIRED));
    }
    named.map(PathBuf::from)
}

fn skip(missing: &str, required: Option<OsString>) {
    assert!(!is_all(required), "{missing}, or unset {REQUIRED}");
    // Not by `eprintln!`, which is only shown for tests that fail.
    _ = writeln!(std::io::stderr(), "SKIPPED {missing}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_skips_a_test() {
        skip("a test: set TEST_INPUT to a folder", None);
        skip("a test: set TEST_INPUT to a folder", Some("".into()));
    }

    #[test]
    #[should_panic = "a test: set TEST_INPUT to a folder, or unset TEST_REQUIRED"]
    fn what_is_missing_fails_a_test_where_all_is_required() {
        skip("a test: set TEST_INPUT to a folder", Some("all".into()));
    }
}
