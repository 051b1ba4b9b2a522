//! The cryptography provider for TLS.

use rustls::crypto::{CryptoProvider, ring};

/// Sets up TLS for this process: with ring, unless the program has chosen another provider. A [`Client`](crate::Client)
/// does this itself. Other users of `reqwest` in the same program must call it first.
pub fn ensure_crypto_provider() {
    if CryptoProvider::get_default().is_none() {
        // Installing fails only if another thread was faster, which is fine.
        _ = ring::default_provider().install_default();
    }
}
