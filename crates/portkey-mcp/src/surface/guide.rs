//! What the server answers about its own tools: which there are for a wish, and what they take.

use std::sync::LazyLock;

use portkey_api::JsonObject;
use portkey_engine::catalog::Tool;
use portkey_search::{Filter, Index};
use portkey_workflows::search_documents;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::{
    Executor, NotOffered, Script,
    signature::{members, signature},
};
use crate::{access::Principal, catalog::catalog, config::Surface, wording::Words};

/// A tool that tells of others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Guide {
    /// Finds tools by what somebody wants to do.
    Search,
    /// Describes tools with the schemas of their arguments.
    Describe,
}

/// How many tools a search names, and how many at most.
const FOUND: usize = 6;
const MOST_FOUND: usize = 20;
/// How many tools are described at once.
const MOST_DESCRIBED: usize = 10;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Search {
    query: String,
    domain: Option<String>,
    effect: Option<String>,
    limit: Option<Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Describe {
    #[serde(alias = "name", alias = "tool", alias = "tools")]
    names: Names,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Names {
    List(Vec<String>),
    Text(String),
}

impl Guide {
    pub(crate) const ALL: [Self; 2] = [Self::Search, Self::Describe];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Search => "search_tools",
            Self::Describe => "describe_tools",
        }
    }

    /// The one of this name, where the surface has any.
    pub(super) fn named(surface: Surface, name: &str) -> Option<Self> {
        let all = Self::ALL.into_iter();
        let mut all = all.filter(|_| surface != Surface::Flat);
        all.find(|one| one.name() == name || *one == Self::Describe && name == "describe_tool")
    }

    /// The answer, or why there is none.
    pub(crate) fn answer(
        self,
        principal: &Principal,
        surface: Surface,
        arguments: JsonObject,
    ) -> Result<Value, String> {
        match self {
            Self::Search => search(principal, surface, &read(arguments)?),
            Self::Describe => describe(principal, surface, read(arguments)?),
        }
    }
}

/// Reads arguments; the message names the one that is wrong and those that there are.
fn read<T: DeserializeOwned>(arguments: JsonObject) -> Result<T, String> {
    let given = arguments.into_iter().filter(|(_, value)| !value.is_null());
    serde_json::from_value(Value::Object(given.collect())).map_err(|error| error.to_string())
}

static INDEX: LazyLock<Index> = LazyLock::new(|| Index::new(&search_documents(catalog())));

/// The tools for what somebody says, best first.
pub(crate) fn found<'a>(said: &str, filter: &Filter<'_>) -> impl Iterator<Item = Tool> + 'a {
    let found = INDEX.search(said, filter, usize::MAX).into_iter();
    found.filter_map(|found| catalog().find(found.name).ok())
}

fn search(principal: &Principal, surface: Surface, asked: &Search) -> Result<Value, String> {
    let filter = Filter {
        domains: asked.domain.as_deref().into_iter().collect(),
        effects: asked.effect.as_deref().into_iter().collect(),
    };
    let most = match &asked.limit {
        Some(limit) => count(limit)?.clamp(1, MOST_FOUND),
        None => FOUND,
    };
    let tools: Vec<Value> = found(&asked.query, &filter)
        .filter(|tool| principal.lists(*tool))
        .take(most)
        .map(|tool| brief(surface, tool))
        .collect();
    if tools.is_empty() {
        return Err(
            "no tool is found for this; say in other words what you want to do, without `domain` and `effect`"
                .to_owned(),
        );
    }
    Ok(json!({ "tools": tools }))
}

/// A number, which models also send as text.
fn count(limit: &Value) -> Result<usize, String> {
    let number = limit
        .as_u64()
        .or_else(|| limit.as_str()?.trim().parse().ok());
    let number = number.and_then(|number| usize::try_from(number).ok());
    number.ok_or_else(|| format!("`limit` must be a whole number from 1 to {MOST_FOUND}"))
}

fn describe(principal: &Principal, surface: Surface, asked: Describe) -> Result<Value, String> {
    let names: Vec<String> = match asked.names {
        Names::List(names) => names,
        Names::Text(text) => text.split(',').map(|name| name.trim().to_owned()).collect(),
    };
    if names.is_empty() || names.len() > MOST_DESCRIBED {
        return Err(format!("`names` takes from 1 to {MOST_DESCRIBED} tools"));
    }
    let described = names.iter().map(|name| match catalog().find(name) {
        Ok(tool) => match unlisted(principal, tool) {
            None => whole(surface, tool),
            Some(why) => json!({ "tool": tool.name(), "problem": why }),
        },
        Err(unknown) => json!({ "tool": name, "problem": unknown.to_string() }),
    });
    Ok(json!({ "tools": described.collect::<Vec<_>>() }))
}

/// Why the principal is not shown a tool.
fn unlisted(principal: &Principal, tool: Tool) -> Option<String> {
    if !principal.offered().contains(tool) {
        return Some(NotOffered::left_out(principal, tool).to_string());
    }
    let forbidden = principal.policy().permits(tool).err()?;
    Some(forbidden.describe(&Words::ForAssistant))
}

/// What a tool does in a sentence, and the names of what it takes; those that it needs have a `*`.
fn brief(surface: Surface, tool: Tool) -> Value {
    let does = first_sentence(tool.declaration().description);
    if surface == Surface::Code {
        let function = format!("{}.{}", Script::OBJECT, signature(tool));
        return json!({ "tool": tool.name(), "does": does, "function": function });
    }
    let schema = Value::Object(tool.input_schema());
    let names = members(&schema).map(|(name, _, is_needed)| {
        let mark = if is_needed { "*" } else { "" };
        format!("{name}{mark}")
    });
    let takes: Vec<String> = names.collect();
    let mut brief = json!({ "tool": tool.name(), "does": does, "takes": takes.join(", ") });
    add_executor(surface, tool, &mut brief);
    brief
}

fn whole(surface: Surface, tool: Tool) -> Value {
    let mut whole = json!({
        "tool": tool.name(),
        "does": tool.description(),
        "arguments": tool.input_schema(),
    });
    add_executor(surface, tool, &mut whole);
    whole
}

fn add_executor(surface: Surface, tool: Tool, described: &mut Value) {
    if let (Surface::Compact, Value::Object(members)) = (surface, described) {
        let executor = Executor::of(tool).name();
        members.insert("call_with".to_owned(), executor.into());
    }
}

/// The first sentence of a description.
pub(crate) fn first_sentence(description: &str) -> &str {
    let end = description.find(". ").or_else(|| description.find(".\n"));
    let sentence = end.map_or(description, |end| description.split_at(end).0);
    sentence.trim_end_matches('.')
}
