//! `list_changes`: the changes in the journal.

use portkey_api::{Declared as _, Since, workflow};
use portkey_engine::{
    call::{CallContext, Failure, Steps},
    catalog::{Catalog, Tool},
    journal::{ChangeFilter, JournalEntry, undo},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// List your changes
///
/// Lists what you did through this server: recent changes, the latest first, and how each can be undone
/// (`undo_change`).
#[workflow(-> Changes, effect(read), scopes(), extended, essential)]
pub(crate) struct ListChanges {
    /// Name of the tool that made them.
    pub tool: Option<String>,
    /// Part of the request, such as an id.
    pub target: Option<String>,
    pub since: Option<Since>,
    /// Those of everybody who uses this server.
    pub everybody: Option<bool>,
    /// 20 when left out.
    #[schemars(range(min = 1, max = 200))]
    #[alias("page_size")]
    pub most: Option<u32>,
}

/// What was changed.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Changes {
    data: Vec<Listed>,
}

/// One change.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Listed {
    id: String,
    time: String,
    principal: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    client: Option<String>,
    tool: String,
    request: String,
    /// `done`, `failed` or `unknown`.
    outcome: String,
    /// How it can be undone, or why not.
    undo: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    undoes: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    undone_by: Option<String>,
}

const MOST: u32 = 20;

impl Steps for ListChanges {
    async fn run(self, context: CallContext<'_>) -> Result<Changes, Failure> {
        let since = self.since()?;
        let everybody = self.everybody == Some(true);
        if everybody && context.sees_own_changes_alone() {
            let rule = "you are limited to some workspaces, so only your own changes are listed";
            let problem = portkey_api::Problem::rule("everybody", rule);
            return Err(Failure::invalid(Self::NAME, problem));
        }
        let wanted = ChangeFilter {
            id: None,
            principal: (!everybody).then(|| context.principal().to_owned()),
            tool: self.tool,
            target: self.target,
            since,
            most: self.most.unwrap_or(MOST),
            ..ChangeFilter::one(context.organisation(), "")
        };
        let entries = context.journal(Self::NAME)?.list(&wanted).await?;
        // Changes by tools that the caller may not call are hidden.
        let data = entries.into_iter().filter(|entry| {
            let operation = entry.change.operation(context.catalog());
            operation.is_none_or(|operation| context.permits(Tool::Operation(operation)))
        });
        Ok(Changes {
            data: data
                .map(|entry| Listed::of(context.catalog(), entry))
                .collect(),
        })
    }
}

impl ListChanges {
    fn since(&self) -> Result<Option<i64>, Failure> {
        let Some(since) = &self.since else {
            return Ok(None);
        };
        let time = since.as_str().parse::<jiff::Timestamp>().map_err(|_| {
            let rule = "expected a time such as `2026-01-31T12:00:00Z`";
            Failure::invalid(Self::NAME, portkey_api::Problem::rule("since", rule))
        })?;
        Ok(Some(time.as_millisecond()))
    }
}

impl Listed {
    fn of(catalog: &Catalog, JournalEntry { change, undone_by }: JournalEntry) -> Self {
        let undo = match (&undone_by, undo::plan(catalog, &change)) {
            (Some(_), _) => "undone already".to_owned(),
            (None, Ok(plan)) => {
                let by = format!("by `{}`", plan.operation.declaration.name);
                match plan.lost.as_slice() {
                    [] => by,
                    lost => format!("{by}, without {}", lost.join("; ")),
                }
            }
            (None, Err(reason)) => format!("no: {reason}"),
        };
        Self {
            time: change.time().to_string(),
            id: change.id,
            principal: change.principal,
            client: change.client,
            tool: change.tool,
            request: change.target,
            outcome: change.outcome.as_str().to_owned(),
            undo,
            undoes: change.undoes,
            undone_by,
        }
    }
}
