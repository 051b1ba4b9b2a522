use portkey_api::{Effect, JsonObject, Operation, Place};
use serde_json::Value;

use super::{Run, pages};
use crate::catalog::{WHERE, collection, reader};

/// Updates that make a version nobody is given yet: what they go out from is the latest, not the published one.
const DRAFTING: [&str; 2] = ["update_prompt", "update_prompt_partial"];

impl Run<'_> {
    /// The object that `operation` would change or remove, as it is now, with secrets masked. Nothing where it
    /// cannot be read: then the call itself says why.
    pub(crate) async fn before(
        &self,
        operation: &'static Operation,
        arguments: &JsonObject,
    ) -> Option<Value> {
        if matches!(operation.declaration.effect, Effect::Read | Effect::Create) {
            return None;
        }
        if let Some(reader) = reader(operation) {
            let found = finding(reader, operation, arguments);
            let mut object = self.read(reader, found).await?;
            // Whatever the one hides, the other need not show.
            operation.declaration.mask(&mut object);
            return Some(object);
        }
        let (collection, key) = collection(operation)?;
        let listed = finding(collection, operation, arguments);
        let list = self.read(collection, listed).await?;
        if operation.declaration.effect == Effect::Update {
            return Some(list); // What is updated may not be there yet.
        }
        let wanted = arguments.get(key)?;
        let entries = list.get("data")?.as_array()?;
        let entry = entries.iter().find(|entry| {
            [key, "id"]
                .into_iter()
                .any(|name| entry.get(name) == Some(wanted))
        });
        entry.cloned()
    }

    /// What another read of the object answers, with secrets masked.
    pub(super) async fn read(
        &self,
        reader: &'static Operation,
        mut arguments: JsonObject,
    ) -> Option<Value> {
        let answer = if pages::is_paged(reader) {
            if reader.declaration.argument("all").is_some() {
                arguments.insert("all".to_owned(), true.into());
            }
            self.list(reader, arguments).await
        } else {
            let request = reader.request(arguments).ok()?;
            self.caller.send(reader, &request).await
        };
        let mut object = answer.ok()?;
        reader.declaration.mask(&mut object);
        Some(object)
    }
}

/// What `reader` takes to find the object that `operation` is about.
fn finding(reader: &Operation, operation: &Operation, arguments: &JsonObject) -> JsonObject {
    let mut found = reader.path_arguments(arguments);
    for argument in reader.declaration.arguments {
        let is_where = matches!(argument.place, Place::Query(_)) && WHERE.contains(&argument.name);
        if let Some(value) = arguments.get(argument.name).filter(|_| is_where) {
            found.insert(argument.name.to_owned(), value.clone());
        }
    }
    if DRAFTING.contains(&operation.declaration.name) {
        found.insert("version".to_owned(), "latest".into());
    }
    found
}
