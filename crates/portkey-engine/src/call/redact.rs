//! Secrets of an answer are masked; new ones go to the sink.

use std::sync::Arc;

use portkey_api_core::{Declaration, JsonObject, Location, last_four};
use serde_json::Value;

use super::Failure;
use crate::secrets::{NewSecret, Secrets, SinkFailure};

/// Masks what must not be shown of an answer and puts new secrets, made for `principal`, where the operator wants them.
pub(super) async fn redact(
    secrets: &Arc<Secrets>,
    principal: &Arc<str>,
    declaration: &'static Declaration,
    arguments: &JsonObject,
    mut answer: Value,
) -> Result<Value, Failure> {
    let new = minted(principal, declaration, arguments, &answer);
    let (mut kept, mut lost) = (Vec::new().into_iter(), None);
    if !new.is_empty() {
        let (all, failure) = keep(Arc::clone(secrets), new).await;
        (kept, lost) = (all.into_iter(), failure);
    }
    declaration.redact(&mut answer, &mut |_, secret| {
        kept.next()
            .flatten()
            .unwrap_or_else(|| last_four(secret).into())
    });
    match lost {
        None => Ok(answer),
        Some(failure) => Err(Failure::SecretLost {
            answer,
            source: Box::new(failure),
        }),
    }
}

/// The new secrets of an answer, in the order in which it is walked.
fn minted(
    principal: &Arc<str>,
    declaration: &'static Declaration,
    arguments: &JsonObject,
    answer: &Value,
) -> Vec<NewSecret> {
    if !mints(declaration) {
        return Vec::new();
    }
    let id = answer.get("id").and_then(Value::as_str);
    let id = id.or_else(|| named(declaration, arguments));
    let mut new = Vec::new();
    declaration.redact(&mut answer.clone(), &mut |field, secret| {
        new.push(NewSecret {
            tool: declaration.name,
            field: field.to_owned(),
            id: id.map(str::to_owned),
            principal: Arc::clone(principal),
            secret: secret.to_owned(),
        });
        Value::Null
    });
    new
}

/// What is shown of each, and why one could not be kept. It goes on to its end even if nobody waits for the call any
/// longer: no later one brings these secrets again.
async fn keep(
    secrets: Arc<Secrets>,
    new: Vec<NewSecret>,
) -> (Vec<Option<Value>>, Option<SinkFailure>) {
    let keeping = tokio::spawn(async move {
        let (mut kept, mut lost) = (Vec::new(), None);
        for one in new {
            match secrets.sink.keep(one).await {
                Ok(shown) => kept.push(Some(shown)),
                Err(failure) => {
                    kept.push(None);
                    lost = Some(failure);
                }
            }
        }
        (kept, lost)
    });
    keeping
        .await
        .unwrap_or_else(|ended| (Vec::new(), Some(ended.into())))
}

/// The id of what a call is about, by its path.
fn named<'a>(declaration: &Declaration, arguments: &'a JsonObject) -> Option<&'a str> {
    let mut path = declaration
        .arguments
        .iter()
        .filter(|argument| argument.location == Location::Path);
    let id = path.rfind(|argument| argument.name.ends_with("id"))?;
    arguments.get(id.name)?.as_str()
}

/// Whether the answer brings a secret that no later call returns.
pub(super) fn mints(declaration: &Declaration) -> bool {
    fn marked(schema: &Value) -> bool {
        match schema {
            Value::Object(members) => {
                members.get("x-secret").is_some_and(|mark| mark == "minted")
                    || members.values().any(marked)
            }
            Value::Array(items) => items.iter().any(marked),
            _ => false,
        }
    }
    marked(declaration.output())
}

#[cfg(test)]
mod tests {
    use std::fmt;

    use async_trait::async_trait;
    use parking_lot::Mutex;
    use serde_json::json;

    use super::*;
    use crate::{
        secrets::{self, Destination, Own, SecretSink, Sources},
        toys,
    };

    #[test]
    fn invitations_bring_a_secret_and_users_do_not() {
        let mints = |name| mints(&portkey_api::operation(name).unwrap().declaration);
        assert!(mints("invite_user"));
        assert!(mints("create_api_key"));
        assert!(!mints("get_user"));
        assert!(!mints("get_api_key"));
    }

    /// The declaration of a tool that makes a key, and what it answers.
    fn made() -> (&'static Declaration, Value) {
        let create = toys::catalog().operation("create_toy").unwrap();
        let answer = json!({ "id": "t1", "key": "pk-0123456789abcdef" });
        (&create.declaration, answer)
    }

    #[tokio::test]
    async fn a_new_secret_is_not_in_the_answer() {
        let secrets = Arc::new(Secrets {
            sink: secrets::open(Some(Destination::Mask), &Own::default()),
            sources: Sources::default(),
        });
        let (create, answer) = made();
        let told = redact(&secrets, &"ada".into(), create, &JsonObject::new(), answer).await;
        let told = told.unwrap();
        assert_eq!(told["id"], "t1");
        assert!(!told.to_string().contains("0123456789"), "{told}");
    }

    /// A sink of an embedder, which keeps one secret and then fails.
    #[derive(Debug, Default)]
    struct OneShot(Mutex<Vec<String>>);

    #[async_trait]
    impl SecretSink for OneShot {
        async fn prepare(&self) -> Result<(), SinkFailure> {
            Ok(())
        }

        async fn keep(&self, new: NewSecret) -> Result<Value, SinkFailure> {
            let mut kept = self.0.lock();
            if !kept.is_empty() {
                let (program, ended) = ("vault".to_owned(), "full".to_owned());
                return Err(SinkFailure::Refused { program, ended });
            }
            kept.push(new.secret);
            Ok("in the vault".into())
        }
    }

    impl fmt::Display for OneShot {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("in the vault")
        }
    }

    #[tokio::test]
    async fn a_sink_of_ones_own_keeps_secrets_and_what_it_loses_is_an_error_with_the_answer() {
        let secrets = Arc::new(Secrets {
            sink: Box::new(OneShot::default()),
            sources: Sources::default(),
        });
        let (create, answer) = made();
        let redact = || {
            let arguments = JsonObject::new();
            let (secrets, answer) = (Arc::clone(&secrets), answer.clone());
            async move { redact(&secrets, &"ada".into(), create, &arguments, answer).await }
        };
        assert_eq!(redact().await.unwrap()["key"], "in the vault");
        let Err(Failure::SecretLost { answer, .. }) = redact().await else {
            panic!("the second secret was kept");
        };
        assert_eq!(answer["id"], "t1");
        assert!(!answer.to_string().contains("0123456789"), "{answer}");
    }

    #[test]
    fn a_new_secret_goes_to_the_sink_with_what_it_belongs_to() {
        let (create, answer) = made();
        let new = minted(&"ada".into(), create, &JsonObject::new(), &answer);
        let [new] = new.as_slice() else {
            panic!("{} secrets", new.len());
        };
        assert_eq!((new.tool, new.field.as_str()), ("create_toy", "key"));
        assert_eq!((new.id.as_deref(), &*new.principal), (Some("t1"), "ada"));
        let get = &toys::catalog().operation("get_toy").unwrap().declaration;
        assert!(minted(&"ada".into(), get, &JsonObject::new(), &answer).is_empty());
    }
}
