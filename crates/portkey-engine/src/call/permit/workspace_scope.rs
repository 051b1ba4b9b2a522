//! Keeps calls within the workspaces that a policy names: what a call is about is told by what it names and by what
//! it leads to; where nobody can tell, it is refused.

use portkey_api::{Referent, referent};
use portkey_api_core::{Effect, JsonObject, Mention, Operation, Wide};
use portkey_client::ErrorKind;
use serde_json::Value;

use super::{CallContext, Failure, Query};
use crate::policy::{
    AllowedWorkspaces, Forbidden, Reason, Reference, ResourceScope, Rule, Subject, container,
    entries_tell, is_workspace, names_of, object_of, references, resource_scope, wide_of,
};

/// What of an answer may be seen.
#[derive(Debug)]
pub(super) struct WorkspaceScope<'a>(pub(super) Option<ScopedCall<'a>>);

/// A call of an operation that is limited to workspaces.
#[derive(Debug)]
pub(super) struct ScopedCall<'a> {
    context: CallContext<'a>,
    pub(super) operation: &'static Operation,
    pub(super) allowed: AllowedWorkspaces,
    /// Whether it is known beforehand that the call is about an allowed workspace.
    pub(super) known: bool,
}

/// More than this nobody refers to in one call.
const MOST_REFERENCES: usize = 50;

impl<'a> CallContext<'a> {
    /// Refuses a call about a workspace that the policy does not name. Where there is only one that it can mean, an
    /// argument for it is filled in.
    pub(super) async fn workspace_scope(
        &self,
        operation: &'static Operation,
        arguments: JsonObject,
    ) -> Result<(JsonObject, WorkspaceScope<'a>), Failure> {
        let workspaces = &self.caller.services.workspaces;
        let policy = &self.by.authority.policy;
        let allowed = workspaces.allowed(&self.caller.read_only(), policy).await;
        let Some(allowed) = allowed.filter(|_| resource_scope(operation) != ResourceScope::Nothing)
        else {
            return Ok((arguments, WorkspaceScope(None)));
        };
        let mut limited = ScopedCall {
            context: *self,
            operation,
            allowed,
            known: false,
        };
        let arguments = limited.name(arguments)?;
        limited.follow(&arguments).await?;
        Ok((arguments, WorkspaceScope(Some(limited))))
    }
}

impl ScopedCall<'_> {
    /// Checks what the arguments name, and names the one workspace where they name none.
    fn name(&mut self, mut arguments: JsonObject) -> Result<JsonObject, Failure> {
        let mentions = self.operation.declaration.mentions(&arguments);
        for mention in mentions.iter().filter(|mention| is_workspace(mention.kind)) {
            self.named(mention)?;
        }
        self.wide(&arguments, &mentions)?;
        for argument in names_of(self.operation) {
            if let Some(only) = self.allowed.only(argument) {
                arguments
                    .entry(argument.name)
                    .or_insert_with(|| only.into());
            }
            self.known |= arguments.contains_key(argument.name);
        }
        Ok(arguments)
    }

    /// A workspace must be among the allowed ones; what is no text may mean all of them.
    fn named(&self, mention: &Mention<'_>) -> Result<(), Failure> {
        let name = mention.name;
        match mention.id {
            Some(workspace) if self.allowed.contains(workspace) => Ok(()),
            Some(workspace) => Err(self.refusal(&format!("`{name}` names `{workspace}`"))),
            None => Err(self.refusal(&format!("`{name}` reaches beyond"))),
        }
    }

    /// What an operation can do to one workspace or to the whole organisation must be meant for the one.
    fn wide(&self, arguments: &JsonObject, mentions: &[Mention<'_>]) -> Result<(), Failure> {
        for (name, wide) in wide_of(self.operation) {
            match (wide, arguments.get(name)) {
                (_, None | Some(Value::Null | Value::Bool(false))) => {}
                (Wide::Any, Some(_)) => {
                    return Err(self.refusal(&format!("`{name}` reaches beyond")));
                }
                (Wide::Word(word), Some(value)) if value == word => return Err(self.whole(name)),
                (Wide::Word(_), Some(_)) => {}
            }
        }
        if self.operation.declaration.effect == Effect::Read {
            return Ok(());
        }
        let mut mentions = mentions.iter();
        match mentions.find(|mention| names_organisation(mention)) {
            Some(mention) => Err(self.whole(mention.name)),
            None => Ok(()),
        }
    }

    fn whole(&self, name: &str) -> Failure {
        self.refusal(&format!("`{name}` names the whole organisation"))
    }

    /// Looks at what the call leads to and refers to.
    async fn follow(&mut self, arguments: &JsonObject) -> Result<(), Failure> {
        let contains = container(self.operation)
            .filter(|_| resource_scope(self.operation) == ResourceScope::Container);
        let references = references(self.operation, arguments);
        if references.len() > MOST_REFERENCES {
            return Err(self.refusal("it refers to too much to look at"));
        }
        for reference in references {
            let found = self.find(reference).await?;
            let is_container = contains == Some(reference.argument);
            match self.containment_of(reference.reader, &found).await? {
                Containment::Inside => self.known |= is_container,
                // What the organisation shares can be used by everybody.
                Containment::Nowhere if !is_container && found.is_object() => {}
                _ => return Err(self.unclear(reference.name)),
            }
        }
        if let Some(subject) = object_of(self.operation) {
            self.lead(subject, arguments).await?;
        }
        if resource_scope(self.operation) == ResourceScope::OwnWorkspace || !self.known {
            self.by_key().await?;
        }
        Ok(())
    }

    /// What a reference names; in one of the allowed workspaces, where its reader has to be told which.
    async fn find(&self, reference: Reference<'_>) -> Result<Value, Failure> {
        if reference.workspace().is_none() {
            return self.ask(reference.reader, reference.arguments(None)).await;
        }
        for workspace in self.allowed.ids() {
            let arguments = reference.arguments(Some(workspace));
            let found = self.ask(reference.reader, arguments).await?;
            if found.is_object() {
                return Ok(found);
            }
        }
        Ok(Value::Null)
    }

    /// The object that the path leads to is read first, but where reading it is all that the call does.
    async fn lead(&mut self, subject: Subject, arguments: &JsonObject) -> Result<(), Failure> {
        if subject.reader.declaration.name != self.operation.declaration.name {
            let found = self
                .ask(subject.reader, subject.arguments(arguments))
                .await?;
            if self.containment_of(subject.reader, &found).await? != Containment::Inside {
                return Err(self.unclear(subject.argument));
            }
        }
        self.known = true;
        Ok(())
    }

    /// A key that is bound to a workspace can mean no other.
    async fn by_key(&mut self) -> Result<(), Failure> {
        let keys = self.operation.declaration.keys;
        let caller = self.context.caller;
        let owners = &caller.services.owners;
        let own = owners.find(&caller.read_only(), keys).await.workspace;
        if own.is_some_and(|own| self.allowed.contains(&own)) {
            self.known = true;
            return Ok(());
        }
        match resource_scope(self.operation) {
            ResourceScope::OwnWorkspace => Err(self.refusal(
                "the workspace of the key that it is made with is not known to be among them",
            )),
            _ if entries_tell(self.operation) => Ok(()),
            _ => {
                let names: Vec<_> = names_of(self.operation).map(|one| one.name).collect();
                Err(self.refusal(&format!(
                    "say which is meant by `{}`",
                    names.join("` and `")
                )))
            }
        }
    }

    /// What is at the end of a path or a reference; nothing where there is nothing.
    pub(super) async fn ask(
        &self,
        reader: &'static Operation,
        arguments: JsonObject,
    ) -> Result<Value, Failure> {
        let query = match Query::new(reader, arguments) {
            Err(Failure::Arguments(_)) => return Ok(Value::Null),
            query => query?,
        };
        let CallContext { caller, trail, .. } = self.context;
        match caller.connection.read(caller.catalog, &query, trail).await {
            Ok(object) => Ok(object),
            Err(Failure::Upstream { error, .. })
                if matches!(
                    error.kind(),
                    ErrorKind::NotFound | ErrorKind::Forbidden | ErrorKind::Invalid
                ) =>
            {
                Ok(Value::Null)
            }
            Err(failure) => Err(failure),
        }
    }

    /// Does not say whether there is such a thing elsewhere.
    pub(super) fn unclear(&self, name: &str) -> Failure {
        self.refusal(&format!(
            "what `{name}` names is not known to be in one of them"
        ))
    }

    fn refusal(&self, why: &str) -> Failure {
        Failure::Forbidden(Forbidden {
            tool: self.operation.declaration.name,
            kind: Rule::Workspace,
            reason: Reason::Workspaces {
                origins: self.allowed.origins.clone(),
                allowed: self.allowed.names.clone(),
                why: why.to_owned(),
            },
        })
    }
}

fn names_organisation(mention: &Mention<'_>) -> bool {
    matches!(referent(mention.kind), Some(Referent::Organisation))
}

/// Where something is, as seen from the allowed workspaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Containment {
    Inside,
    Outside,
    /// It does not say, or is the organisation's.
    Nowhere,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        call::testing::{Bench, arguments},
        catalog::operations_alone,
        policy::Rules,
    };

    /// Calls are limited to the workspace `research`.
    async fn bench(object: &str) -> Bench {
        let bench = Bench::of(operations_alone()).await.ruled_by(Rules {
            workspaces: Some("research".parse().unwrap()),
            ..Rules::default()
        });
        let research = json!({ "id": "w-1", "slug": "research" });
        bench
            .answers("GET", "/admin/workspaces/research", 200, research)
            .await;
        let collection = json!({ "id": "c", "workspace_id": object });
        bench
            .answers("GET", "/collections/c", 200, collection)
            .await;
        bench
    }

    fn collection() -> JsonObject {
        arguments(json!({ "collection_id": "c", "name": "n" }))
    }

    #[tokio::test]
    async fn an_object_of_another_workspace_is_not_changed() {
        let bench = bench("w-2").await;
        let update = bench.operation("update_collection");
        let Err(Failure::Forbidden(forbidden)) = bench.context().permit(update, collection()).await
        else {
            panic!("leave is given");
        };
        assert_eq!(forbidden.kind, Rule::Workspace);
        let received = bench.received().await;
        assert_eq!(
            received,
            ["GET /admin/workspaces/research", "GET /collections/c"]
        );
    }

    #[tokio::test]
    async fn an_object_of_an_allowed_workspace_may_be_changed() {
        let bench = bench("w-1").await;
        let update = bench.operation("update_collection");
        assert!(bench.context().permit(update, collection()).await.is_ok());
    }

    #[tokio::test]
    async fn the_one_workspace_that_can_be_meant_is_filled_in() {
        let bench = bench("w-1").await;
        let list = bench.operation("list_collections");
        let permit = bench
            .context()
            .permit(list, JsonObject::new())
            .await
            .unwrap();
        assert_eq!(permit.arguments["workspace_id"], "w-1");
        let other = arguments(json!({ "workspace_id": "w-2" }));
        assert!(bench.context().permit(list, other).await.is_err());
    }
}
