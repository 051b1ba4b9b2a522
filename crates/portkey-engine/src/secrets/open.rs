//! The sink that the operator chose.

use std::sync::Arc;

use super::{
    Destination, Own, SecretSink,
    command::SecretCommand,
    file::SecretFile,
    keyring::Keyring,
    unkept::{Inline, Mask},
};

/// Opens the sink at `destination`; without one, a file in the user's data directory, or none where no such directory can
/// be written. Touches nothing yet. Of what is `own`, commands do not see the variables, and no secret is written to the
/// files.
pub fn open(destination: Option<Destination>, own: &Own) -> Box<dyn SecretSink> {
    match destination {
        Some(Destination::Inline) => Box::new(Inline),
        Some(Destination::Mask) => Box::new(Mask),
        Some(Destination::File(path)) => Box::new(Arc::new(SecretFile::at(path, own.clone()))),
        Some(Destination::Keyring) => Box::new(Keyring),
        Some(Destination::Command(words)) => {
            Box::new(SecretCommand::new(words, own.variables.clone()))
        }
        None => match SecretFile::in_data_directory(own.clone()) {
            Some(file) => Box::new(Arc::new(file)),
            None => Box::new(Mask),
        },
    }
}
