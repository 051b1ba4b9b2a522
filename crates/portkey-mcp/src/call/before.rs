use portkey_api::{JsonObject, Operation};
use serde_json::Value;

use super::Run;
use crate::catalog::reader;

impl Run<'_> {
    /// The object that `operation` would change or remove, as it is now, with secrets masked. Nothing where it
    /// cannot be read: then the call itself says why.
    pub(super) async fn before(
        &self,
        operation: &'static Operation,
        arguments: &JsonObject,
    ) -> Option<Value> {
        let reader = reader(operation)?;
        let request = reader.request(reader.path_arguments(arguments)).ok()?;
        let mut object = self.caller.send(reader, &request).await.ok()?;
        reader.declaration.mask(&mut object);
        Some(object)
    }
}
