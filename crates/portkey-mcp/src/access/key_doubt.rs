//! What is known to be wrong with a key, before a call fails because of it.

use std::sync::Arc;

use parking_lot::Mutex;

/// Why calls with a key will fail, as a sentence that names what to do. Clones share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct KeyDoubt(Arc<Mutex<Option<Arc<str>>>>);

impl KeyDoubt {
    /// What is wrong, if anything is known to be.
    pub(crate) fn get(&self) -> Option<Arc<str>> {
        self.0.lock().clone()
    }

    /// Keeps what is wrong.
    pub(crate) fn set(&self, reason: String) {
        *self.0.lock() = Some(reason.into());
    }

    /// Forgets it, since Portkey has accepted the key.
    pub(crate) fn clear(&self) {
        *self.0.lock() = None;
    }
}
