//! The secrets that arguments refer to take the place of the references.

use std::sync::Arc;

use portkey_api_core::{Declaration, JsonObject};
use portkey_client::Settings;
use secrecy::ExposeSecret as _;
use tokio::task::spawn_blocking;

use super::Failure;
use crate::{
    policy::Policy,
    secrets::{Redactor, Secrets},
    wording::Wording,
};

/// The arguments with secrets in the place of the references to them, and what then must not come back: those secrets and
/// the keys that the call is made with.
pub(super) async fn resolve_secrets(
    secrets: &Arc<Secrets>,
    policy: &Policy,
    settings: &Settings,
    declaration: &'static Declaration,
    arguments: &JsonObject,
    wording: &'static dyn Wording,
) -> Result<(JsonObject, Redactor), Failure> {
    let narrower: Vec<_> = policy
        .rules()
        .filter_map(|rules| rules.secret_sources.clone())
        .collect();
    let (secrets, arguments) = (Arc::clone(secrets), arguments.clone());
    let resolved = spawn_blocking(move || {
        secrets
            .sources
            .resolve(declaration, arguments, &narrower, wording)
    });
    // `spawn_blocking` fails only at shutdown.
    let (arguments, mut redactor) = resolved.await.map_err(|_| Failure::Cancelled)??;
    for key in [&settings.api_key, &settings.workspace_api_key] {
        redactor.write(key.as_ref().map_or("", |key| key.expose_secret()));
    }
    Ok((arguments, redactor))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::{
        call::testing::arguments,
        secrets::{self, Destination, Own, SourceList, Sources},
        toys,
        wording::Plain,
    };

    /// Arguments of `create_toy`, where variables are allowed that begin with `TOY_`.
    async fn resolved(given: Value) -> Result<(JsonObject, Redactor), Failure> {
        let allowed: SourceList = "env:TOY_*".parse().unwrap();
        let secrets = Secrets {
            sink: secrets::open(Some(Destination::Mask), &Own::default()),
            sources: Sources::new(allowed, Own::default(), |_| Some("sesame-open".to_owned())),
        };
        let settings = Settings {
            api_key: Some("key-of-the-organisation".into()),
            ..Settings::default()
        };
        let create = toys::catalog().operation("create_toy").unwrap();
        let (policy, given) = (Policy::default(), arguments(given));
        resolve_secrets(
            &Arc::new(secrets),
            &policy,
            &settings,
            &create.declaration,
            &given,
            &Plain,
        )
        .await
    }

    #[tokio::test]
    async fn a_reference_becomes_the_secret_and_the_call_knows_what_it_carries() {
        let given = json!({ "name": "Ox", "coupon": "env:TOY_KEY" });
        let (resolved, redactor) = resolved(given).await.unwrap();
        assert_eq!(resolved["coupon"], "sesame-open");
        assert_eq!(resolved["name"], "Ox");
        for secret in ["sesame-open", "key-of-the-organisation"] {
            let told = redactor.hidden(&format!("it is {secret}")).unwrap();
            assert!(!told.contains(secret), "{told}");
        }
    }

    #[tokio::test]
    async fn a_reference_to_where_nothing_may_be_read_is_refused() {
        let refused = resolved(json!({ "name": "Ox", "coupon": "env:HOME" })).await;
        assert!(matches!(refused, Err(Failure::Arguments(_))));
    }
}
