//! Whether a server answers at an address: how fast, by whose clock, and with which certificate.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use http::header;
use jiff::{SignedDuration, Timestamp, fmt::rfc2822};
use reqwest::tls::TlsInfo;
use x509_cert::{Certificate, der::Decode as _};

use crate::Error;

/// What a server's answer shows of the way to it. Any answer will do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// The HTTP status.
    pub status: u16,
    /// The version of HTTP, such as `HTTP/2.0`.
    pub version: String,
    /// The address that was connected to, which may be that of a proxy.
    pub address: Option<SocketAddr>,
    /// How long a request took on a connection that was there already.
    pub latency: Duration,
    /// How long the first request took, with looking the name up and connecting.
    pub first: Duration,
    /// How far the clock of this machine is ahead of the server's, as far as whole seconds tell.
    pub clock_ahead: Option<SignedDuration>,
    /// When the certificate of the server expires, if it has one.
    pub certificate_ends: Option<Timestamp>,
}

impl Probe {
    pub(crate) async fn of(
        http: &reqwest::Client,
        url: &str,
        silence: Duration,
    ) -> Result<Self, Error> {
        let ask = async || {
            let started = Instant::now();
            let sent = http.get(url).send().await;
            let answer = sent.map_err(|error| Error::of_sending(error, url, silence))?;
            Ok::<_, Error>((answer, started.elapsed()))
        };
        let (answer, first) = ask().await?;
        // The body is read, so that its connection is free for the next request.
        _ = answer.bytes().await;
        let (answer, latency) = ask().await?;
        let now = Timestamp::now();
        let date = answer.headers().get(header::DATE);
        let date = date.and_then(|date| rfc2822::parse(date.to_str().ok()?).ok());
        let tls = answer.extensions().get::<TlsInfo>();
        let certificate = tls.and_then(TlsInfo::peer_certificate);
        Ok(Self {
            status: answer.status().as_u16(),
            version: format!("{:?}", answer.version()),
            address: answer.remote_addr(),
            latency,
            first,
            clock_ahead: date.map(|date| now.duration_since(date.timestamp())),
            certificate_ends: certificate.and_then(end),
        })
    }
}

/// The end of a certificate in its binary form.
fn end(certificate: &[u8]) -> Option<Timestamp> {
    let certificate = Certificate::from_der(certificate).ok()?;
    let end = certificate
        .tbs_certificate
        .validity
        .not_after
        .to_unix_duration();
    Timestamp::from_second(end.as_secs().try_into().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_certificate_has_no_end() {
        assert_eq!(end(b"nonsense"), None);
    }
}
