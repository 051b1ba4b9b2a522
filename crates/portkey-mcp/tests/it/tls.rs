//! TLS by certificates that come and go.

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    time::Duration,
};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, ExtendedKeyUsagePurpose, IsCa, KeyPair,
};
use reqwest::{Certificate, Client, Identity, StatusCode, Version};
use serde_json::json;
use tempfile::TempDir;

use crate::{
    process,
    served::{Served, message},
};

/// Somebody who vouches for others.
struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    /// A certificate and its key, for a server on this machine or for a client.
    fn issue(&self, purpose: ExtendedKeyUsagePurpose) -> (String, String) {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
        params.extended_key_usages = vec![purpose];
        let certificate = params.signed_by(&key, &self.0).unwrap();
        (certificate.pem(), key.serialize_pem())
    }

    /// A client that trusts nobody else.
    fn client(&self, identity: Option<(String, String)>) -> Client {
        portkey_client::ensure_crypto_provider();
        let trusted = Certificate::from_pem(self.0.pem().as_bytes()).unwrap();
        let mut builder = Client::builder().tls_certs_only([trusted]).no_proxy();
        if let Some((certificate, key)) = identity {
            let pem = format!("{certificate}{key}");
            builder = builder.identity(Identity::from_pem(pem.as_bytes()).unwrap());
        }
        builder.build().unwrap()
    }
}

/// Files as Kubernetes lays them: links through one link that is swapped.
struct Volume {
    folder: TempDir,
    generation: u32,
}

impl Volume {
    fn new() -> Self {
        let volume = Self {
            folder: TempDir::new().unwrap(),
            generation: 0,
        };
        for name in ["tls.crt", "tls.key"] {
            symlink(Path::new("..data").join(name), volume.file(name)).unwrap();
        }
        volume
    }

    fn hold(&mut self, (certificate, key): (String, String)) {
        self.generation += 1;
        let name = format!("..{}", self.generation);
        let folder = self.file(&name);
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("tls.crt"), certificate).unwrap();
        fs::write(folder.join("tls.key"), key).unwrap();
        symlink(&name, self.file("..new")).unwrap();
        fs::rename(self.file("..new"), self.file("..data")).unwrap();
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn serve(&self, arguments: &[&str]) -> Served {
        let (certificate, key) = (self.file("tls.crt"), self.file("tls.key"));
        let pair = [
            ("PORTKEY_SANDBOX", "true"),
            ("MCP_TLS_CERT", certificate.to_str().unwrap()),
            ("MCP_TLS_KEY", key.to_str().unwrap()),
        ];
        Served::start(arguments, &pair)
    }
}

#[tokio::test]
async fn tools_are_called_over_tls() {
    let (authority, mut volume) = (Authority::new(), Volume::new());
    volume.hold(authority.issue(ExtendedKeyUsagePurpose::ServerAuth));
    let mut server = volume.serve(&[]);
    assert!(server.origin.starts_with("https://"));
    server.client = authority.client(None);
    let call = json!({ "name": "list_workspaces", "arguments": {} });
    let answer = server.modern("tools/call", call).send().await.unwrap();
    assert_eq!(answer.version(), Version::HTTP_2);
    assert_eq!(message(answer).await["result"]["isError"], false);

    let port = server.origin.rsplit(':').next().unwrap().to_owned();
    let certificate = volume.file("tls.crt");
    let environment = [
        ("MCP_PORT", port.as_str()),
        ("MCP_TLS_CERT", certificate.to_str().unwrap()),
    ];
    assert!(process::run(&["health"], &environment).status.success());
}

#[tokio::test]
async fn a_certificate_is_taken_over_when_it_changes() {
    let (old, new, mut volume) = (Authority::new(), Authority::new(), Volume::new());
    volume.hold(old.issue(ExtendedKeyUsagePurpose::ServerAuth));
    let server = volume.serve(&[]);
    let url = server.url("/health");
    assert!(old.client(None).get(&url).send().await.is_ok());
    assert!(new.client(None).get(&url).send().await.is_err());

    // A pair that does not fit changes nothing.
    let (certificate, _) = new.issue(ExtendedKeyUsagePurpose::ServerAuth);
    let (_, key) = new.issue(ExtendedKeyUsagePurpose::ServerAuth);
    volume.hold((certificate, key));
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(old.client(None).get(&url).send().await.is_ok());

    for authority in [&new, &old] {
        volume.hold(authority.issue(ExtendedKeyUsagePurpose::ServerAuth));
        while authority.client(None).get(&url).send().await.is_err() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

#[tokio::test]
async fn clients_must_show_a_certificate_where_that_is_set() {
    let (servers, clients, mut volume) = (Authority::new(), Authority::new(), Volume::new());
    volume.hold(servers.issue(ExtendedKeyUsagePurpose::ServerAuth));
    let authorities = volume.file("clients.pem");
    fs::write(&authorities, clients.0.pem()).unwrap();
    let mut server = volume.serve(&["--tls-client-ca", authorities.to_str().unwrap()]);

    server.client = servers.client(Some(clients.issue(ExtendedKeyUsagePurpose::ClientAuth)));
    let listed = server.modern("tools/list", json!({})).send().await.unwrap();
    assert_eq!(listed.status(), StatusCode::OK);

    server.client = servers.client(None);
    let refused = server.modern("tools/list", json!({})).send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    let probe = server.client.get(server.url("/health"));
    assert_eq!(probe.send().await.unwrap().status(), StatusCode::OK);

    // One of somebody else's is worse than none.
    server.client = servers.client(Some(servers.issue(ExtendedKeyUsagePurpose::ClientAuth)));
    let probe = server.client.get(server.url("/health"));
    assert!(probe.send().await.is_err());
    let told = server.says("the certificate of a client is refused").await;
    assert!(told.contains("reason="), "{told}");
}

#[test]
fn what_is_no_tls_is_refused_by_the_name_of_its_setting() {
    let (authority, mut volume) = (Authority::new(), Volume::new());
    volume.hold(authority.issue(ExtendedKeyUsagePurpose::ServerAuth));
    let file = |name: &str| volume.file(name).to_str().unwrap().to_owned();
    let (certificate, key, missing) = (file("tls.crt"), file("tls.key"), file("missing"));
    for (settings, told) in [
        (&[("MCP_TLS_CERT", &certificate)][..], "--tls-key is not"),
        (&[("MCP_TLS_KEY", &key)], "--tls-cert is not"),
        (&[("MCP_TLS_CLIENT_CA", &certificate)], "--tls-cert is not"),
        (
            &[("MCP_TLS_CERT", &missing), ("MCP_TLS_KEY", &key)],
            "--tls-cert /",
        ),
        (
            &[("MCP_TLS_CERT", &certificate), ("MCP_TLS_KEY", &missing)],
            "--tls-key /",
        ),
        (
            &[("MCP_TLS_CERT", &key), ("MCP_TLS_KEY", &key)],
            "no certificate in it",
        ),
    ] {
        let settings: Vec<_> = settings
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let output = process::run(&["http", "--port", "0"], &settings);
        assert_eq!(output.status.code(), Some(2), "{settings:?}");
        let stderr = process::text(&output.stderr);
        assert!(stderr.contains(told), "{stderr}");
    }
}
