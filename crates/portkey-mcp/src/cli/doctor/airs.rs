//! Whether Prisma AIRS accepts the service account. Nothing tells of the roles that it has.

use std::sync::Arc;

use portkey_api::Keys;
use portkey_client::{Error, ReadClient};
use portkey_engine::keys::Owners;

use super::finding::Finding;

const CHECK: &str = "service account";

/// Asks for a token, and with it for a list.
pub(super) async fn ask(client: &ReadClient) -> Finding {
    finding(
        &Owners::default().ask(client, Keys::Any).await.map(drop),
        client,
    )
}

fn finding(asked: &Result<(), Arc<Error>>, client: &ReadClient) -> Finding {
    let tenant = client.settings().tenant().unwrap_or("that of the token");
    let Err(error) = asked else {
        return Finding::ok(
            CHECK,
            format!("Prisma AIRS gives it tokens (tenant {tenant})"),
        )
        .with_details(["a preview: no live tenant has confirmed it".to_owned()]);
    };
    match error.as_ref() {
        Error::NoOauthClient => Finding::problem(
            CHECK,
            "there is none",
            "Set PORTKEY_CLIENT_ID, PORTKEY_CLIENT_SECRET and PORTKEY_TSG_ID; Strata Cloud Manager makes service accounts.",
        ),
        Error::NoToken { source, .. } if matches!(source.as_ref(), Error::Refused(_)) => {
            Finding::problem(
                CHECK,
                error.to_string(),
                "Check PORTKEY_CLIENT_ID, PORTKEY_CLIENT_SECRET and PORTKEY_TSG_ID.",
            )
        }
        _ => Finding::problem(
            CHECK,
            format!("it could not be checked: {error}"),
            "Mend the way to Prisma AIRS first.",
        ),
    }
}
