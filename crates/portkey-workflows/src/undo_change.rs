//! `undo_change`: undoes a change in the journal.

use portkey_api::{
    Declared as _, Effect, Paging, Problem,
    api_keys::ListApiKeys,
    configs::{ConfigSlug, ListConfigVersions, UpdateConfig},
    workflow,
};
use portkey_engine::{
    call::{CallContext, Destroys, Destruction, Failure, Steps},
    catalog::{Tool, WHERE},
    journal::{
        Change, ChangeFilter, JournalEntry,
        undo::{self, Plan, drifted},
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Undo a change
///
/// Undoes (reverts) what you did last, or another change of `list_changes`: puts it back the way it was. Says what
/// cannot come back. Refused where somebody changed the object since, unless forced.
#[workflow(-> Undone, effect(update),
    not_repeatable(because = "what was undone is refused"),
    destructive(because = "it may remove what was created"), scopes(), extended, essential)]
pub(crate) struct UndoChange {
    /// Its id, from `list_changes`.
    #[alias("id")]
    pub change_id: String,
    /// Overwrite what was changed since.
    pub force: Option<bool>,
    /// Say what would happen and change nothing.
    pub dry_run: Option<bool>,
}

/// What became of an undo.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Undone {
    change_id: String,
    /// What took the change back.
    tool: String,
    dry_run: bool,
    /// What does not come back.
    lost: Vec<String>,
    /// Fields that somebody changed since.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    changed_since: Vec<String>,
    /// What the call answered; a preview, on a dry run.
    answer: Value,
}

/// A change and the call that undoes it.
struct Undoing {
    change: Change,
    plan: Plan,
    /// The fields that were changed since.
    changed_since: Vec<String>,
}

impl Steps for UndoChange {
    async fn run(self, context: CallContext<'_>) -> Result<Undone, Failure> {
        let dry_run = self.dry_run == Some(true);
        let Undoing {
            change,
            plan,
            changed_since,
        } = self.prepare(context, dry_run).await?;
        let name = plan.operation.declaration.name;
        let answer = context
            .perform(plan.operation, plan.arguments, &change.id, dry_run)
            .await?;
        Ok(Undone {
            change_id: change.id,
            tool: name.to_owned(),
            dry_run,
            lost: plan.lost,
            changed_since,
            answer,
        })
    }
}

impl Destroys for UndoChange {
    async fn destruction(&self, context: CallContext<'_>) -> Result<Destruction, Failure> {
        let plan = self.prepare(context, false).await?.plan;
        Ok(Destruction {
            operation: plan.operation,
            arguments: plan.arguments,
            lost: plan.lost,
        })
    }
}

impl UndoChange {
    /// Plans the undo. Fails without `force` if fields were changed since, except in a dry run, which lists them.
    async fn prepare(&self, context: CallContext<'_>, dry_run: bool) -> Result<Undoing, Failure> {
        let mut change = self.change(context).await?;
        restore_secrets(context, &mut change).await;
        let mut plan = undo::plan(context.catalog(), &change)
            .map_err(|reason| refused("change_id", format!("cannot be undone: {reason}")))?;
        authorise(context, &change, &plan)?;
        name_organisation(context, &mut plan).await?;
        let changed_since = changed_since(context, &change, &plan).await?;
        if !changed_since.is_empty() && self.force != Some(true) && !dry_run {
            let fields = changed_since.join(", ");
            return Err(refused(
                "force",
                format!(
                    "somebody changed it since ({fields}); look at it (`dry_run`), and give `force` to overwrite it"
                ),
            ));
        }
        Ok(Undoing {
            change,
            plan,
            changed_since,
        })
    }

    async fn change(&self, context: CallContext<'_>) -> Result<Change, Failure> {
        let own = context.sees_own_changes_alone();
        let wanted = ChangeFilter {
            principal: own.then(|| context.principal().to_owned()),
            ..ChangeFilter::one(context.organisation(), &self.change_id)
        };
        let mut found = context.journal(Self::NAME)?.list(&wanted).await?;
        match found.pop() {
            Some(JournalEntry {
                undone_by: Some(by),
                ..
            }) => Err(refused("change_id", format!("was undone already, by {by}"))),
            Some(entry) => Ok(entry.change),
            None => Err(refused(
                "change_id",
                "is no change of this organisation; `list_changes` lists them".to_owned(),
            )),
        }
    }
}

/// Checks that the caller may make the call of the plan and may read the object, because the answer shows what the
/// journal stored of it.
fn authorise(context: CallContext<'_>, change: &Change, plan: &Plan) -> Result<(), Failure> {
    context.authorise(Tool::Operation(plan.operation))?;
    let changed_by = change.operation(context.catalog());
    match changed_by.and_then(|operation| context.catalog().reader(operation)) {
        Some(reader) => context.authorise(Tool::Operation(reader)),
        None => Ok(()),
    }
}

/// Reads the values that are masked in the journal from the versions of a config that Portkey keeps.
async fn restore_secrets(context: CallContext<'_>, change: &mut Change) {
    let Some(Value::Object(before)) = &mut change.before else {
        return;
    };
    let slug = change.arguments.get("slug").and_then(Value::as_str);
    let (Some(slug), UpdateConfig::NAME) = (slug, change.tool.as_str()) else {
        return;
    };
    let listed = ListConfigVersions {
        slug: ConfigSlug::from(slug),
    };
    let Ok(versions) = context.ask(&listed).await else {
        return; // What contains secrets is not restored, and the plan lists it.
    };
    let wanted = before.get("version_id").and_then(Value::as_str);
    let version = versions
        .data
        .into_iter()
        .find(|version| version.version_id.is_some() && version.version_id.as_deref() == wanted);
    let config = version.and_then(|version| serde_json::to_value(version.config?).ok());
    if let Some(config) = config {
        before.insert("config".to_owned(), config);
    }
}

/// Sets the organisation of an object that belongs to it directly and not to a workspace. Many answers do not contain
/// the organisation, but those about API keys do.
async fn name_organisation(context: CallContext<'_>, plan: &mut Plan) -> Result<(), Failure> {
    let declaration = &plan.operation.declaration;
    let takes = |name: &str| declaration.argument(name).is_some();
    let has = |name: &str| plan.arguments.contains_key(name);
    let is_made = declaration.effect == Effect::Create;
    if !is_made || !WHERE.iter().all(|name| takes(name)) || WHERE.iter().any(|name| has(name)) {
        return Ok(());
    }
    let keys = context
        .ask(&ListApiKeys {
            workspace_id: None,
            paging: Paging::first(1),
            ids: None,
        })
        .await?;
    let organisation = keys.data.into_iter().find_map(|key| key.organisation_id);
    let organisation = organisation.ok_or_else(|| {
        refused(
            "change_id",
            "cannot be undone: to which organisation it belonged is not known".to_owned(),
        )
    })?;
    plan.arguments
        .insert("organisation_id".to_owned(), organisation.into());
    Ok(())
}

/// Returns the names of the fields that the plan would overwrite and that were changed since.
async fn changed_since(
    context: CallContext<'_>,
    change: &Change,
    plan: &Plan,
) -> Result<Vec<String>, Failure> {
    let Some(operation) = change.operation(context.catalog()) else {
        return Ok(Vec::new());
    };
    if change.before.is_none() || operation.declaration.effect == Effect::Delete {
        return Ok(Vec::new());
    }
    let Some(now) = context.before(operation, &change.arguments).await else {
        return Err(refused(
            "change_id",
            "cannot be undone: what it changed is no longer there".to_owned(),
        ));
    };
    Ok(match &change.after {
        Some(left) => drifted(context.catalog(), plan, operation, left, &now),
        None => vec!["what the change left is not known".to_owned()],
    })
}

fn refused(argument: &str, rule: String) -> Failure {
    Failure::invalid(UndoChange::NAME, Problem::rule(argument, rule))
}
