//! The methods of `CallContext` for workflows: inner calls, which go through the same checks as direct ones, and reads
//! of the journal and the catalog.

use portkey_api_core::{Declared, Edition, Endpoint, JsonObject, Keys, Operation, Problem};
use serde_json::Value;

use super::{
    CallContext, Consent, Conventions, Failure, Outcome, Steps,
    authorise::spend,
    options::{CallOptions, Shown},
    permit::Prepared,
    show::View,
};
use crate::{
    catalog::{Catalog, Tool},
    journal::Journal,
    keys::{Account, Owner},
    policy::Policy,
    secrets::Redactor,
    wording::Setting,
};

impl CallContext<'_> {
    /// Makes one inner call of a workflow and returns its typed answer.
    pub async fn ask<E: Endpoint>(&self, endpoint: &E) -> Result<E::Response, Failure> {
        let name = E::DECLARATION.name;
        let operation = self.caller.catalog.operation(name);
        let operation = operation.ok_or(Failure::Unlisted(name))?;
        let arguments = serde_json::to_value(endpoint)
            .map_err(|error| Failure::unreadable(operation, &error))?;
        let arguments = arguments.as_object().cloned().unwrap_or_default();
        let permit = self.permit(operation, arguments).await?;
        spend(&self.caller.services.quotas, self.by, operation).await?;
        let prepared = Prepared::serialised(self.edition(), operation, permit.arguments.clone())?;
        let answer = permit.send(prepared, &Redactor::default()).await?;
        let answer = permit.let_through(answer).await?;
        serde_json::from_value(answer).map_err(|error| Failure::unreadable(operation, &error))
    }

    /// Makes a call of `operation` with all the stages of a direct call, or only previews it if `dry_run`. `undoes` is
    /// the id of the journal entry that the call undoes.
    pub async fn perform(
        &self,
        operation: &'static Operation,
        arguments: JsonObject,
        undoes: &str,
        dry_run: bool,
    ) -> Result<Value, Failure> {
        let options = CallOptions {
            dry_run: dry_run.then_some(Shown::Changes),
            return_object: true,
            confirmation: None,
            include_bodies: false,
            view: View::whole(),
        };
        let context = CallContext {
            options: &options,
            // Consent to the workflow covers its inner calls.
            consent: &Consent::Unneeded,
            undoes: Some(undoes),
            ..*self
        };
        Ok(match context.operate(operation, arguments).await? {
            Outcome::Answer(answer) | Outcome::Table { answer, .. } => answer,
            Outcome::Preview(preview) => preview.to_json(),
            Outcome::Unconfirmed { consequence, .. } => consequence.to_string().into(),
        })
    }

    /// Downloads the file at a URL from an answer of Portkey.
    pub async fn download(&self, url: &str) -> Result<Vec<u8>, Failure> {
        let file = self.caller.read_only().download(url).await;
        file.map_err(|error| Failure::Download(Box::new(error)))
    }

    /// Reports progress: `done` of `total` steps, and what is being done.
    pub fn report(&self, done: u64, total: Option<u64>, message: &str) {
        self.progress.report(done, total, message);
    }

    /// Describes a failure in the wording of the requester's surface.
    pub fn describe(&self, failure: &Failure) -> String {
        failure.describe(self.by.wording).to_string()
    }

    /// The catalog of all tools.
    pub fn catalog(&self) -> &'static Catalog {
        self.caller.catalog
    }

    /// The name under which the journal keeps the changes of the organisation that calls are made in.
    pub fn organisation(&self) -> &str {
        &self.caller.organisation
    }

    /// The name of the profile whose key is used; empty if it has none.
    pub fn profile(&self) -> &str {
        &self.caller.profile
    }

    /// The edition that the call goes to.
    pub fn edition(&self) -> Edition {
        self.caller.edition()
    }

    /// The address of Portkey, and the fingerprint of the key that most operations use.
    pub fn account(&self) -> Account {
        self.caller.account(Keys::Any)
    }

    /// The policy that the call is held to.
    pub fn policy(&self) -> &Policy {
        &self.by.authority.policy
    }

    /// Returns the owner of the key that most operations use, and what Portkey shows of the key.
    pub async fn owner(&self) -> Owner {
        let owners = &self.caller.services.owners;
        owners.find(&self.caller.read_only(), Keys::Any).await
    }

    /// The name of the principal that the call is made for.
    pub fn principal(&self) -> &str {
        &self.by.principal
    }

    /// Returns the journal of changes. Fails with an error about `tool` if the server keeps none.
    pub fn journal(&self, tool: &'static str) -> Result<&dyn Journal, Failure> {
        let journal = self.caller.services.journal.as_deref();
        journal.ok_or_else(|| {
            let wording = self.by.wording;
            let set = wording.ask_operator(&format!("set {}", wording.setting(Setting::Journal)));
            let rule = format!("this server keeps no journal of changes. {set}");
            Failure::invalid(tool, Problem::rule("", rule))
        })
    }

    /// Whether the requester may see only their own changes. True if the policy limits them to workspaces, since
    /// changes of others may be in other workspaces.
    pub fn sees_own_changes_alone(&self) -> bool {
        self.by
            .authority
            .policy
            .rules()
            .any(|rules| rules.workspaces.is_some())
    }

    /// Whether the requester may use `tool`.
    pub fn permits(&self, tool: Tool) -> bool {
        self.authorise(tool).is_ok()
    }

    /// The metadata values that the operator expects of completions.
    pub fn conventions(&self) -> &Conventions {
        &self.caller.conventions
    }
}

/// Deserialises parsed arguments into the struct of a workflow and validates it.
pub(super) fn parsed<S: Steps>(arguments: JsonObject) -> Result<S, Failure> {
    let invalid = |problem| Failure::invalid(<S as Declared>::NAME, problem);
    let steps: S = serde_json::from_value(Value::Object(arguments))
        .map_err(|error| invalid(Problem::rule("", error.to_string())))?;
    steps.validate().map_err(invalid)?;
    Ok(steps)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        call::testing::{Bench, arguments},
        policy::Rules,
        toys::{DeleteToy, GetToy},
    };

    #[tokio::test]
    async fn an_inner_call_returns_its_typed_answer() {
        let bench = Bench::new().await;
        bench.has_bear().await;
        let toy = bench
            .context()
            .ask(&GetToy {
                toy_id: "t1".to_owned(),
            })
            .await
            .unwrap();
        assert_eq!(toy.name.as_deref(), Some("Bear"));
    }

    #[tokio::test]
    async fn an_inner_call_that_changes_something_is_in_the_journal() {
        let bench = Bench::new().await;
        bench.answers("DELETE", "/toys/t1", 200, json!({})).await;
        bench
            .context()
            .ask(&DeleteToy {
                toy_id: "t1".to_owned(),
            })
            .await
            .unwrap();
        let entries = bench.journal().await;
        assert_eq!(entries[0].change.target, "DELETE /toys/t1");
    }

    #[tokio::test]
    async fn an_inner_call_obeys_the_policy_of_the_requester() {
        let bench = Bench::new().await.ruled_by(Rules {
            read_only: true,
            ..Rules::default()
        });
        let refused = bench
            .context()
            .ask(&DeleteToy {
                toy_id: "t1".to_owned(),
            })
            .await;
        assert!(matches!(refused, Err(Failure::Forbidden(_))), "{refused:?}");
        assert!(bench.received().await.is_empty());
    }

    #[tokio::test]
    async fn a_previewed_inner_call_is_not_sent() {
        let bench = Bench::new().await;
        bench.has_bear().await;
        let delete = bench.operation("delete_toy");
        let given = arguments(json!({ "toy_id": "t1" }));
        let shown = bench
            .context()
            .perform(delete, given, "change", true)
            .await
            .unwrap();
        assert_eq!(shown["dry_run"], true);
        assert_eq!(bench.received().await, ["GET /toys/t1"]);
    }
}
