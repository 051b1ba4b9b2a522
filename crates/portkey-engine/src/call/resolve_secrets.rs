//! Replaces secret references in arguments, such as `env:NAME`, by the secrets.

use std::sync::Arc;

use portkey_api_core::{Declaration, JsonObject, Reference};
use portkey_client::Settings;
use secrecy::ExposeSecret as _;
use serde_json::Value;
use tokio::task::spawn_blocking;

use super::Failure;
use crate::{
    policy::Policy,
    secrets::{Redactor, Secrets},
    wording::Wording,
};

/// Returns the arguments with each secret reference replaced by its secret, and a redactor that knows these secrets and
/// the API keys, so that none of them is shown. Fails if a reference is not allowed or cannot be resolved.
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
    let may_read = arguments.values().any(refers);
    let (secrets, arguments) = (Arc::clone(secrets), arguments.clone());
    let resolve = move || {
        secrets
            .sources
            .resolve(declaration, arguments, &narrower, wording)
    };
    let (arguments, mut redactor) = if may_read {
        // `spawn_blocking` fails only at shutdown.
        let resolved = spawn_blocking(resolve).await;
        resolved.map_err(|_| Failure::Cancelled)??
    } else {
        resolve()?
    };
    for key in [&settings.api_key, &settings.workspace_api_key] {
        redactor.write(key.as_ref().map_or("", |key| key.expose_secret()));
    }
    Ok((arguments, redactor))
}

/// Whether any text in the value may refer to a secret, which may have to be read from a file.
fn refers(value: &Value) -> bool {
    match value {
        Value::String(text) => Reference::read(text).is_some(),
        Value::Array(entries) => entries.iter().any(refers),
        Value::Object(members) => members.values().any(refers),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        call::testing::arguments,
        secrets::{self, Destination, Own, SourceList, Sources},
        toys,
        wording::Plain,
    };

    /// Resolves arguments of `create_toy`. Variables whose names begin with `TOY_` are allowed.
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
    async fn a_reference_is_replaced_by_its_secret_which_the_redactor_knows() {
        let given = json!({ "name": "Ox", "coupon": "env:TOY_KEY" });
        let (resolved, redactor) = resolved(given).await.unwrap();
        assert_eq!(resolved["coupon"], "sesame-open");
        assert_eq!(resolved["name"], "Ox");
        for secret in ["sesame-open", "key-of-the-organisation"] {
            let redacted = redactor.hidden(&format!("it is {secret}")).unwrap();
            assert!(!redacted.contains(secret), "{redacted}");
        }
    }

    #[tokio::test]
    async fn a_reference_to_a_source_that_is_not_allowed_is_refused() {
        let refused = resolved(json!({ "name": "Ox", "coupon": "env:HOME" })).await;
        assert!(matches!(refused, Err(Failure::Arguments(_))));
    }
}
