//! Reads the object after an update, if Portkey's answer does not hold it.

use portkey_api_core::{Effect, JsonObject, Operation};
use serde_json::{Value, json};

use super::{permit::Permit, state_before};

/// An object that was read after a call, and how.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) reader: &'static Operation,
    pub(super) arguments: JsonObject,
    pub(super) object: Value,
}

impl Permit<'_> {
    /// Replaces an answer that is empty or holds only ids by the updated object; for an object with versions, adds the
    /// number of the new version. If that read fails, the answer is unchanged: the update itself has succeeded. Also
    /// returns the object if it was read.
    pub(super) async fn refresh(&self, answer: Value) -> (Value, Option<Read>) {
        let is_update = self.operation.declaration.effect == Effect::Update;
        if !(is_empty(&answer) || is_update && holds_only_ids(&answer)) {
            return (answer, None);
        }
        let Some(source) = self.operation.fresh else {
            return (or_success(answer), None);
        };
        let (source, arguments) = self.reading(source());
        let Some(read) = self.read_with(source, arguments).await else {
            return (or_success(answer), None);
        };
        let answer = if self.operation.drafts && !is_empty(&answer) {
            with_number(answer, &read.object)
        } else {
            read.object.clone()
        };
        (answer, Some(read))
    }

    /// The operation that reads the object of an update, with its arguments.
    pub(super) fn reading(&self, source: &'static Operation) -> (&'static Operation, JsonObject) {
        let arguments = state_before::reader_arguments(source, self.operation, &self.arguments);
        (source, arguments)
    }

    /// Reads an object after the call, if that is possible. A bulk update has no single object to read, so its
    /// arguments do not fit the reader.
    pub(super) async fn read_with(
        &self,
        reader: &'static Operation,
        arguments: JsonObject,
    ) -> Option<Read> {
        let permit = self.context.permit(reader, arguments.clone()).await.ok()?;
        Some(Read {
            reader,
            object: permit.read().await.ok()?,
            arguments,
        })
    }
}

/// Whether an answer is empty: `{}`, as after most updates and deletes, or no body at all.
fn is_empty(answer: &Value) -> bool {
    answer.is_null() || answer.as_object().is_some_and(serde_json::Map::is_empty)
}

/// The answer that replaces an empty one.
fn done() -> Value {
    json!({ "success": true })
}

/// Returns the answer, or `{"success": true}` in place of an empty one.
pub(super) fn or_success(answer: Value) -> Value {
    if is_empty(&answer) { done() } else { answer }
}

fn holds_only_ids(answer: &Value) -> bool {
    let is_id = |name: &String| {
        ["id", "slug", "object", "success"].contains(&name.as_str()) || name.ends_with("_id")
    };
    answer
        .as_object()
        .is_some_and(|members| members.keys().all(is_id))
}

/// Adds the version number to an answer that names the version by its id, if `version` is that version.
fn with_number(mut answer: Value, version: &Value) -> Value {
    let Some(members) = answer.as_object_mut() else {
        return answer;
    };
    let named: Vec<String> = members
        .keys()
        .filter(|name| name.ends_with("version_id"))
        .cloned()
        .collect();
    let is_read = |members: &JsonObject| {
        named
            .iter()
            .any(|name| version.get(name) == members.get(name))
    };
    if is_read(members) {
        for name in ["prompt_version", "version"] {
            if let Some(number) = version.get(name).filter(|number| number.is_u64()) {
                members.insert(name.to_owned(), number.clone());
            }
        }
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::testing::{Bench, arguments};

    #[test]
    fn the_number_is_that_of_the_version_that_was_made() {
        let answer = json!({ "id": "p", "prompt_version_id": "v4" });
        let latest = json!({ "prompt_version_id": "v4", "prompt_version": 4, "string": "long" });
        assert_eq!(
            with_number(answer.clone(), &latest),
            json!({ "id": "p", "prompt_version_id": "v4", "prompt_version": 4 })
        );
        let later = json!({ "prompt_version_id": "v5", "prompt_version": 5 });
        assert_eq!(with_number(answer.clone(), &later), answer);
        let renamed = json!({ "id": "p", "slug": "s" });
        assert_eq!(with_number(renamed.clone(), &latest), renamed);
    }

    #[test]
    fn an_answer_of_ids_does_not_hold_the_object() {
        assert!(holds_only_ids(
            &json!({ "id": "g", "slug": "s", "version_id": "v" })
        ));
        assert!(!holds_only_ids(&json!({ "id": "g", "name": "n" })));
    }

    async fn refreshed(bench: &Bench, answer: Value) -> Value {
        let given = arguments(json!({ "toy_id": "t1", "name": "Ox" }));
        let permit = bench
            .context()
            .permit(bench.operation("update_toy"), given)
            .await;
        permit.unwrap().refresh(answer).await.0
    }

    #[tokio::test]
    async fn an_update_that_answers_nothing_is_followed_by_the_object() {
        let bench = Bench::new().await;
        let toy = json!({ "id": "t1", "name": "Ox" });
        bench.answers("GET", "/toys/t1", 200, toy.clone()).await;
        assert_eq!(refreshed(&bench, json!({})).await, toy);
        assert_eq!(refreshed(&bench, json!({ "id": "t1" })).await, toy);
        let whole = json!({ "id": "t1", "name": "Ox", "extra": 1 });
        assert_eq!(refreshed(&bench, whole.clone()).await, whole);
    }

    #[tokio::test]
    async fn an_update_succeeds_even_if_its_object_cannot_be_read() {
        let bench = Bench::new().await;
        bench.answers("GET", "/toys/t1", 403, json!({})).await;
        assert_eq!(
            refreshed(&bench, json!({})).await,
            json!({ "success": true })
        );
    }
}
