//! The keys with which a sandbox can be used at once.

use std::fmt;

/// The keys of a sandbox that can be used at once.
#[derive(Clone, PartialEq, Eq)]
pub struct Keys {
    /// The organisation's: may do everything such a key may.
    pub admin: String,
    /// The default workspace's, likewise.
    pub workspace: String,
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys(***)")
    }
}
