//! The cryptography that TLS uses.

use rustls::crypto::{CryptoProvider, ring};

/// Lets TLS work in this process: with ring, unless whoever builds the program has chosen another provider, which stays.
/// A [`Client`](crate::Client) sees to it by itself; other users of `reqwest` in the same program call this first.
pub fn ensure_crypto_provider() {
    if CryptoProvider::get_default().is_none() {
        // It only fails where another thread was faster, and then there is one.
        _ = ring::default_provider().install_default();
    }
}
