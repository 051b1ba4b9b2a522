//! What a call makes of the object, where Portkey's answer does not say.

use portkey_api_core::{Effect, JsonObject, Operation};
use serde_json::{Value, json};

use super::{permit::Permit, state_before};

impl Permit<'_> {
    /// Where an update answers nothing or ids alone, what it made of the object: the object itself, or of what has
    /// versions the number of the new one. A failure to read that does not turn the update, which has happened, into a
    /// failure.
    pub(super) async fn refresh(&self, answer: Value) -> Value {
        let is_update = self.operation.declaration.effect == Effect::Update;
        if !(says_nothing(&answer) || is_update && says_ids_alone(&answer)) {
            return answer;
        }
        let Some(source) = self.operation.fresh else {
            return or_success(answer);
        };
        let source = source();
        let Some(object) = self.read_fresh(source).await else {
            return or_success(answer);
        };
        if self.operation.drafts && !says_nothing(&answer) {
            return with_number(answer, &object);
        }
        object
    }

    async fn read_fresh(&self, source: &'static Operation) -> Option<Value> {
        let wanted = state_before::finding(source, self.operation, &self.arguments);
        // Where several objects were changed, there is no one to read.
        let permit = self.context.permit(source, wanted).await.ok()?;
        permit.read().await.ok()
    }
}

/// An answer that says nothing but that it worked: `{}` after most updates and deletes, or no body at all.
fn says_nothing(answer: &Value) -> bool {
    answer.is_null() || answer.as_object().is_some_and(serde_json::Map::is_empty)
}

/// What such an answer reads as.
fn done() -> Value {
    json!({ "success": true })
}

/// The answer, or `{"success": true}` for one that says nothing.
pub(super) fn or_success(answer: Value) -> Value {
    if says_nothing(&answer) {
        done()
    } else {
        answer
    }
}

fn says_ids_alone(answer: &Value) -> bool {
    let is_id = |name: &String| {
        ["id", "slug", "object", "success"].contains(&name.as_str()) || name.ends_with("_id")
    };
    answer
        .as_object()
        .is_some_and(|members| members.keys().all(is_id))
}

/// The answer with the number of the version that it names by its id, if that is the one that was read.
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
    fn ids_alone_say_nothing_of_the_object() {
        assert!(says_ids_alone(
            &json!({ "id": "g", "slug": "s", "version_id": "v" })
        ));
        assert!(!says_ids_alone(&json!({ "id": "g", "name": "n" })));
    }

    async fn refreshed(bench: &Bench, answer: Value) -> Value {
        let given = arguments(json!({ "toy_id": "t1", "name": "Ox" }));
        let permit = bench
            .context()
            .permit(bench.operation("update_toy"), given)
            .await;
        permit.unwrap().refresh(answer).await
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
    async fn an_update_has_happened_even_if_its_object_cannot_be_read() {
        let bench = Bench::new().await;
        bench.answers("GET", "/toys/t1", 403, json!({})).await;
        assert_eq!(
            refreshed(&bench, json!({})).await,
            json!({ "success": true })
        );
    }
}
