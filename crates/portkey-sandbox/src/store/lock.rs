//! Locking a mutex whatever happened to the thread that held it before.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// What a mutex protects, even after a panic: nothing here is left half changed.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
