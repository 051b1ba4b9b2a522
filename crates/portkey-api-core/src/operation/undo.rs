//! What an operation declares about taking its effect back.

use super::Operation;

/// How what an operation does is undone, as far as that does not follow from its effect and its path.
#[derive(Debug, Clone, Copy)]
pub enum Undo {
    /// As effect and path imply: an update by itself with the earlier values, a creation by the delete of what was made, a
    /// delete by creating the like.
    Implied,
    /// By this operation.
    By(fn() -> &'static Operation),
    /// As implied, but this does not come back; a part of a sentence such as `its members`.
    Loses(&'static str),
    /// Not at all, for this reason; a clause without a full stop.
    Never(&'static str),
}
