//! What faults do to a request where it is executed, rather than around it.

use jiff::SignedDuration;

use super::shape::Shape;

/// What of the rules that strike a request is done where the request is executed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Distortion {
    /// How long reads don't see what is written.
    pub(crate) lag: Option<SignedDuration>,
    pub(crate) shapes: Vec<Shape>,
}
