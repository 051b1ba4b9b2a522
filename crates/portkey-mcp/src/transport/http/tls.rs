//! TLS: the server's certificate, and those that clients must present.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use axum::{
    Extension,
    extract::Request,
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use axum_server::{
    tls::TlsInfo,
    tls_rustls::{RustlsAcceptor, RustlsConfig},
};
use rustls::{
    RootCertStore, ServerConfig,
    crypto::{CryptoProvider, ring},
    pki_types::{
        CertificateDer, PrivateKeyDer,
        pem::{self, PemObject as _},
    },
    server::{VerifierBuilderError, WebPkiClientVerifier, danger::ClientCertVerifier},
};

use portkey_engine::causes::with_causes;

use super::refusal::Refusal;
use crate::config::{FileWatcher, TlsSettings};

/// Why TLS cannot be set up.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TlsFailure {
    /// One of a pair is missing.
    #[error("--{given} is set, but --{missing} is not; set both, or neither")]
    Half {
        given: &'static str,
        missing: &'static str,
    },
    /// A file does not hold what it should.
    #[error("--{setting} {path}")]
    File {
        setting: &'static str,
        path: PathBuf,
        source: pem::Error,
    },
    /// A file has no certificate.
    #[error("--{setting} {path}: there is no certificate in it")]
    Empty {
        setting: &'static str,
        path: PathBuf,
    },
    /// Key and certificate cannot be used together.
    #[error("--{CERT} and --{KEY}")]
    Pair(#[source] rustls::Error),
    /// An authority's certificate cannot be used.
    #[error("--{CLIENT_CA}")]
    Authority(#[source] rustls::Error),
    /// The authorities cannot be used.
    #[error("--{CLIENT_CA}")]
    Authorities(#[source] VerifierBuilderError),
}

const CERT: &str = "tls-cert";
const KEY: &str = "tls-key";
const CLIENT_CA: &str = "tls-client-ca";

/// TLS by files that are reloaded when they change.
#[derive(Debug)]
pub(super) struct Tls {
    files: Files,
    in_force: RustlsConfig,
}

#[derive(Debug)]
struct Files {
    cert: PathBuf,
    key: PathBuf,
    client_ca: Option<PathBuf>,
}

impl Tls {
    /// TLS as the settings say; `None` if they name no certificate.
    pub(super) fn open(settings: &TlsSettings) -> Result<Option<Self>, TlsFailure> {
        let Some(files) = Files::named(settings)? else {
            return Ok(None);
        };
        let in_force = RustlsConfig::from_config(files.read()?);
        Ok(Some(Self { files, in_force }))
    }

    pub(super) fn asks_for_certificates(&self) -> bool {
        self.files.client_ca.is_some()
    }

    pub(super) fn acceptor(&self) -> RustlsAcceptor {
        RustlsAcceptor::new(self.in_force.clone())
    }

    /// Reloads the files whenever they change. Connections keep what they began with.
    pub(super) async fn follow(self) {
        let paths = self.files.paths();
        let mut changes = FileWatcher::watching(&paths);
        while changes.next().await.is_some() {
            match self.files.read() {
                Ok(config) => {
                    self.in_force.reload_from_config(config);
                    tracing::info!("the certificates are reloaded");
                }
                // Certificate and key are not replaced at the same instant, so they may not match for a moment.
                Err(failure) => {
                    let failure = with_causes(&failure);
                    tracing::error!("the certificates stay as they were: {failure}");
                }
            }
            changes.watch(&paths);
        }
    }
}

impl Files {
    fn named(settings: &TlsSettings) -> Result<Option<Self>, TlsFailure> {
        let client_ca = settings.tls_client_ca.clone();
        let half = |given, missing| Err(TlsFailure::Half { given, missing });
        match (&settings.tls_cert, &settings.tls_key) {
            (Some(cert), Some(key)) => Ok(Some(Self {
                cert: cert.clone(),
                key: key.clone(),
                client_ca,
            })),
            (Some(_), None) => half(CERT, KEY),
            (None, Some(_)) => half(KEY, CERT),
            (None, None) if client_ca.is_some() => half(CLIENT_CA, CERT),
            (None, None) => Ok(None),
        }
    }

    fn paths(&self) -> Vec<PathBuf> {
        let pair = [self.cert.clone(), self.key.clone()];
        pair.into_iter().chain(self.client_ca.clone()).collect()
    }

    fn read(&self) -> Result<Arc<ServerConfig>, TlsFailure> {
        let provider = Arc::new(ring::default_provider());
        let chain = certificates(CERT, &self.cert)?;
        let key = PrivateKeyDer::from_pem_file(&self.key).map_err(|source| TlsFailure::File {
            setting: KEY,
            path: self.key.clone(),
            source,
        })?;
        let clients = self.client_verifier(&provider)?;
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(TlsFailure::Pair)?
            .with_client_cert_verifier(clients)
            .with_single_cert(chain, key)
            .map_err(TlsFailure::Pair)?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }

    /// Checks certificates that clients present. Those without one are refused later, in [`require_certificate`].
    fn client_verifier(
        &self,
        provider: &Arc<CryptoProvider>,
    ) -> Result<Arc<dyn ClientCertVerifier>, TlsFailure> {
        let Some(path) = &self.client_ca else {
            return Ok(WebPkiClientVerifier::no_client_auth());
        };
        let mut authorities = RootCertStore::empty();
        for certificate in certificates(CLIENT_CA, path)? {
            authorities
                .add(certificate)
                .map_err(TlsFailure::Authority)?;
        }
        WebPkiClientVerifier::builder_with_provider(Arc::new(authorities), Arc::clone(provider))
            .allow_unauthenticated()
            .build()
            .map_err(TlsFailure::Authorities)
    }
}

fn certificates(
    setting: &'static str,
    path: &Path,
) -> Result<Vec<CertificateDer<'static>>, TlsFailure> {
    let certificates: Result<Vec<_>, pem::Error> =
        CertificateDer::pem_file_iter(path).and_then(Iterator::collect);
    match certificates {
        Ok(certificates) if certificates.is_empty() => Err(TlsFailure::Empty {
            setting,
            path: path.to_owned(),
        }),
        Ok(certificates) => Ok(certificates),
        Err(source) => Err(TlsFailure::File {
            setting,
            path: path.to_owned(),
            source,
        }),
    }
}

/// Refuses requests without a client certificate, except probes: orchestrators have none, and learn nothing from them.
pub(super) async fn require_certificate(
    Extension(tls): Extension<Arc<TlsInfo>>,
    request: Request,
    next: Next,
) -> Response {
    let is_probe = matches!(request.uri().path(), "/health" | "/ready");
    if is_probe || !tls.peer_certificates.is_empty() {
        return next.run(request).await;
    }
    let message = "this server asks for a client certificate";
    Refusal::new(StatusCode::FORBIDDEN, message).into_response()
}
