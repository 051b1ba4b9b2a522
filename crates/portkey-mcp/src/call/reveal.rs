use std::sync::Arc;

use portkey_api::{Declaration, JsonObject};
use tokio::task::spawn_blocking;

use super::{Caller, Failure};
use crate::secrets::Carried;

impl Caller {
    /// The arguments with secrets in the place of the references to them, and what then must not come back.
    pub(super) async fn reveal(
        &self,
        declaration: &'static Declaration,
        arguments: &JsonObject,
    ) -> Result<(JsonObject, Carried), Failure> {
        let secrets = Arc::clone(&self.secrets);
        let arguments = arguments.clone();
        let revealed = spawn_blocking(move || secrets.sources.resolve(declaration, arguments));
        // A thread is only lost when the program ends.
        Ok(revealed.await.map_err(|_| Failure::Cancelled)??)
    }
}
