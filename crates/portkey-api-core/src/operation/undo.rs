//! What an operation declares about undoing its effect.

use super::Operation;

/// How the effect of an operation is undone, if its effect and path do not imply it.
#[derive(Debug, Clone, Copy)]
pub enum Undo {
    /// As its effect and path imply: an update by the same operation with the earlier values, a creation by deletion, a
    /// deletion by creating a similar object.
    Implied,
    /// By calling this operation.
    By(fn() -> &'static Operation),
    /// As implied, except for this part, given as a part of a sentence such as `its members`.
    Loses(&'static str),
    /// The effect cannot be undone, for this reason, given as a clause without a full stop.
    Never(&'static str),
}
