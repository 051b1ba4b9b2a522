//! What a call does.

use crate::Method;

/// What a call does to the organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Looks, changes nothing.
    Read,
    /// Adds something.
    Create,
    /// Changes something that stays.
    Update,
    /// Removes something for good.
    Delete,
    /// Sets something going, such as a completion, a publication or a rotation.
    Execute,
}

impl Effect {
    /// The effect a method has unless an endpoint says otherwise.
    pub const fn of(method: Method) -> Self {
        match method {
            Method::Get => Self::Read,
            Method::Post => Self::Create,
            Method::Put | Method::Patch => Self::Update,
            Method::Delete => Self::Delete,
        }
    }

    /// As policies and documentation spell it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Execute => "execute",
        }
    }

    /// Whether sending the call twice leaves the same state as sending it once, unless an endpoint says otherwise.
    pub const fn is_repeatable(self) -> bool {
        matches!(self, Self::Read | Self::Update | Self::Delete)
    }

    /// Whether something is lost for good, unless an endpoint says otherwise.
    pub const fn is_destructive(self) -> bool {
        matches!(self, Self::Delete)
    }
}
