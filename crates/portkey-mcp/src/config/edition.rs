//! Which edition of the product a connection goes to, and whether its address and its credentials belong together.

use portkey_api::Edition;
use portkey_client::{BaseUrl, OauthClient, SecretString, Settings as Connection, is_token};
use secrecy::ExposeSecret as _;

use super::settings::EditionSettings;

/// An address and credentials that do not belong together. Nothing is sent then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum EditionMismatch {
    /// The address is the gateway of Prisma AIRS.
    #[error(
        "{address} is the gateway of Prisma AIRS, which manages nothing: set PORTKEY_BASE_URL to {}, and \
         PORTKEY_GATEWAY_URL to this address",
        BaseUrl::airs()
    )]
    GatewayAddress {
        /// The address.
        address: String,
    },
    /// An API key is the only credential for Prisma AIRS.
    #[error(
        "{address} is Prisma AIRS, which takes tokens and no API keys where its objects are managed: set PORTKEY_CLIENT_ID, \
         PORTKEY_CLIENT_SECRET and PORTKEY_TSG_ID of a service account (the API key stays for logs)"
    )]
    OpaqueKey {
        /// The address.
        address: String,
    },
    /// A part of the OAuth client is missing.
    #[error("a client of Prisma AIRS needs an id, a secret and a tenant: {missing} is missing")]
    Incomplete {
        /// The variables to set.
        missing: String,
    },
    /// The edition is said to be Portkey's own, and the address is not.
    #[error(
        "{address} is an address of Prisma AIRS, and the edition is set to `classic`: change one of them"
    )]
    ClassicAtAirs {
        /// The address.
        address: String,
    },
}

/// What is given of the OAuth client of a service account.
#[derive(Debug, Default)]
pub(super) struct GivenClient {
    pub(super) id: Option<String>,
    pub(super) secret: Option<SecretString>,
    pub(super) tenant: Option<String>,
    pub(super) token_url: String,
    pub(super) sends_tenant: bool,
}

impl GivenClient {
    /// The client without its secret, as the settings say.
    pub(super) fn of(settings: &EditionSettings) -> Self {
        let given = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
        Self {
            id: given(&settings.oauth_client_id),
            secret: None,
            tenant: given(&settings.tsg_id),
            token_url: settings.oauth_token_url.clone(),
            sends_tenant: settings.tenant_header,
        }
    }

    fn complete(self) -> Result<Option<OauthClient>, EditionMismatch> {
        let missing: Vec<&str> = [
            ("PORTKEY_CLIENT_ID", self.id.is_none()),
            ("PORTKEY_CLIENT_SECRET", self.secret.is_none()),
            ("PORTKEY_TSG_ID", self.tenant.is_none()),
        ]
        .into_iter()
        .filter_map(|(name, is_missing)| is_missing.then_some(name))
        .collect();
        match (self.id, self.secret, self.tenant) {
            (Some(id), Some(secret), Some(tenant)) => Ok(Some(OauthClient {
                client_id: id,
                client_secret: secret,
                tenant,
                token_url: self.token_url,
                sends_tenant: self.sends_tenant,
            })),
            (None, None, _) => Ok(None),
            _ => Err(EditionMismatch::Incomplete {
                missing: missing.join(" and "),
            }),
        }
    }
}

/// The edition of an address, if `stated` does not say it.
pub(super) fn edition_at(stated: Option<Edition>, address: &BaseUrl) -> Edition {
    stated.or(address.edition()).unwrap_or_default()
}

/// The connection with its edition and the client for that. The usual address is that of the edition.
pub(super) fn settle(
    mut connection: Connection,
    stated: Option<Edition>,
    given: GivenClient,
) -> Result<Connection, EditionMismatch> {
    let address = connection.base_url.to_string();
    if connection.base_url.is_airs_gateway() {
        return Err(EditionMismatch::GatewayAddress { address });
    }
    let is_usual = connection.base_url == BaseUrl::default();
    let has_client = given.id.is_some() && given.secret.is_some();
    let edition = match stated {
        None if is_usual && has_client => Edition::PrismaAirs,
        _ => edition_at(stated, &connection.base_url),
    };
    if edition == Edition::Classic {
        if connection.base_url.edition() == Some(Edition::PrismaAirs) {
            return Err(EditionMismatch::ClassicAtAirs { address });
        }
        return Ok(connection);
    }
    if is_usual {
        connection.base_url = BaseUrl::airs();
    }
    connection.edition = edition;
    connection.oauth = given.complete()?;
    let key = connection.api_key.as_ref();
    let is_opaque = key.is_some_and(|key| !is_token(key.expose_secret()));
    if connection.oauth.is_none() && is_opaque {
        let address = connection.base_url.to_string();
        return Err(EditionMismatch::OpaqueKey { address });
    }
    Ok(connection)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "eyJhbGciOiJSUzI1NiJ9.eyJ0c2ciOiIxIn0.c2ln";

    fn at(address: &str, key: Option<&str>) -> Connection {
        Connection {
            base_url: address.parse().unwrap(),
            api_key: key.map(Into::into),
            ..Connection::default()
        }
    }

    fn client() -> GivenClient {
        GivenClient {
            id: Some("id".to_owned()),
            secret: Some("secret".into()),
            tenant: Some("1234567890".to_owned()),
            ..GivenClient::default()
        }
    }

    const PORTKEY: &str = "https://api.portkey.ai/v1";
    const AIRS: &str = "https://api.apps.paloaltonetworks.com/ai_gw";

    #[test]
    fn address_and_credential_tell_the_edition() {
        for (address, key, given, edition) in [
            (
                PORTKEY,
                Some("key"),
                GivenClient::default(),
                Edition::Classic,
            ),
            (PORTKEY, None, client(), Edition::PrismaAirs),
            (AIRS, None, client(), Edition::PrismaAirs),
            (AIRS, Some("gateway key"), client(), Edition::PrismaAirs),
            (
                AIRS,
                Some(TOKEN),
                GivenClient::default(),
                Edition::PrismaAirs,
            ),
            (AIRS, None, GivenClient::default(), Edition::PrismaAirs),
            (
                "https://portkey.example/v1",
                Some("key"),
                client(),
                Edition::Classic,
            ),
        ] {
            let settled = settle(at(address, key), None, given).unwrap();
            assert_eq!(settled.edition, edition, "{address} {key:?}");
            assert_eq!(
                settled.base_url.edition() == Some(Edition::PrismaAirs),
                edition == Edition::PrismaAirs
            );
        }
    }

    #[test]
    fn what_does_not_belong_together_is_refused_before_anything_is_sent() {
        let said = |address: &str, stated, given| {
            let refused = settle(at(address, Some("opaque")), stated, given);
            refused.unwrap_err().to_string()
        };
        let gateway = said("https://aigw.portkey.ai/v1", None, client());
        assert!(
            gateway.contains("set PORTKEY_BASE_URL to https://api.apps."),
            "{gateway}"
        );
        let opaque = said(AIRS, None, GivenClient::default());
        assert!(opaque.contains("PORTKEY_CLIENT_ID"), "{opaque}");
        let classic = said(AIRS, Some(Edition::Classic), client());
        assert!(classic.contains("`classic`"), "{classic}");
        let partial = GivenClient {
            tenant: None,
            ..client()
        };
        let partial = said(AIRS, None, partial);
        assert!(partial.ends_with("PORTKEY_TSG_ID is missing"), "{partial}");
    }
}
