//! Secrets stay out of the model's context, both ways: new ones go to a sink that the operator chose, and those that
//! arguments need are read from sources that the operator allows.

mod command;
mod destination;
mod file;
mod fragments;
mod keyring;
mod open;
mod own;
mod redactor;
mod sink;
mod source;
mod sources;
mod unkept;

pub use destination::{Destination, UnknownDestination};
pub use open::open;
pub use own::Own;
pub(crate) use redactor::Redactor;
pub use sink::{NewSecret, SecretSink, SinkFailure};
pub use source::{InvalidSource, SecretSource, SourceList};
pub use sources::{ReadVariable, Sources};

/// Where secrets go and where they come from.
#[derive(Debug)]
pub struct Secrets {
    /// Takes the new secrets that answers bring.
    pub sink: Box<dyn SecretSink>,
    /// Reads the secrets that arguments refer to.
    pub sources: Sources,
}
