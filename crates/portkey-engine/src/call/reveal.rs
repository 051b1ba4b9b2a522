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
