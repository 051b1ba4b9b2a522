//! Effects of calls.

use crate::Method;

/// What a call does to the organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Changes nothing.
    Read,
    /// Adds something.
    Create,
    /// Changes something that exists.
    Update,
    /// Removes something.
    Delete,
    /// Triggers something, such as a completion, a publication or a rotation.
    Execute,
}

impl Effect {
    /// Returns the effect of a method, unless the endpoint declares another.
    pub const fn of(method: Method) -> Self {
        match method {
            Method::Get => Self::Read,
            Method::Post => Self::Create,
            Method::Put | Method::Patch => Self::Update,
            Method::Delete => Self::Delete,
        }
    }

    /// Returns the word in policies and documentation.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Execute => "execute",
        }
    }

    /// Whether sending the call twice leaves the same state as sending it once, unless the endpoint declares otherwise.
    pub const fn is_repeatable(self) -> bool {
        matches!(self, Self::Read | Self::Update | Self::Delete)
    }

    /// Whether a call destroys something that cannot be restored, unless the endpoint declares otherwise.
    pub const fn is_destructive(self) -> bool {
        matches!(self, Self::Delete)
    }
}
