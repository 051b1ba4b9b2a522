//! Finds the objects that refer to an object, as far as the key and the policy let them be read.

use std::time::Duration;

use portkey_api::ObjectKind;
use portkey_api_core::{Edition, JsonObject, Keys, Operation};
use serde_json::Value;

use super::{CallContext, Progress, pages};
use crate::{
    catalog::Catalog,
    references::{Read, Reader, References, addressed, removed_by},
};

/// The longest that a request for consent is delayed by the search for references.
const PATIENCE: Duration = Duration::from_secs(15);

impl CallContext<'_> {
    /// Returns what refers to the object that `operation` would remove, or `None` if it removes nothing that can be
    /// referred to.
    pub(crate) async fn references_to(
        &self,
        operation: &'static Operation,
        arguments: &JsonObject,
    ) -> Option<References> {
        let kind = removed_by(self.caller.catalog, operation)?;
        let id = addressed(operation, arguments)?;
        Some(self.references(kind, id, PATIENCE).await)
    }

    /// Returns what refers to the object of this id or slug. Reads for `patience` at most, and for three quarters of
    /// the total timeout of a call at most; what was not read by then is listed as unread.
    pub async fn references(&self, kind: ObjectKind, id: &str, patience: Duration) -> References {
        let patience = patience.min(self.caller.settings().total_timeout * 3 / 4);
        let crawls = &self.caller.services.crawls;
        crawls.references(self, kind, id, patience).await
    }
}

impl Read for CallContext<'_> {
    fn reader(&self) -> Reader {
        Reader {
            account: self.caller.account(Keys::Any),
            principal: self.by.principal.clone(),
            rights: self.by.authority.rights(self.caller.catalog),
        }
    }

    fn catalog(&self) -> &Catalog {
        self.caller.catalog
    }

    fn edition(&self) -> Edition {
        CallContext::edition(self)
    }

    async fn fetch(
        &self,
        operation: &'static Operation,
        mut arguments: JsonObject,
    ) -> Result<Value, &'static str> {
        if pages::is_paged(operation) {
            arguments.insert("all".to_owned(), true.into());
        }
        let context = CallContext {
            progress: &Progress::default(),
            ..*self
        };
        let permit = context.permit(operation, arguments).await;
        let permit = permit.map_err(|failure| failure.kind())?;
        permit.read().await.map_err(|failure| failure.kind())
    }

    fn report(&self, done: u64, total: u64) {
        self.progress
            .report(done, Some(total), "looking for references");
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        call::testing::{Bench, arguments},
        policy::{Rules, ToolNames},
        toys,
    };

    #[tokio::test]
    async fn a_search_reads_every_page_and_makes_no_changing_call() {
        let bench = Bench::new().await;
        let page = json!({ "total": 1, "data": [{ "id": "t1" }] });
        bench.answers("GET", "/toys", 200, page.clone()).await;
        let context = bench.context();
        let list = context
            .fetch(bench.operation("list_toys"), JsonObject::new())
            .await
            .unwrap();
        assert_eq!(list["data"], page["data"]);
        let given = arguments(json!({ "toy_id": "t1" }));
        let refused = context.fetch(bench.operation("delete_toy"), given).await;
        assert_eq!(refused, Err("no read"));
        assert_eq!(bench.received().await, ["GET /toys"]);
    }

    #[tokio::test]
    async fn readers_differ_by_principal_and_by_rights() {
        let mut bench = Bench::new().await;
        let reader = bench.context().reader();
        assert_eq!(reader, bench.context().reader());
        bench.by.principal = "bob".into();
        assert_ne!(reader, bench.context().reader());
        bench.by.principal = "ada".into();
        let bench = bench.ruled_by(Rules {
            deny: Some(ToolNames::parse(toys::catalog(), "get_toy").unwrap()),
            ..Rules::default()
        });
        assert_ne!(reader, bench.context().reader());
    }
}
