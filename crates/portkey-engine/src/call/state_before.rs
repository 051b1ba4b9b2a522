//! Reads the object of a call as it is before the call.

use portkey_api_core::{Effect, JsonObject, Location, Operation};
use serde_json::Value;

use super::{CallContext, Failure};
use crate::catalog::WHERE;

/// The recipient of a read, which decides the checks that it must pass.
#[derive(Debug, Clone, Copy)]
enum Recipient {
    /// The requester, who must be allowed to use the reading tool.
    Caller,
    /// The journal, which the requester does not see.
    Journal,
}

impl CallContext<'_> {
    /// Returns the object that `operation` would change or remove, with secrets masked. `None` if it cannot be read;
    /// the call itself reports why.
    pub async fn before(
        &self,
        operation: &'static Operation,
        arguments: &JsonObject,
    ) -> Option<Value> {
        self.found(operation, arguments).await.ok().flatten()
    }

    /// Like [`before`](Self::before), but returns the failure to read the object.
    pub(super) async fn found(
        &self,
        operation: &'static Operation,
        arguments: &JsonObject,
    ) -> Result<Option<Value>, Failure> {
        self.object(operation, arguments, Recipient::Caller).await
    }

    /// Like [`before`](Self::before), for the journal entry of a permitted change.
    pub(super) async fn before_for_journal(
        &self,
        operation: &'static Operation,
        arguments: &JsonObject,
    ) -> Option<Value> {
        let found = self.object(operation, arguments, Recipient::Journal).await;
        found.ok().flatten()
    }

    async fn object(
        &self,
        operation: &'static Operation,
        arguments: &JsonObject,
        recipient: Recipient,
    ) -> Result<Option<Value>, Failure> {
        if matches!(operation.declaration.effect, Effect::Read | Effect::Create) {
            return Ok(None);
        }
        let catalog = self.caller.catalog;
        if let Some(reader) = catalog.reader(operation) {
            let found = reader_arguments(reader, operation, arguments);
            let mut object = self.read_for(reader, found, recipient).await?;
            // The two declarations may mark different members as secret; both apply.
            operation.declaration.mask(&mut object);
            return Ok(Some(object));
        }
        let Some((collection, key)) = catalog.collection(operation) else {
            return Ok(None);
        };
        let listed = reader_arguments(collection, operation, arguments);
        let list = self.read_for(collection, listed, recipient).await?;
        if operation.declaration.effect == Effect::Update {
            return Ok(Some(list)); // The update may add entries, so the whole list is its object.
        }
        let target = arguments.get(key);
        let is_target = |entry: &&Value| {
            let mut ids = [key, "id"].into_iter().map(|name| entry.get(name));
            ids.any(|id| id.is_some() && id == target)
        };
        let entries = list.get("data").and_then(Value::as_array);
        Ok(entries.and_then(|entries| entries.iter().find(is_target).cloned()))
    }

    /// Returns the answer of a reading operation, with secrets masked.
    pub(super) async fn read(
        &self,
        reader: &'static Operation,
        arguments: JsonObject,
    ) -> Result<Value, Failure> {
        self.read_for(reader, arguments, Recipient::Caller).await
    }

    /// Reads an object, all pages of a list, for `recipient`, with secrets masked.
    async fn read_for(
        &self,
        reader: &'static Operation,
        mut arguments: JsonObject,
        recipient: Recipient,
    ) -> Result<Value, Failure> {
        if reader.declaration.argument("all").is_some() {
            arguments.insert("all".to_owned(), true.into());
        }
        let permit = match recipient {
            Recipient::Caller => self.permit(reader, arguments).await,
            Recipient::Journal => self.permit_for_journal(reader, arguments).await,
        };
        let mut object = permit?.read().await?;
        reader.declaration.mask(&mut object);
        Ok(object)
    }
}

/// Returns the arguments with which `reader` reads the object of `operation`.
pub(super) fn reader_arguments(
    reader: &Operation,
    operation: &Operation,
    arguments: &JsonObject,
) -> JsonObject {
    let mut found = reader.path_arguments(arguments);
    for argument in reader.declaration.arguments {
        let is_where =
            matches!(argument.location, Location::Query(_)) && WHERE.contains(&argument.name);
        if let Some(value) = arguments.get(argument.name).filter(|_| is_where) {
            found.insert(argument.name.to_owned(), value.clone());
        }
    }
    if operation.drafts {
        found.insert("version".to_owned(), "latest".into());
    }
    found
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        call::testing::{Bench, arguments},
        catalog::operations_alone,
        policy::{Rules, ToolNames},
        toys,
    };

    #[tokio::test]
    async fn the_object_is_read_before_a_change_with_its_secrets_masked() {
        let bench = Bench::new().await;
        let toy = json!({ "id": "t1", "name": "Bear", "coupon": "sesame-open" });
        bench.answers("GET", "/toys/t1", 200, toy).await;
        let given = arguments(json!({ "toy_id": "t1", "name": "Ox" }));
        let before = bench
            .context()
            .before(bench.operation("update_toy"), &given)
            .await
            .unwrap();
        assert_eq!(before["name"], "Bear");
        assert!(!before.to_string().contains("sesame-open"), "{before}");
        for made in ["get_toy", "create_toy"] {
            assert!(
                bench
                    .context()
                    .before(bench.operation(made), &given)
                    .await
                    .is_none()
            );
        }
        assert_eq!(bench.received().await, ["GET /toys/t1"]);
    }

    #[tokio::test]
    async fn an_object_that_no_operation_reads_is_found_in_its_list() {
        let bench = Bench::of(operations_alone()).await;
        let removed = operations_alone().operations().find(|one| {
            let catalog = operations_alone();
            let is_listed = catalog.reader(one).is_none() && catalog.collection(one).is_some();
            one.declaration.effect == Effect::Delete
                && is_listed
                && one.path.matches('{').count() == 1
        });
        let removed = removed.unwrap();
        let (list, key) = operations_alone().collection(removed).unwrap();
        let entries = json!({ "total": 2, "data": [{ "id": "a" }, { "id": "b" }] });
        bench.answers("GET", list.path, 200, entries).await;
        let given = |id: &str| arguments(json!({ key: id }));
        let before = bench.context().before(removed, &given("b")).await;
        assert_eq!(before, Some(json!({ "id": "b" })));
        assert_eq!(bench.context().before(removed, &given("c")).await, None);
    }

    #[tokio::test]
    async fn the_journal_may_read_what_the_requester_may_not() {
        let bench = Bench::new().await.ruled_by(Rules {
            deny: Some(ToolNames::parse(toys::catalog(), "get_toy").unwrap()),
            ..Rules::default()
        });
        bench
            .answers("GET", "/toys/t1", 200, json!({ "id": "t1" }))
            .await;
        let (delete, given) = (
            bench.operation("delete_toy"),
            arguments(json!({ "toy_id": "t1" })),
        );
        assert_eq!(bench.context().before(delete, &given).await, None);
        assert!(
            bench
                .context()
                .before_for_journal(delete, &given)
                .await
                .is_some()
        );
    }
}
