//! Makes an answer fit to be shown: masks its secrets, and writes new ones to the sink.

use std::sync::Arc;

use portkey_api_core::{Declaration, Effect, JsonObject, Location, Path, Showing, last_four};
use serde_json::Value;

use super::{Failure, options::CallOptions};
use crate::secrets::{NewSecret, Secrets, SinkFailure};

/// Makes an answer fit to be shown; see `Declaration::show`. New secrets, made for `principal`, are written to the sink
/// first and replaced by what the sink returns. Returns the names of members that were left out of entries, too. Fails with the masked answer if the sink does not keep one.
pub(super) async fn show(
    secrets: &Arc<Secrets>,
    principal: &Arc<str>,
    declaration: &'static Declaration,
    arguments: &JsonObject,
    options: &CallOptions,
    mut answer: Value,
) -> Result<(Value, Vec<String>), Failure> {
    let new = minted(principal, declaration, arguments, &answer);
    let (mut kept, mut lost) = (Vec::new().into_iter(), None);
    if !new.is_empty() {
        let (all, failure) = keep(Arc::clone(secrets), new).await;
        (kept, lost) = (all.into_iter(), failure);
    }
    let minted = &mut |_: &Path<'_>, secret: &str| {
        let shown = kept.next().flatten();
        shown.unwrap_or_else(|| last_four(secret).into())
    };
    let showing = Showing {
        bodies: options.include_bodies,
        cents: options.view.verbose,
        brief: declaration.effect == Effect::Read && options.view.shortens_entries(),
        minted,
    };
    let left_out = declaration.show(&mut answer, showing);
    match lost {
        None => Ok((answer, left_out)),
        Some(failure) => Err(Failure::SecretLost {
            answer,
            source: Box::new(failure),
        }),
    }
}

/// The new secrets of an answer, in the order in which `Declaration::show` visits them.
fn minted(
    principal: &Arc<str>,
    declaration: &'static Declaration,
    arguments: &JsonObject,
    answer: &Value,
) -> Vec<NewSecret> {
    if !declaration.answers_new_secrets() {
        return Vec::new();
    }
    let id = answer.get("id").and_then(Value::as_str);
    let id = id.or_else(|| named(declaration, arguments));
    let mut new = Vec::new();
    declaration.redact(&mut answer.clone(), &mut |field, secret| {
        new.push(NewSecret {
            tool: declaration.name,
            field: field.to_string(),
            id: id.map(str::to_owned),
            principal: Arc::clone(principal),
            secret: secret.to_owned(),
        });
        Value::Null
    });
    new
}

/// Writes secrets to the sink. Returns what to show of each one (`None` if it was not kept), and the last failure. Runs
/// as a task of its own, so that it ends even if the call is withdrawn: no later call returns these secrets again.
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

/// The id of the object of a call, from the path arguments.
fn named<'a>(declaration: &Declaration, arguments: &'a JsonObject) -> Option<&'a str> {
    let mut path = declaration
        .arguments
        .iter()
        .filter(|argument| argument.location == Location::Path);
    let id = path.rfind(|argument| argument.name.ends_with("id"))?;
    arguments.get(id.name)?.as_str()
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
    fn answers_with_new_secrets_are_recognised() {
        let mints = |name| {
            let declaration = &portkey_api::operation(name).unwrap().declaration;
            declaration.answers_new_secrets()
        };
        assert!(mints("invite_user"));
        assert!(mints("create_api_key"));
        assert!(!mints("get_user"));
        assert!(!mints("get_api_key"));
    }

    /// The declaration of a tool that makes a key, and its answer.
    fn made() -> (&'static Declaration, Value) {
        let create = toys::catalog().operation("create_toy").unwrap();
        let answer = json!({ "id": "t1", "key": "pk-0123456789abcdef" });
        (&create.declaration, answer)
    }

    fn options() -> CallOptions {
        let create = toys::catalog().find("create_toy").unwrap();
        CallOptions::take(create, &mut JsonObject::new()).unwrap()
    }

    #[tokio::test]
    async fn a_new_secret_is_not_in_the_answer() {
        let secrets = Arc::new(Secrets {
            sink: secrets::open(Some(Destination::Mask), &Own::default()),
            sources: Sources::default(),
        });
        let (create, answer) = made();
        let redacted = show(
            &secrets,
            &"ada".into(),
            create,
            &JsonObject::new(),
            &options(),
            answer,
        )
        .await;
        let redacted = redacted.unwrap();
        let (redacted, _) = redacted;
        assert_eq!(redacted["id"], "t1");
        assert!(!redacted.to_string().contains("0123456789"), "{redacted}");
    }

    /// A sink that an embedder could write; it keeps one secret and then fails.
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
    async fn a_custom_sink_keeps_secrets_and_its_failure_comes_with_the_masked_answer() {
        let secrets = Arc::new(Secrets {
            sink: Box::new(OneShot::default()),
            sources: Sources::default(),
        });
        let (create, answer) = made();
        let shown = || {
            let arguments = JsonObject::new();
            let (secrets, answer) = (Arc::clone(&secrets), answer.clone());
            async move {
                let options = options();
                show(
                    &secrets,
                    &"ada".into(),
                    create,
                    &arguments,
                    &options,
                    answer,
                )
                .await
            }
        };
        assert_eq!(shown().await.unwrap().0["key"], "in the vault");
        let Err(Failure::SecretLost { answer, .. }) = shown().await else {
            panic!("the second secret was kept");
        };
        assert_eq!(answer["id"], "t1");
        assert!(!answer.to_string().contains("0123456789"), "{answer}");
    }

    #[test]
    fn a_new_secret_is_kept_with_its_tool_field_id_and_principal() {
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
