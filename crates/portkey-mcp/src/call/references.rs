use std::time::Duration;

use portkey_api::{JsonObject, Operation};
use serde_json::Value;

use super::{Failure, Progress, Run, pages};
use crate::{
    profile::Fingerprint,
    references::{Kind, Reader, References, addressed},
};

/// How long somebody waits to be asked whether they mean it.
const PATIENCE: Duration = Duration::from_secs(15);

impl<'a> Run<'a> {
    /// What refers to that which `operation` would remove; nothing where it removes nothing that can be referred to.
    pub(crate) async fn references_to(
        &self,
        operation: &'static Operation,
        arguments: &JsonObject,
    ) -> Option<References> {
        let kind = Kind::removed_by(operation)?;
        let id = addressed(operation, arguments)?;
        Some(self.references(kind, id, PATIENCE).await)
    }

    /// What refers to the thing of this id or slug, as far as the key and the policy let it be seen.
    pub(crate) async fn references(&self, kind: Kind, id: &str, patience: Duration) -> References {
        let patience = patience.min(self.caller.client().settings().total_timeout * 3 / 4);
        let crawls = &self.caller.safeguards.crawls;
        crawls.references(*self, kind, id, patience).await
    }

    /// With whose eyes it reads.
    pub(crate) fn reader(&self) -> Reader {
        let settings = self.caller.client().settings();
        Reader {
            portkey: settings.base_url.to_string(),
            key: settings.api_key.as_ref().map(Fingerprint::of),
            principal: self.by.principal.clone(),
            rights: self.by.authority.rights(),
        }
    }

    /// The same, telling somebody else how far it is.
    pub(crate) fn telling(&self, progress: &'a Progress) -> Self {
        Self { progress, ..*self }
    }

    /// What `operation` answers, a list as a whole; for those who search answers of any form.
    pub(crate) async fn fetch(
        &self,
        operation: &'static Operation,
        mut arguments: JsonObject,
    ) -> Result<Value, Failure> {
        if pages::is_paged(operation) {
            arguments.insert("all".to_owned(), true.into());
        }
        self.permit(operation, arguments).await?.read().await
    }
}
