//! OAuth clients that may ask for tokens of Prisma AIRS.

use secrecy::{ExposeSecret as _, SecretString};

/// Where the vendor of Prisma AIRS gives tokens.
pub const TOKEN_URL: &str = "https://auth.apps.paloaltonetworks.com/oauth2/access_token";

/// A service account that gets tokens by the client-credentials grant. `Debug` shows no secret.
#[derive(Debug, Clone)]
pub struct OauthClient {
    /// The id of the client.
    pub client_id: String,
    /// The secret of the client.
    pub client_secret: SecretString,
    /// The id of the tenant service group (TSG) that the tokens are for: a number of ten digits.
    pub tenant: String,
    /// Where tokens are asked for.
    pub token_url: String,
    /// Whether requests name the tenant in the header `x-tsg-id`, too. The vendor documents no such header; other clients
    /// report that requests without it are refused.
    pub sends_tenant: bool,
}

impl OauthClient {
    /// Returns a client of the vendor's token service.
    pub fn new(
        client_id: impl Into<String>,
        client_secret: impl Into<SecretString>,
        tenant: impl Into<String>,
    ) -> Self {
        Self {
            client_id: client_id.into(),
            client_secret: client_secret.into(),
            tenant: tenant.into(),
            token_url: TOKEN_URL.to_owned(),
            sends_tenant: true,
        }
    }
}

/// Clients are equal if the same tokens are for both.
impl PartialEq for OauthClient {
    fn eq(&self, other: &Self) -> bool {
        self.client_id == other.client_id
            && self.client_secret.expose_secret() == other.client_secret.expose_secret()
            && self.tenant == other.tenant
            && self.token_url == other.token_url
            && self.sends_tenant == other.sends_tenant
    }
}

impl Eq for OauthClient {}
