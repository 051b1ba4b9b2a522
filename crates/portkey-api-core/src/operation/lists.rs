//! What listings have of objects that may refer to others.

use super::Operation;

/// The objects of a listing, which may refer to others. A listing below an object of the same kind lists its versions.
#[derive(Debug, Clone, Copy)]
pub struct Lists {
    /// What they are, such as `config`: a name of the vendor's kinds of objects.
    pub kind: &'static str,
    /// Reads the whole of one, where the listing leaves out what refers.
    pub whole: Option<fn() -> &'static Operation>,
}

/// The object that a list below it is a part of, although neither the object nor its listing has it.
#[derive(Debug, Clone, Copy)]
pub struct PartOf {
    /// What the object is, likewise.
    pub kind: &'static str,
    /// What the list would be called there.
    pub name: &'static str,
}
