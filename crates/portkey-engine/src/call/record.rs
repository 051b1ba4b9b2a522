use jiff::Timestamp;
use portkey_api::{Effect, JsonObject, Keys, Operation, Problem, Request};
use serde_json::Value;
use uuid::Uuid;

use super::{Failure, Run, permit::Permit};
use crate::{
    audit::Excerpt,
    catalog::Tool,
    journal::{Change, Ending, Journal, is_kept},
    keys::Fingerprint,
    secrets::Carried,
};

fn hidden(carried: &Carried, object: Option<Value>) -> Option<Value> {
    let mut object = object?;
    carried.hide_in(&mut object);
    Some(object)
}

impl Permit<'_> {
    /// Sends the request of a permitted call. What it changes is written down first, with what it was, and afterwards
    /// what came of it. What cannot be written down is not sent. What the request `carried` is not, even where Portkey
    /// repeats it.
    pub(super) async fn carry_out(
        &self,
        request: &Request,
        carried: &Carried,
    ) -> Result<Value, Failure> {
        let (run, operation, arguments) = (&self.run, self.operation, &self.arguments);
        let journal = run.caller.safeguards.journal.as_ref();
        let Some(journal) = journal.filter(|_| is_kept(operation)) else {
            return self.send(request).await;
        };
        let mut change = run.change(operation, arguments, request);
        change.before = hidden(carried, run.before_to_keep(operation, arguments).await);
        if !journal.begin(&change).await? {
            let change = change.undoes.unwrap_or_default();
            return Err(Failure::Undone { change });
        }
        let answer = self.exchange(request).await;
        change.outcome = Ending::of(&answer);
        let answer = answer
            .map(|answer| operation.declaration.normalise(answer.value))
            .map_err(|error| Failure::upstream(operation, error));
        if let Ok(answer) = &answer {
            change.after = hidden(carried, run.left(operation, arguments, answer).await);
        }
        if let Err(failure) = journal.put(&change).await {
            tracing::warn!(change = change.id, %failure, "how a change ended is not in the journal");
        }
        answer
    }
}

impl Run<'_> {
    /// A change that nobody knows the end of.
    fn change(
        &self,
        operation: &'static Operation,
        arguments: &JsonObject,
        request: &Request,
    ) -> Change {
        let path = request.target.split('?').next().unwrap_or_default();
        Change {
            id: Uuid::new_v4().to_string(),
            at: Timestamp::now().as_millisecond(),
            principal: self.by.principal.to_string(),
            client: self
                .by
                .client
                .clone()
                .map(|name| Excerpt::of(name).to_string()),
            place: self.place().to_owned(),
            key: self.key(operation.declaration.keys),
            tool: operation.declaration.name.to_owned(),
            arguments: operation.declaration.masked(arguments.clone()),
            target: format!("{} {path}", request.method),
            before: None,
            after: None,
            outcome: Ending::Unknown,
            undoes: self.undoes.map(str::to_owned),
        }
    }

    /// What a change left: the object as it now is, or the ids of what was made.
    async fn left(
        &self,
        operation: &'static Operation,
        arguments: &JsonObject,
        answer: &Value,
    ) -> Option<Value> {
        match operation.declaration.effect {
            Effect::Create => {
                let mut made = answer.clone();
                operation.declaration.mask(&mut made);
                Some(made)
            }
            Effect::Delete => None,
            _ => self.before_to_keep(operation, arguments).await,
        }
    }

    /// The organisation that calls are made in, as the journal tells one from another.
    pub fn place(&self) -> &str {
        &self.caller.place
    }

    /// Whom the call is made for.
    pub fn principal(&self) -> &str {
        &self.by.principal
    }

    /// What was changed; `tool` asks.
    pub fn journal(&self, tool: &'static str) -> Result<&dyn Journal, Failure> {
        let journal = self.caller.safeguards.journal.as_deref();
        journal.ok_or_else(|| {
            let set = self.by.audience.operator("set --journal");
            let rule = format!("this server keeps no journal of changes. {set}");
            Failure::invalid(tool, Problem::rule("", rule))
        })
    }

    /// Whether whoever calls must not hear of changes of others, who may have made them in other workspaces.
    pub fn sees_own_changes_alone(&self) -> bool {
        self.by
            .authority
            .policy
            .rules()
            .any(|rules| rules.workspaces.is_some())
    }

    /// Whether the policy allows a tool to whoever calls.
    pub fn permits(&self, tool: Tool) -> bool {
        self.authorise(tool).is_ok()
    }

    fn key(&self, keys: Keys) -> Option<String> {
        let settings = self.caller.client().settings();
        let of_workspace = settings.workspace_api_key.as_ref();
        let of_workspace = of_workspace.filter(|_| keys == Keys::Workspace);
        let key = of_workspace.or(settings.api_key.as_ref())?;
        Some(Fingerprint::of(key).to_string())
    }
}
