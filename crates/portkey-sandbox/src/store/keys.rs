//! The keys with which a sandbox can be used at once.

use std::fmt;

/// The keys of a sandbox that can be used at once.
#[derive(Clone, PartialEq, Eq)]
pub struct Keys {
    /// The organisation key, with every scope that such a key can have.
    pub admin: String,
    /// The key of the default workspace, likewise with every scope.
    pub workspace: String,
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys(***)")
    }
}
