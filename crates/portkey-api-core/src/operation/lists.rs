//! What listings declare about objects that may refer to others.

use super::Operation;

/// The objects of a listing, which may refer to others. A listing below an object of the same kind lists its versions.
#[derive(Debug, Clone, Copy)]
pub struct Lists {
    /// The vendor's name for the kind of object, such as `config`.
    pub kind: &'static str,
    /// The operation that reads a whole object, if the listing leaves out the references.
    pub whole: Option<fn() -> &'static Operation>,
}

/// The object that the list belongs to, if neither the object nor its listing contains the list.
#[derive(Debug, Clone, Copy)]
pub struct PartOf {
    /// The vendor's name for the kind of that object.
    pub kind: &'static str,
    /// The name that the list would have as a member of that object.
    pub name: &'static str,
}
