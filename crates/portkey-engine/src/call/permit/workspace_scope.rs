//! Limits calls to the workspaces that a policy names. The workspace of a call follows from its arguments and from the
//! objects that they refer to, which are read; a call whose workspace cannot be determined is refused.

use portkey_api::{Referent, referent};
use portkey_api_core::{Effect, JsonObject, Mention, Operation, Wide};
use portkey_client::ErrorKind;
use serde_json::Value;

use super::{CallContext, Failure, Query};
use crate::policy::{
    AllowedWorkspaces, Forbidden, Reason, Reference, ResourceScope, Rule, Subject, container,
    entries_tell, is_workspace, names_of, object_of, references, resource_scope, wide_of,
};

/// The limit to workspaces that the answer of a call is subject to; `None` if there is none.
#[derive(Debug)]
pub(super) struct WorkspaceScope<'a>(pub(super) Option<ScopedCall<'a>>);

/// A call that is limited to workspaces.
#[derive(Debug)]
pub(super) struct ScopedCall<'a> {
    context: CallContext<'a>,
    pub(super) operation: &'static Operation,
    pub(super) allowed: AllowedWorkspaces,
    /// Whether the arguments or the key already show that the call is about an allowed workspace.
    pub(super) known: bool,
}

/// Most references in the arguments of one call, since each one is read. A call with more is refused.
const MOST_REFERENCES: usize = 50;

impl<'a> CallContext<'a> {
    /// Refuses a call that is about a workspace outside the policy. If the policy allows only one workspace, the
    /// argument that names it is filled in.
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
        let arguments = limited.check_named(arguments)?;
        limited.check_references(&arguments).await?;
        Ok((arguments, WorkspaceScope(Some(limited))))
    }
}

impl ScopedCall<'_> {
    /// Checks the workspaces that the arguments name. If they name none and only one is allowed, fills it in.
    fn check_named(&mut self, mut arguments: JsonObject) -> Result<JsonObject, Failure> {
        let mentions = self.operation.declaration.mentions(&arguments);
        for mention in mentions.iter().filter(|mention| is_workspace(mention.kind)) {
            self.check_workspace(mention)?;
        }
        self.check_wide(&arguments, &mentions)?;
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

    /// Refuses a workspace that is not allowed, and a value that is not text, since it may mean all workspaces.
    fn check_workspace(&self, mention: &Mention<'_>) -> Result<(), Failure> {
        let name = mention.name;
        match mention.id {
            Some(workspace) if self.allowed.contains(workspace) => Ok(()),
            Some(workspace) => Err(self.refusal(&format!("`{name}` names `{workspace}`"))),
            None => Err(self.refusal(&format!("`{name}` reaches beyond"))),
        }
    }

    /// Refuses arguments that extend the call from one workspace to the whole organisation.
    fn check_wide(&self, arguments: &JsonObject, mentions: &[Mention<'_>]) -> Result<(), Failure> {
        for (name, wide) in wide_of(self.operation) {
            let value = arguments.get(name).filter(|value| !value.is_null());
            match (wide, value) {
                (Wide::Word { wide: word, .. }, Some(value)) if value == word => {
                    return Err(self.whole_organisation(name));
                }
                (_, Some(value)) if wide.may_include(value) => {
                    return Err(self.refusal(&format!("`{name}` reaches beyond, or may")));
                }
                _ => {}
            }
        }
        if self.operation.declaration.effect == Effect::Read {
            return Ok(());
        }
        let mut mentions = mentions.iter();
        match mentions.find(|mention| names_organisation(mention)) {
            Some(mention) => Err(self.whole_organisation(mention.name)),
            None => Ok(()),
        }
    }

    fn whole_organisation(&self, name: &str) -> Failure {
        self.refusal(&format!("`{name}` names the whole organisation"))
    }

    /// Checks the workspaces of the objects that the arguments and the path refer to, and of the key if they decide
    /// nothing.
    async fn check_references(&mut self, arguments: &JsonObject) -> Result<(), Failure> {
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
                // Objects without a workspace belong to the organisation, and every workspace may use them.
                Containment::Nowhere if !is_container && found.is_object() => {}
                _ => return Err(self.unclear(reference.name)),
            }
        }
        if let Some(subject) = object_of(self.operation) {
            self.check_subject(subject, arguments).await?;
        }
        if resource_scope(self.operation) == ResourceScope::OwnWorkspace || !self.known {
            self.check_key().await?;
        }
        Ok(())
    }

    /// Reads the object of a reference; `null` if it is not found. A reader that takes a workspace is asked in each
    /// allowed one in turn.
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

    /// Reads the object in the path and refuses the call unless the object is in an allowed workspace. If the call
    /// itself is that read, its answer is checked instead.
    async fn check_subject(
        &mut self,
        subject: Subject,
        arguments: &JsonObject,
    ) -> Result<(), Failure> {
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

    /// Checks the workspace that the key is bound to: calls with it cannot be about another one. If it is not known to
    /// be allowed, a call passes only if its answer is a list whose entries state their workspaces.
    async fn check_key(&mut self) -> Result<(), Failure> {
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

    /// Reads an object with `reader`; `null` if it is not found, or Portkey refuses or rejects the read.
    pub(super) async fn ask(
        &self,
        reader: &'static Operation,
        arguments: JsonObject,
    ) -> Result<Value, Failure> {
        let query = match Query::new(self.context.edition(), reader, arguments) {
            Err(Failure::Arguments(_)) => return Ok(Value::Null),
            query => query?,
        };
        let CallContext { caller, trail, .. } = self.context;
        match caller.connection.read(caller.catalog, &query, trail).await {
            Ok((object, _)) => Ok(object),
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

    /// Returns the refusal of an object that is not known to be in an allowed workspace. It does not reveal whether the
    /// object exists elsewhere.
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

/// Whether an object is in the allowed workspaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Containment {
    Inside,
    Outside,
    /// The object states no workspace, or belongs to the organisation.
    Nowhere,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::call::testing::{Bench, arguments};

    /// Calls are limited to the workspace `research`.
    async fn bench(object: &str) -> Bench {
        let bench = Bench::limited_to_research().await;
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
            panic!("a permit is issued");
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
    async fn the_only_allowed_workspace_is_filled_in() {
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

    #[tokio::test]
    async fn a_key_of_a_type_that_is_not_known_may_be_one_of_the_whole_organisation() {
        let bench = bench("w-1").await;
        let create = bench.operation("create_api_key");
        let key = |kind: &str| {
            arguments(json!({ "type": kind, "sub_type": "service", "name": "k",
                "scopes": ["logs.view"], "workspace_id": "w-1" }))
        };
        for (kind, said) in [
            ("organisation", "`type` names the whole organisation"),
            ("tenant", "`type` reaches beyond, or may"),
        ] {
            let Err(refusal) = bench.context().permit(create, key(kind)).await else {
                panic!("a permit is issued for {kind}");
            };
            assert!(refusal.to_string().contains(said), "{refusal}");
        }
        assert!(
            bench
                .context()
                .permit(create, key("workspace"))
                .await
                .is_ok()
        );
    }
}
