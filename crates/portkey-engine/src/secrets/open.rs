//! Opens the sink that the operator chose.

use std::sync::Arc;

use super::{
    Destination, Own, SecretSink,
    command::SecretCommand,
    file::SecretFile,
    keyring::Keyring,
    unkept::{Inline, Mask},
};

/// Returns the sink at `destination`. Without one, it is a file in the user's data directory, or no sink if that
/// directory cannot be written. Nothing is opened yet. A command does not get the variables in `own`, and no secret is
/// written to the files in it.
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
