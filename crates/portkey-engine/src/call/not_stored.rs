//! Compares what a create or an update sent with the object as it now is. Portkey drops some members silently, and
//! changes others; the answer names them as `not_stored`.

mod agree;
mod compare;
mod pairs;

use std::time::Duration;

use portkey_api_core::{
    Argument, Declaration, Effect, JsonObject, Location, Operation, keywords::IGNORED,
};
use serde_json::{Value, json};

use super::{permit::Permit, state_after::Read};
use crate::{
    catalog::{WHERE, field},
    journal::undo::{at, naming_made, remover},
    secrets::Redactor,
};
use compare::{Comparison, NotStored};

/// The member of an answer that names what is not stored as it was sent.
const NOT_STORED: &str = "not_stored";

/// How long to wait before an object is read again that seems to lack something: reads shortly after a write may show
/// the state before it.
const SETTLES: Duration = Duration::from_millis(100);

impl Permit<'_> {
    /// Returns what the permitted call sent and is not stored so, as JSON. `None` if all is, or that is not known.
    /// `answer` is that of the call, and `read` the object that was read after it. Without `read`, and if the answer
    /// lacks members that a read would show, the object is read.
    pub(super) async fn not_stored(
        &self,
        answer: &Value,
        read: Option<&Read>,
        redactor: &Redactor,
    ) -> Option<Value> {
        let sent = Sent::by(self)?;
        let found = if let Some(read) = read {
            self.settled(&sent, read).await
        } else {
            self.answered(&sent, answer).await
        };
        if found.is_empty() {
            return None;
        }
        let mut json = json!(found);
        redactor.redact_in(&mut json);
        Some(json)
    }

    /// Compares the answer of the call with what was sent. If it lacks something that a read would show, the object is
    /// read.
    async fn answered(&self, sent: &Sent, answer: &Value) -> Vec<NotStored> {
        let own = &self.operation.declaration;
        let reader = self.reader(answer);
        let known = reader.as_ref().map(|(reader, _)| &reader.declaration);
        let (found, unanswered) = sent.missing_in(own, answer, known);
        let reads = unanswered && self.context.options.return_object;
        let Some((reader, arguments)) = reader.filter(|_| reads) else {
            return found;
        };
        match self.read_with(reader, arguments).await {
            Some(read) => self.settled(sent, &read).await,
            None => found,
        }
    }

    /// Compares an object that was read with what was sent. If something is missing, the object is read once more.
    async fn settled(&self, sent: &Sent, read: &Read) -> Vec<NotStored> {
        let found = sent.lost_in(read);
        if found.is_empty() {
            return found;
        }
        tokio::time::sleep(SETTLES).await;
        match self.read_with(read.reader, read.arguments.clone()).await {
            Some(later) => sent.lost_in(&later),
            None => Vec::new(),
        }
    }

    /// The operation that reads the object of the call, with its arguments. `answer` is that of the call.
    fn reader(&self, answer: &Value) -> Option<(&'static Operation, JsonObject)> {
        if let Some(fresh) = self.operation.fresh {
            return Some(self.reading(fresh()));
        }
        let catalog = self.context.caller.catalog;
        let reader = catalog.reader(remover(catalog, self.operation)?)?;
        let arguments = naming_made(reader, &self.arguments, answer)?;
        Some((reader, arguments))
    }
}

/// Adds what is not stored to an answer.
pub(super) fn name(answer: &mut Value, not_stored: Option<Value>) {
    if let (Some(members), Some(not_stored)) = (answer.as_object_mut(), not_stored) {
        members.insert(NOT_STORED.to_owned(), not_stored);
    }
}

/// What a call sent, with secrets hidden.
#[derive(Debug)]
struct Sent {
    operation: &'static Operation,
    body: Value,
}

impl Sent {
    /// What the permitted call has sent. `None` if it stores nothing.
    fn by(permit: &Permit<'_>) -> Option<Self> {
        let operation = permit.operation;
        let declaration = &operation.declaration;
        // What a call publishes is a version that exists already.
        if !matches!(declaration.effect, Effect::Create | Effect::Update) || operation.publishes {
            return None;
        }
        let mut arguments = Value::Object(permit.arguments.clone());
        declaration.each_secret(&mut arguments, &mut |_, _, secret| *secret = "*****".into());
        let Value::Object(arguments) = arguments else {
            return None;
        };
        let body = operation
            .request_to(permit.context.edition(), arguments)
            .ok()?
            .body?;
        Some(Self { operation, body })
    }

    /// Compares with an object that was read.
    fn lost_in(&self, read: &Read) -> Vec<NotStored> {
        let declaration = &read.reader.declaration;
        self.compared(declaration, &read.object, &mut |_| {})
    }

    /// Compares with the answer of the call itself, which may hold a part of the object. Also returns whether it lacks
    /// something that `reader` would answer.
    fn missing_in(
        &self,
        own: &Declaration,
        answer: &Value,
        reader: Option<&Declaration>,
    ) -> (Vec<NotStored>, bool) {
        let mut unanswered = false;
        let found = self.compared(own, answer, &mut |member| {
            unanswered |= reader.is_some_and(|reader| has_member(reader, member));
        });
        (found, unanswered)
    }

    fn compared(
        &self,
        declaration: &Declaration,
        object: &Value,
        unanswered: &mut dyn FnMut(&str),
    ) -> Vec<NotStored> {
        let mut object = object.clone();
        // The two declarations may mark different members as secret; both apply.
        declaration.mask(&mut object);
        self.operation.declaration.mask(&mut object);
        let Value::Object(object) = object else {
            return Vec::new();
        };
        let mut comparison = Comparison::default();
        for (argument, path, sent) in self.members() {
            let schema = self.operation.declaration.input_of(argument.name);
            let schema = schema.unwrap_or(&Value::Null);
            let place = StoredMember::of(self.operation, argument, path, &object);
            if let Some(stored) = place.stored {
                comparison.compare(&place.field, schema, sent, Some(stored));
            } else if let (Value::Array(sent), Some(Value::Array(entries))) =
                (sent, object.get("data"))
            {
                comparison.known_entries(&place.field, schema, sent, entries);
            } else if place.is_answered {
                comparison.compare(&place.field, schema, sent, None);
            } else {
                unanswered(&place.top);
            }
        }
        comparison.found()
    }

    /// The members of the body that are stored, each with the argument that sets it as a whole and its path.
    fn members(&self) -> impl Iterator<Item = (&'static Argument, &'static str, &Value)> {
        let all = self.operation.declaration.arguments;
        let path = |argument: &Argument| match argument.location {
            Location::Body(path) => Some(path),
            _ => None,
        };
        all.iter().filter_map(move |argument| {
            let own = path(argument)?;
            let is_instruction = argument.instruction
                || argument.replaces
                || argument.shortens.is_some()
                || WHERE.contains(&own);
            let schema = self.operation.declaration.input_of(argument.name);
            let is_ignored = schema.is_some_and(|schema| schema.get(IGNORED).is_some());
            // An entry of a list is compared by itself: its object is often what is read.
            let is_within = |other: &&Argument| {
                let rest = path(other).and_then(|other| own.strip_prefix(other));
                rest.is_some_and(|rest| rest.starts_with('.') && !rest.starts_with(".0."))
            };
            // Of several arguments for one member, the first whose name is the member's, or else the first.
            let alike = || all.iter().filter(|other| path(other) == Some(own));
            let best = alike()
                .find(|other| other.name == own)
                .or_else(|| alike().next());
            if is_instruction
                || is_ignored
                || all.iter().any(|other| is_within(&other))
                || best.is_some_and(|best| best.name != argument.name)
            {
                return None;
            }
            Some((argument, own, at(&self.body, own)?))
        })
    }
}

/// Where an object has a member of the body.
#[derive(Debug)]
struct StoredMember<'a> {
    /// How the member is named in the answer: by its path in the body.
    field: String,
    /// The name of the outermost member in the object.
    top: String,
    /// Whether the object has the outermost member. Answers have the members that are not set as `null`, so one that
    /// they lack is unknown.
    is_answered: bool,
    stored: Option<&'a Value>,
}

impl<'a> StoredMember<'a> {
    fn of(
        operation: &Operation,
        argument: &Argument,
        path: &'static str,
        object: &'a JsonObject,
    ) -> Self {
        // The object of an entry, such as a new member of a workspace, is that entry.
        let path = path.split_once(".0.").map_or(path, |(_, member)| member);
        let (top, rest) = match path.split_once('.') {
            Some((top, rest)) => (top, Some(rest)),
            None => (path, None),
        };
        let top = field(operation, top, object);
        let whole = object.get(&top);
        let stored = match rest {
            Some(rest) => whole.and_then(|whole| at(whole, rest)),
            None => whole,
        };
        // Some answers have a part of a member beside it.
        let beside = || object.get(argument.reads_as.unwrap_or(argument.name));
        Self {
            field: path.to_owned(),
            is_answered: object.contains_key(&top),
            stored: stored.or_else(beside),
            top,
        }
    }
}

/// Whether the type of an answer has this member.
fn has_member(declaration: &Declaration, name: &str) -> bool {
    let members = declaration.output().get("properties");
    members.is_some_and(|members| members.get(name).is_some())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        call::{
            Outcome,
            testing::{Bench, arguments},
        },
        catalog::operations_alone,
    };

    async fn called(bench: &Bench, tool: &str, given: Value) -> Value {
        let operation = bench.operation(tool);
        match bench.context().operate(operation, arguments(given)).await {
            Ok(Outcome::Answer(answer)) => answer,
            other => panic!("{other:?}"),
        }
    }

    const KEY: &str = "7c9e6679-7425-40de-944b-e07fc1f90ae7";

    fn at_key() -> String {
        format!("/api-keys/{KEY}")
    }

    fn update() -> Value {
        json!({ "id": KEY, "name": "n", "credit_limit": 5, "alert_threshold": 2 })
    }

    #[tokio::test]
    async fn a_member_that_an_update_dropped_is_named() {
        let bench = Bench::of(operations_alone()).await;
        bench.answers("PUT", &at_key(), 200, json!({})).await;
        let kept = json!({ "id": KEY, "name": "n", "usage_limits": { "credit_limit": 5 } });
        bench.answers("GET", &at_key(), 200, kept).await;
        let answer = called(&bench, "update_api_key", update()).await;
        let wanted =
            json!([{ "field": "usage_limits.alert_threshold", "sent": 2, "stored": null }]);
        assert_eq!(answer["not_stored"], wanted, "{answer}");
    }

    #[tokio::test]
    async fn an_update_that_is_stored_is_not_mentioned_and_reads_once() {
        let bench = Bench::of(operations_alone()).await.keeping(None);
        bench.answers("PUT", &at_key(), 200, json!({})).await;
        let limits = json!({ "credit_limit": "5", "alert_threshold": 2.0, "current_usage": 3 });
        let kept = json!({ "id": KEY, "name": "n ", "usage_limits": [limits] });
        bench.answers("GET", &at_key(), 200, kept).await;
        let answer = called(&bench, "update_api_key", update()).await;
        assert!(answer.get("not_stored").is_none(), "{answer}");
        let received = bench.received().await;
        let after = received.iter().skip_while(|one| !one.starts_with("PUT"));
        assert_eq!(after.count(), 2, "{received:?}");
    }

    #[tokio::test]
    async fn what_a_create_made_is_read_where_its_answer_does_not_show_it() {
        let bench = Bench::of(operations_alone()).await;
        let made = json!({ "id": KEY, "key": "pk-0123456789abcdef" });
        let at = "/api-keys/organisation/service";
        bench.answers("POST", at, 200, made).await;
        let kept = json!({ "id": KEY, "name": "n", "scopes": ["logs.view"], "expires_at": null });
        bench.answers("GET", &at_key(), 200, kept).await;
        let given = json!({ "type": "organisation", "sub_type": "service", "name": "n", "scopes": ["logs.view"],
            "expires_at": "2090-01-01" });
        let answer = called(&bench, "create_api_key", given).await;
        assert_eq!(answer["id"], KEY);
        assert_eq!(answer["not_stored"][0]["field"], "expires_at", "{answer}");
        assert_eq!(answer["not_stored"].as_array().unwrap().len(), 1);
    }

    #[tokio::test]
    async fn a_secret_is_not_compared() {
        let bench = Bench::new().await;
        bench.answers("PUT", "/toys/t1", 200, json!({})).await;
        let kept = json!({ "id": "t1", "name": "Ox", "coupon": "another-secret" });
        bench.answers("GET", "/toys/t1", 200, kept).await;
        for coupon in ["sesame-shut", "env:TOY_KEY"] {
            let given = json!({ "toy_id": "t1", "name": "Ox", "coupon": coupon });
            let answer = called(&bench, "update_toy", given).await;
            assert!(answer.get("not_stored").is_none(), "{answer}");
        }
    }
}
