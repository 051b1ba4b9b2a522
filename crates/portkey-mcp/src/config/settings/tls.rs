//! Settings of TLS.

use std::path::PathBuf;

use clap::Args;

/// How connections are protected where no proxy does it.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct TlsSettings {
    /// The server's certificate, and those that vouch for it, as PEM. Read again when the file changes.
    #[arg(long, env = "MCP_TLS_CERT", value_name = "FILE")]
    pub(crate) tls_cert: Option<PathBuf>,

    /// The certificate's private key, as PEM. Read again when the file changes.
    #[arg(long, env = "MCP_TLS_KEY", value_name = "FILE")]
    pub(crate) tls_key: Option<PathBuf>,

    /// The authorities, as PEM, of which clients must show a certificate; only probes then pass without one.
    #[arg(long, env = "MCP_TLS_CLIENT_CA", value_name = "FILE")]
    pub(crate) tls_client_ca: Option<PathBuf>,
}

impl TlsSettings {
    /// Whether the server speaks TLS.
    pub(crate) fn is_on(&self) -> bool {
        self.tls_cert.is_some()
    }
}
