use std::sync::Arc;

use portkey_api::{Declaration, JsonObject};
use secrecy::ExposeSecret as _;
use tokio::task::spawn_blocking;

use super::{Failure, Run};
use crate::secrets::Carried;

impl Run<'_> {
    /// The arguments with secrets in the place of the references to them, and what then must not come back.
    pub(super) async fn reveal(
        &self,
        declaration: &'static Declaration,
        arguments: &JsonObject,
    ) -> Result<(JsonObject, Carried), Failure> {
        let secrets = Arc::clone(&self.caller.secrets);
        let rules = self.by.authority.policy.rules();
        let narrower: Vec<_> = rules
            .filter_map(|rules| rules.secret_sources.clone())
            .collect();
        let arguments = arguments.clone();
        let revealed =
            spawn_blocking(move || secrets.sources.resolve(declaration, arguments, &narrower));
        // A thread is only lost when the program ends.
        let (arguments, mut carried) = revealed.await.map_err(|_| Failure::Cancelled)??;
        let settings = self.caller.settings();
        for key in [&settings.api_key, &settings.workspace_api_key] {
            carried.write(key.as_ref().map_or("", |key| key.expose_secret()));
        }
        Ok((arguments, carried))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::call::testing::{Bench, arguments};

    #[tokio::test]
    async fn a_reference_becomes_the_secret_and_the_call_knows_what_it_carries() {
        let bench = Bench::new().await;
        let create = &bench.operation("create_toy").declaration;
        let given = arguments(json!({ "name": "Ox", "coupon": "env:TOY_KEY" }));
        let (revealed, carried) = bench.run().reveal(create, &given).await.unwrap();
        assert_eq!(revealed["coupon"], "sesame-open");
        assert_eq!(revealed["name"], "Ox");
        for secret in ["sesame-open", "key-of-the-organisation"] {
            let told = carried.hidden(&format!("it is {secret}")).unwrap();
            assert!(!told.contains(secret), "{told}");
        }
    }

    #[tokio::test]
    async fn a_reference_to_where_nothing_may_be_read_is_refused() {
        let bench = Bench::new().await;
        let create = &bench.operation("create_toy").declaration;
        let given = arguments(json!({ "name": "Ox", "coupon": "env:HOME" }));
        let refused = bench.run().reveal(create, &given).await;
        assert!(matches!(refused, Err(Failure::Arguments(_))));
    }
}
