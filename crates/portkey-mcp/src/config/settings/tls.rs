//! Settings of TLS.

use std::path::PathBuf;

use clap::Args;

use super::heading;

/// TLS, where no proxy speaks it.
#[derive(Debug, Clone, Default, Args)]
#[expect(
    clippy::struct_field_names,
    reason = "the names of the flags are made of them"
)]
#[command(next_help_heading = heading::TLS)]
pub(crate) struct TlsSettings {
    /// The server's certificate and its chain, as PEM. Read again when the file changes.
    #[arg(long, env = "MCP_TLS_CERT", value_name = "FILE")]
    pub(crate) tls_cert: Option<PathBuf>,

    /// The certificate's private key, as PEM. Read again when the file changes.
    #[arg(long, env = "MCP_TLS_KEY", value_name = "FILE")]
    pub(crate) tls_key: Option<PathBuf>,

    /// Certificate authorities, as PEM. Clients must present a certificate of one of them; only probes need none.
    #[arg(long, env = "MCP_TLS_CLIENT_CA", value_name = "FILE")]
    pub(crate) tls_client_ca: Option<PathBuf>,
}

impl TlsSettings {
    /// Whether the server speaks TLS.
    pub(crate) fn is_on(&self) -> bool {
        self.tls_cert.is_some()
    }
}
