//! Keeps secrets out of the model's context in both directions: new secrets go to a sink that the operator chose, and
//! secrets that arguments refer to are read from sources that the operator allows.

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
pub use keyring::KeptKey;
pub use open::open;
pub use own::Own;
pub(crate) use redactor::Redactor;
pub use sink::{NewSecret, SecretSink, SinkFailure};
pub use source::{InvalidSource, SecretSource, SourceList};
pub use sources::{ReadVariable, Sources};

/// The sink for new secrets and the sources of existing ones.
#[derive(Debug)]
pub struct Secrets {
    /// Stores the new secrets that answers contain.
    pub sink: Box<dyn SecretSink>,
    /// Reads the secrets that arguments refer to.
    pub sources: Sources,
}
