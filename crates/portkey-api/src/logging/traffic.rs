//! Recorded requests and answers.

use portkey_api_core::{keywords::BODIES, secret_members};

secret_members! {
    /// JSON that went over the wire and was recorded. Headers, and what sounds like a credential, are masked
    /// wherever they are; what was said stays readable.
    Traffic, marked BODIES: [
        "headers", "portkeyHeaders", "custom_headers", "extra_headers", "authorization", "key", "api_key",
        "apiKey", "x-api-key", "x-portkey-*", "secret", "client_secret", "password", "credentials",
        "auth_config", "access_token", "refresh_token", "id_token", "aws_access_key_id",
        "aws_secret_access_key", "aws_session_token", "azure_entra_client_secret", "bearer_token", "cookie",
        "model_config", "private_key", "set-cookie", "vault_secret_id", "vault_token",
        "vertex_service_account_json",
    ]
}
