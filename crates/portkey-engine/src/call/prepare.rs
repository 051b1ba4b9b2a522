//! Looks up arguments that the API requires and the caller may leave out.

use portkey_api_core::{Argument, Edition, JsonObject, Keys, Location, Operation, Problem};
use serde_json::Value;
use unicode_normalization::UnicodeNormalization as _;

use super::{CallContext, Failure};
use crate::journal::undo::fitted;

impl CallContext<'_> {
    /// Adds a note on each argument that was given and has no place in a request to the edition.
    pub(super) fn note_unsent(&self, operation: &'static Operation, arguments: &JsonObject) {
        let edition = self.edition();
        let unsent = operation.declaration.arguments.iter().filter(|argument| {
            argument.location(edition) == Location::Local && argument.location != Location::Local
        });
        for argument in unsent.filter(|argument| arguments.contains_key(argument.name)) {
            let product = edition.product();
            self.notes.add(format!(
                "`{}` was not sent: {product} does not take it",
                argument.name
            ));
        }
    }

    /// Fills in the argument that names the organisation of the key, if the operation has one and the caller left it
    /// out. Fails if the organisation is unknown, except in a dry run, which leaves the argument out.
    pub(super) async fn fill_in_organisation(
        &self,
        operation: &'static Operation,
        mut arguments: JsonObject,
    ) -> Result<JsonObject, Failure> {
        let declaration = &operation.declaration;
        let is_airs = self.edition() == Edition::PrismaAirs;
        let mut missing = declaration
            .arguments
            .iter()
            .filter(|argument| argument.of_key || is_airs && argument.tenant_in_airs);
        let Some(argument) = missing.find(|argument| !arguments.contains_key(argument.name)) else {
            return Ok(arguments);
        };
        let (owners, client) = (&self.caller.services.owners, self.caller.read_only());
        let is_dry =
            self.options.dry_run.is_some() || client.settings().credential_for(Keys::Any).is_none();
        match owners.find(&client, declaration.keys).await.organisation {
            Some(organisation) => {
                arguments.insert(argument.name.to_owned(), organisation.into());
                Ok(arguments)
            }
            None if is_dry => Ok(arguments),
            None => {
                let rule = "is missing, and the key does not tell: it lists no API keys that would name it; \
                    give the organisation's UUID";
                let problem = Problem::rule(argument.name, rule);
                Err(Failure::invalid(declaration.name, problem))
            }
        }
    }

    /// Fills in the arguments that declare a `lookup`: an operation whose answer has a member of the same name.
    pub(super) async fn look_up(
        &self,
        operation: &'static Operation,
        mut arguments: JsonObject,
    ) -> Result<JsonObject, Failure> {
        // What is looked up may be something to change, so that something was given is checked before.
        let looks_up = |argument: &Argument| argument.lookup.is_some();
        if operation.declaration.arguments.iter().any(looks_up) {
            operation.preview(self.edition(), arguments.clone())?;
        }
        // Arguments of one object are of one moment, so it is read once for all of them.
        let mut read: Option<(&'static str, Value)> = None;
        for argument in operation.declaration.arguments {
            let Some(source) = argument.lookup else {
                continue;
            };
            let given = match arguments.get(argument.name) {
                None => None,
                Some(Value::String(name)) => Some(name.clone()),
                Some(_) => continue,
            };
            let source = source();
            let known = read.take_if(|(reader, _)| *reader == source.declaration.name);
            let answer = match known {
                Some((_, answer)) => Ok(answer),
                None => {
                    self.source_of(operation, argument, source, &arguments)
                        .await
                }
            };
            // A given name is sent unchanged if the current name cannot be read for comparison.
            let answer = match (answer, &given) {
                (Err(_), Some(_)) => continue,
                (answer, _) => answer?,
            };
            if let Some(current) = current(operation, argument, &answer)
                && given.is_none_or(|given| means(&given, argument, &answer))
            {
                arguments.insert(argument.name.to_owned(), current);
            }
            read = Some((source.declaration.name, answer));
        }
        self.complete_parts(operation, &mut arguments).await?;
        Ok(arguments)
    }

    /// Reads the object that has the value of an argument.
    async fn source_of(
        &self,
        operation: &'static Operation,
        argument: &Argument,
        source: &'static Operation,
        arguments: &JsonObject,
    ) -> Result<Value, Failure> {
        let permit = self.permit(source, source.path_arguments(arguments)).await;
        match permit {
            Ok(permit) => permit.read().await,
            Err(failure) => Err(unreadable(operation, argument.name, source, failure)),
        }
    }
}

/// The current value of an argument, in the form that the argument takes. `None` if there is none.
fn current(operation: &Operation, argument: &Argument, answer: &Value) -> Option<Value> {
    let value = answer.get(argument.name)?;
    if value.is_string() {
        return Some(without_icon(answer, value));
    }
    fitted(operation.declaration.input_of(argument.name)?, value).filter(|value| !value.is_null())
}

/// Whether a given name means the current one.
fn means(given: &str, argument: &Argument, answer: &Value) -> bool {
    let value = answer.get(argument.name).unwrap_or(&Value::Null);
    same_name(given, value) || same_name(given, &without_icon(answer, value))
}

/// Whether a given name equals the name in an answer, ignoring surrounding white space and the Unicode normal form,
/// both of which are invisible.
fn same_name(given: &str, shown: &Value) -> bool {
    let shown = shown.as_str().unwrap_or_default();
    given.trim().nfc().eq(shown.trim().nfc())
}

/// Turns a refused look-up into a failure that asks the caller to give the argument. Other failures are unchanged.
fn unreadable(
    operation: &Operation,
    argument: &str,
    source: &Operation,
    failure: Failure,
) -> Failure {
    match failure {
        Failure::Forbidden(_) | Failure::Lacking { .. } => {
            let rule = format!(
                "is missing, and `{}`, which tells it, may not be used here; give it yourself",
                source.declaration.name
            );
            Failure::invalid(operation.declaration.name, Problem::rule(argument, rule))
        }
        other => other,
    }
}

/// Returns the name without the icon in front. Answers include the icon; the API expects the name without it.
fn without_icon(answer: &Value, value: &Value) -> Value {
    let plain = answer
        .get("icon")
        .and_then(Value::as_str)
        .filter(|icon| !icon.is_empty())
        .and_then(|icon| value.as_str()?.strip_prefix(icon));
    plain.map_or_else(|| value.clone(), |plain| plain.trim_start().into())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        call::testing::{Bench, arguments},
        catalog::operations_alone,
        policy::{Rules, ToolNames},
    };

    #[test]
    fn an_icon_in_front_is_removed_from_a_name() {
        let answer = json!({ "icon": "🔬", "name": "🔬 Research" });
        assert_eq!(without_icon(&answer, &answer["name"]), "Research");
        let answer = json!({ "icon": null, "name": "Research" });
        assert_eq!(without_icon(&answer, &answer["name"]), "Research");
    }

    #[test]
    fn names_that_look_alike_are_the_same() {
        let shown = json!("Cafe\u{301} ");
        for same in ["Café", " Café", "Cafe\u{301}", "Cafe\u{301} "] {
            assert!(same_name(same, &shown), "{same:?}");
        }
        for other in ["Cafe", "café", "C a f é", ""] {
            assert!(!same_name(other, &shown), "{other:?}");
        }
    }

    async fn bench() -> Bench {
        let bench = Bench::of(operations_alone()).await;
        let workspace = json!({ "id": "w", "slug": "w", "name": "🔬 Research", "icon": "🔬" });
        bench
            .answers("GET", "/admin/workspaces/w", 200, workspace)
            .await;
        bench
    }

    #[tokio::test]
    async fn an_argument_with_a_lookup_is_filled_in() {
        let bench = bench().await;
        let delete = bench.operation("delete_workspace");
        let context = bench.context();
        let looked_up = |given| context.look_up(delete, given);
        let given = arguments(json!({ "workspace_id": "w" }));
        assert_eq!(looked_up(given.clone()).await.unwrap()["name"], "Research");
        let other = arguments(json!({ "workspace_id": "w", "name": "Sales" }));
        assert_eq!(looked_up(other).await.unwrap()["name"], "Sales");
    }

    #[tokio::test]
    async fn all_that_is_looked_up_of_an_object_is_of_one_moment() {
        let bench = bench().await;
        let id = "7c9e6679-7425-40de-944b-e07fc1f90ae7";
        let subject = json!({ "type": "user", "id": "u", "name": "Ada" });
        let target = json!({ "type": "provider", "provider_id": "p" });
        let policy =
            json!({ "id": id, "version": 4, "subjects": [subject], "targets": [target.clone()] });
        let path = format!("/policies/access/{id}");
        bench.answers("GET", &path, 200, policy).await;
        let update = bench.operation("update_access_policy");
        let given = arguments(json!({ "access_policy_id": id, "enabled": false }));
        let looked_up = bench.context().look_up(update, given).await.unwrap();
        assert_eq!(looked_up["version"], 4);
        assert_eq!(
            looked_up["subjects"],
            json!([{ "type": "user", "id": "u" }])
        );
        assert_eq!(looked_up["targets"], json!([target]));
        assert_eq!(bench.received().await, [format!("GET {path}")]);
        let own = json!({ "access_policy_id": id, "version": 3, "enabled": false });
        let looked_up = bench.context().look_up(update, arguments(own)).await;
        assert_eq!(looked_up.unwrap()["version"], 3);
    }

    #[tokio::test]
    async fn a_forbidden_lookup_asks_for_the_argument() {
        let bench = bench().await.ruled_by(Rules {
            deny: Some(ToolNames::parse(operations_alone(), "get_workspace").unwrap()),
            ..Rules::default()
        });
        let delete = bench.operation("delete_workspace");
        let given = arguments(json!({ "workspace_id": "w" }));
        let Err(Failure::Arguments(problems)) = bench.context().look_up(delete, given).await else {
            panic!("the lookup is not refused");
        };
        assert!(
            problems.to_string().contains("give it yourself"),
            "{problems}"
        );
    }

    #[tokio::test]
    async fn the_organisation_of_the_key_is_filled_in() {
        let bench = bench().await;
        let keys = json!({ "data": [{ "key": "ke*****ion", "organisation_id": "org" }] });
        bench.answers("GET", "/api-keys", 200, keys).await;
        let wants = bench.operation("list_audit_logs");
        let given = bench
            .context()
            .fill_in_organisation(wants, JsonObject::new())
            .await
            .unwrap();
        assert!(given.values().any(|value| value == "org"), "{given:?}");
        // The second call uses the cached organisation.
        bench
            .context()
            .fill_in_organisation(wants, JsonObject::new())
            .await
            .unwrap();
        assert_eq!(bench.received().await, ["GET /api-keys"]);
    }
}
