//! Reads single variables of the environment.

use std::env;

use secrecy::SecretString;

/// The key in a variable, without white space around it; `None` if the variable is missing or empty.
pub(super) fn key(name: &str) -> Option<SecretString> {
    let text = env::var(name).ok()?;
    let text = text.trim();
    (!text.is_empty()).then(|| text.into())
}

/// The value of a variable that secret references may name.
pub(super) fn variable(name: &str) -> Option<String> {
    env::var(name).ok()
}
