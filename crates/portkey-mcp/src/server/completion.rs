//! Completes ids and names: what a client may choose from for a variable of a template or an argument of a prompt.
//!
//! Objects come from a call of the tool that lists them, through the whole pipeline. A completion makes at most one call,
//! and answers with nothing where that call fails.

mod recent;

use portkey_api::JsonObject;
use portkey_engine::{call::Outcome, catalog::Tool};
use rmcp::{
    ErrorData,
    model::{CompleteRequestParams, CompleteResult, CompletionInfo, Reference},
};
use serde_json::Value;

use super::{
    Server, prompts,
    request::{Context, requester},
    runner::CallRunner,
};
use crate::{
    access::Principal,
    surface::{Choices, Collection, Document, Template},
};

use recent::Question;
pub(super) use recent::Recent;

/// Entries that are asked for at once, which is the most that a page has.
const PAGE: usize = 100;
/// The arguments of listings that narrow them by a part of the name.
const SEARCHES: [&str; 2] = ["search", "name"];
/// The argument of listings, and of prompts as `workspace`, that names a workspace.
const WORKSPACE: &str = "workspace_id";

/// What there is to choose from.
#[derive(Debug, Clone, Default)]
struct Found {
    entries: Vec<Choice>,
    /// How many there are, if not all are here.
    total: Option<u64>,
}

/// Something to choose: its value, and what else people know it by.
#[derive(Debug, Clone)]
struct Choice {
    value: String,
    known_by: Vec<String>,
}

impl Server {
    /// Completes what a client has begun to type.
    pub(super) async fn completed(
        &self,
        request: &CompleteRequestParams,
        context: &Context,
    ) -> Result<CompleteResult, ErrorData> {
        let principal = self.principal(context)?;
        let begun = request.argument.value.trim();
        let found = match choices(request, &principal)? {
            Some(Choices::Objects(collection)) => {
                let workspace = request.context.as_ref().and_then(workspace);
                self.objects(collection, begun, workspace, &principal, context)
                    .await
            }
            Some(Choices::Tools) => Found::of(principal.tools().map(|tool| tool.name())),
            Some(Choices::Guides) => Found::of(Document::guides()),
            None => Found::default(),
        };
        let mut result = CompleteResult::new(found.matching(begun));
        result.meta = self.meta_for(context);
        Ok(result)
    }

    /// The objects of a kind that a principal may list. Where a first page does not show all, the next completion narrows
    /// the list by what was typed.
    async fn objects(
        &self,
        collection: &Collection,
        begun: &str,
        workspace: Option<&str>,
        principal: &Principal,
        context: &Context,
    ) -> Found {
        let Some(listing) = collection
            .listing()
            .filter(|tool| principal.may_call(*tool))
        else {
            return Found::default();
        };
        let mut arguments = arguments(listing, collection, workspace);
        let question = Question::of(principal, listing, &arguments);
        match self.inner.recent.answer(&question) {
            Some(whole) if whole.total.is_none() || begun.is_empty() => return whole,
            Some(first) => {
                let takes = |search: &&&str| listing.declaration().argument(search).is_some();
                let Some(search) = SEARCHES.iter().find(takes) else {
                    return first;
                };
                arguments.insert((*search).to_owned(), begun.into());
            }
            None => {}
        }
        let question = Question::of(principal, listing, &arguments);
        if let Some(found) = self.inner.recent.answer(&question) {
            return found;
        }
        let mut runner = CallRunner::new(principal.profile().caller(), context);
        let call = runner.call(listing, arguments, requester(principal, context));
        let Ok(Outcome::Answer(answer)) = runner.run(call).await else {
            return Found::default();
        };
        let found = Found::listed(&answer, collection);
        self.inner.recent.keep(question, found.clone());
        found
    }
}

/// What there is to choose from for the argument of a request; `None` if anything will do.
fn choices(
    request: &CompleteRequestParams,
    principal: &Principal,
) -> Result<Option<Choices>, ErrorData> {
    let name = &request.argument.name;
    let known = match &request.r#ref {
        Reference::Prompt(prompt) => {
            let skill = prompts::named(&prompt.name, principal)?;
            let mut arguments = skill.arguments.iter();
            let argument = arguments.find(|argument| argument.name == name);
            argument.map(|argument| argument.collection.map(Choices::Objects))
        }
        Reference::Resource(resource) => {
            let mut templates = Template::all().filter(|template| template.is_for(principal));
            let template = templates.find(|template| template.uri == resource.uri);
            let template = template.filter(|template| template.variable == name);
            template.map(|template| Some(template.choices))
        }
        _ => None,
    };
    known.ok_or_else(|| {
        let text = "there is nothing of this name to complete; `resources/templates/list` and `prompts/list` list \
                    what has variables and arguments";
        ErrorData::invalid_params(text, None)
    })
}

/// The workspace that was chosen before.
fn workspace(context: &rmcp::model::CompletionContext) -> Option<&str> {
    let chosen = context.get_argument("workspace")?.trim();
    (!chosen.is_empty()).then_some(chosen)
}

/// The arguments that list what there is to choose from: no more of each object than its names.
fn arguments(listing: Tool, collection: &Collection, workspace: Option<&str>) -> JsonObject {
    let members = [collection.value]
        .into_iter()
        .chain(collection.known_by.iter().copied());
    let fields: Vec<String> = members.map(|member| format!("data.{member}")).collect();
    let mut arguments = JsonObject::new();
    arguments.insert("fields".to_owned(), fields.join(",").into());
    let takes = |name: &str| listing.declaration().argument(name).is_some();
    if takes("page_size") {
        arguments.insert("page_size".to_owned(), PAGE.into());
    }
    if let Some(workspace) = workspace.filter(|_| takes(WORKSPACE)) {
        arguments.insert(WORKSPACE.to_owned(), workspace.into());
    }
    arguments
}

impl Found {
    fn of(names: impl Iterator<Item = &'static str>) -> Self {
        let entries = names.map(|name| Choice {
            value: name.to_owned(),
            known_by: Vec::new(),
        });
        Self {
            entries: entries.collect(),
            total: None,
        }
    }

    fn listed(answer: &Value, collection: &Collection) -> Self {
        let listed = answer.get("data").and_then(Value::as_array);
        let text = |entry: &Value, member: &str| Some(entry.get(member)?.as_str()?.to_owned());
        let entries: Vec<Choice> = listed
            .into_iter()
            .flatten()
            .filter_map(|entry| {
                let known_by = collection.known_by.iter();
                Some(Choice {
                    value: text(entry, collection.value)?,
                    known_by: known_by.filter_map(|member| text(entry, member)).collect(),
                })
            })
            .collect();
        let total = answer.get("total").and_then(Value::as_u64);
        Self {
            total: total.filter(|total| *total > entries.len() as u64),
            entries,
        }
    }

    /// Those that begin with a text, and behind them those that hold it.
    fn matching(self, begun: &str) -> CompletionInfo {
        let begun = begun.to_lowercase();
        let (mut first, mut others) = (Vec::new(), Vec::new());
        for choice in self.entries {
            let names = choice.known_by.iter().chain([&choice.value]);
            let names: Vec<String> = names.map(|name| name.to_lowercase()).collect();
            if names.iter().any(|name| name.starts_with(&begun)) {
                first.push(choice.value);
            } else if names.iter().any(|name| name.contains(&begun)) {
                others.push(choice.value);
            }
        }
        first.append(&mut others);
        let matching = first.len();
        first.truncate(CompletionInfo::MAX_VALUES);
        let has_more = self.total.is_some() || matching > first.len();
        let total = match self.total {
            None => u32::try_from(matching).ok(),
            Some(total) if begun.is_empty() => u32::try_from(total).ok(),
            Some(_) => None,
        };
        CompletionInfo::with_pagination(first, total, has_more).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(values: &[(&str, &str)], total: Option<u64>) -> Found {
        let entries = values.iter().map(|(value, name)| Choice {
            value: (*value).to_owned(),
            known_by: vec![(*name).to_owned()],
        });
        Found {
            entries: entries.collect(),
            total,
        }
    }

    #[test]
    fn what_begins_so_comes_before_what_holds_it() {
        let all = [
            ("ws-1", "Research"),
            ("ws-2", "Old research"),
            ("ws-3", "Ops"),
        ];
        let matching = found(&all, None).matching("RES");
        assert_eq!(matching.values, ["ws-1", "ws-2"]);
        assert_eq!((matching.total, matching.has_more), (Some(2), Some(false)));
        assert_eq!(found(&all, None).matching("").values.len(), 3);
        assert_eq!(found(&all, None).matching("ws-3").values, ["ws-3"]);
    }

    #[test]
    fn no_more_are_answered_than_the_protocol_allows() {
        let many: Vec<String> = (0..130).map(|number| format!("a{number}")).collect();
        let many: Vec<(&str, &str)> = many.iter().map(|name| (name.as_str(), "")).collect();
        let matching = found(&many, None).matching("a");
        assert_eq!((matching.values.len(), matching.total), (100, Some(130)));
        assert_eq!(matching.has_more, Some(true));
        let partial = found(&many[..5], Some(700));
        assert_eq!(partial.clone().matching("").total, Some(700));
        let partial = partial.matching("a1");
        assert_eq!((partial.total, partial.has_more), (None, Some(true)));
    }
}
