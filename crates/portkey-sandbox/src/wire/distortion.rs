//! Faults that act where a request is executed, rather than in the layer around the router.

use jiff::SignedDuration;

use super::shape::Shape;

/// The faults of one request that act where it is executed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Distortion {
    /// How long reads don't see what the request writes.
    pub(crate) lag: Option<SignedDuration>,
    pub(crate) shapes: Vec<Shape>,
}
