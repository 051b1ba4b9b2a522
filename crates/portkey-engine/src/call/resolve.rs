//! Resolves names that are given where an id is expected. A name is replaced by the id of the only object that has it,
//! and a note says so.
//!
//! The object is looked up in a listing, and only if the text cannot be an id or Portkey does not know the id. These
//! reads need a permit like all others, so that a name reveals nothing about objects that the requester may not read.

use portkey_api_core::{JsonObject, Operation, Problem, nearest, shortened};
use portkey_client::ErrorKind;
use serde_json::Value;

use super::{CallContext, Consent, Failure};
use crate::{
    catalog::{Listing, Tool},
    policy::names_of,
};

/// The arguments that are resolved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Which {
    /// Those whose form rules out an id.
    Names,
    /// All that are not UUIDs, after Portkey answered "not found".
    Unfound,
}

/// A name that is looked up, with its argument and the listing to search.
#[derive(Debug, Clone, Copy)]
struct Lookup<'a> {
    argument: &'static str,
    name: &'a str,
    listing: Listing,
    which: Which,
}

fn is_no_uuid(text: &str) -> bool {
    uuid::Uuid::try_parse(text).is_err()
}

/// Most ids that an error lists for an ambiguous name.
const MOST: usize = 5;

impl CallContext<'_> {
    /// Returns the arguments with names replaced by ids, where the form of a value rules out an id.
    pub(super) async fn resolve(
        &self,
        tool: Tool,
        arguments: JsonObject,
    ) -> Result<JsonObject, Failure> {
        self.resolved(tool, arguments, Which::Names).await
    }

    /// Whether any argument may be a name that [`resolve_unfound`](Self::resolve_unfound) looks up.
    pub(super) fn may_name(arguments: &JsonObject) -> bool {
        let mut texts = arguments.values().filter_map(Value::as_str);
        texts.any(is_no_uuid)
    }

    /// Returns the arguments with names replaced by ids, after a call failed with "not found". `None` if the failure is
    /// another one, or no argument was a name.
    pub(super) async fn resolve_unfound(
        &self,
        tool: Tool,
        arguments: &JsonObject,
        failure: &Failure,
    ) -> Result<Option<JsonObject>, Failure> {
        let Failure::Upstream { error, .. } = failure else {
            return Ok(None);
        };
        if error.kind() != ErrorKind::NotFound {
            return Ok(None);
        }
        let resolved = self
            .resolved(tool, arguments.clone(), Which::Unfound)
            .await?;
        Ok((resolved != *arguments).then_some(resolved))
    }

    async fn resolved(
        &self,
        tool: Tool,
        mut arguments: JsonObject,
        which: Which,
    ) -> Result<JsonObject, Failure> {
        // The arguments of an undo come from the journal and hold ids.
        if self.undoes.is_some() {
            return Ok(arguments);
        }
        for argument in tool.declaration().arguments {
            let Some(Value::String(name)) = arguments.get(argument.name) else {
                continue;
            };
            let is_asked = match which {
                Which::Names => {
                    let needs_uuid = tool.declaration().needs_uuid(argument.name);
                    let is_word =
                        !name.contains(['/', '\\', '%']) && !name.contains(char::is_control);
                    cannot_be_an_id(name) || needs_uuid && is_word && is_no_uuid(name)
                }
                Which::Unfound => is_no_uuid(name),
            };
            if !is_asked || !tool.declaration().takes_id(argument.name) {
                continue;
            }
            let catalog = self.caller.catalog;
            let Some(listing) = catalog.listing_of(tool, argument.name) else {
                continue;
            };
            let lookup = Lookup {
                argument: argument.name,
                name: &shortened(name),
                listing,
                which,
            };
            let entries = self.entries(listing.operation, name, &arguments).await;
            if let Some(id) = self.id_of(tool, lookup, &entries.unwrap_or_default())? {
                arguments.insert(argument.name.to_owned(), id.into());
            }
        }
        Ok(arguments)
    }

    /// Returns the id of the only object of this name. `None` if the text is an id, or no object has the name, for
    /// which a note suggests the nearest. Fails if several objects have the name, or if the tool is destructive and the
    /// resolved id would not be shown in a request for consent.
    fn id_of(
        &self,
        tool: Tool,
        lookup: Lookup<'_>,
        entries: &[Value],
    ) -> Result<Option<String>, Failure> {
        let Lookup {
            argument,
            name,
            listing,
            which,
        } = lookup;
        if entries.iter().any(|entry| is_id_of(entry, name)) {
            return Ok(None);
        }
        let called = entries.iter().filter(|entry| has_name(entry, name));
        let ids: Vec<&str> = called.filter_map(|entry| listing.id(entry)).collect();
        let is_unseen = which == Which::Unfound || *self.consent == Consent::Unneeded;
        let invalid = |rule: String| Failure::invalid(tool.name(), Problem::rule(argument, rule));
        match ids.as_slice() {
            [] => {
                self.note_nearest(lookup, entries);
                Ok(None)
            }
            // Without a request for consent that shows the id, a wrong guess would destroy the wrong object unnoticed.
            [id] if tool.declaration().destructive && is_unseen => Err(invalid(format!(
                "`{name}` is a name; a call that destroys something takes the id, which is `{id}`"
            ))),
            [id] => {
                self.notes.add(format!(
                    "`{argument}`: `{name}` is taken as `{id}`, which goes by that name"
                ));
                Ok(Some((*id).to_owned()))
            }
            several => {
                let several = several.iter().take(MOST).copied().collect::<Vec<_>>();
                Err(invalid(format!(
                    "several go by the name `{name}`: `{}`; give the id of the one you mean",
                    several.join("`, `")
                )))
            }
        }
    }

    /// Returns the entries of the listing that a search by the name finds, or else all its entries. `None` if the
    /// requester may not read it.
    async fn entries(
        &self,
        listing: &'static Operation,
        name: &str,
        arguments: &JsonObject,
    ) -> Option<Vec<Value>> {
        let takes = |name: &str| listing.declaration.arguments.iter().any(|a| a.name == name);
        let mut asked = JsonObject::new();
        for workspace in names_of(listing) {
            if let Some(named) = arguments.get(workspace.name) {
                asked.insert(workspace.name.to_owned(), named.clone());
            }
        }
        let searches = if name.contains('@') {
            &["email"][..]
        } else {
            &["search", "name"]
        };
        if let Some(search) = searches.iter().find(|search| takes(search)) {
            let mut asked = asked.clone();
            asked.insert((*search).to_owned(), name.into());
            let found = self.listed(listing, asked).await?;
            if !found.is_empty() {
                return Some(found);
            }
        } else if takes("all") {
            asked.insert("all".to_owned(), true.into());
        }
        self.listed(listing, asked).await
    }

    async fn listed(&self, listing: &'static Operation, asked: JsonObject) -> Option<Vec<Value>> {
        let permit = self.permit(listing, asked).await.ok()?;
        let mut answer = permit.read().await.ok()?;
        match answer.get_mut("data").map(Value::take) {
            Some(Value::Array(entries)) => Some(entries),
            _ => None,
        }
    }

    fn note_nearest(&self, lookup: Lookup<'_>, entries: &[Value]) {
        let Lookup {
            argument,
            name,
            listing,
            ..
        } = lookup;
        let names = entries
            .iter()
            .filter_map(|entry| Some((names(entry).next()?, listing.id(entry)?)));
        let names: Vec<(&str, &str)> = names.collect();
        let all = names.iter().flat_map(|(name, id)| [*name, *id]);
        let Some(meant) = nearest(name, all) else {
            return;
        };
        if let Some((called, id)) = names
            .iter()
            .find(|(name, id)| *name == meant || *id == meant)
        {
            self.notes.add(format!(
                "`{argument}`: nothing goes by `{name}`; did you mean `{id}` (`{called}`)?"
            ));
        }
    }
}

/// Whether a text has what no id has: white space, capital letters, characters outside ASCII, or the form of an e-mail
/// address. UUIDs are ids whatever their case.
fn cannot_be_an_id(text: &str) -> bool {
    let is_address = text
        .split_once('@')
        .is_some_and(|(user, host)| !user.is_empty() && host.contains('.'));
    let is_name = text
        .chars()
        .any(|c| c.is_whitespace() || c.is_uppercase() || !c.is_ascii());
    (is_name || is_address) && !text.contains(char::is_control) && is_no_uuid(text)
}

fn is_id_of(entry: &Value, text: &str) -> bool {
    ["id", "slug"]
        .iter()
        .any(|member| entry.get(member).is_some_and(|id| id == text))
}

/// The names of an object: its `name` and `email`, where it has them.
fn names(entry: &Value) -> impl Iterator<Item = &str> {
    ["name", "email"]
        .into_iter()
        .filter_map(|member| entry.get(member)?.as_str())
}

/// Whether an object has this name, ignoring case and an icon in front.
fn has_name(entry: &Value, name: &str) -> bool {
    let plain = |text: &str| {
        let text = text
            .trim_start_matches(|c: char| !c.is_alphanumeric())
            .trim();
        text.to_lowercase()
    };
    let expected = plain(name);
    !expected.is_empty() && names(entry).any(|name| plain(name) == expected)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{call::testing::Bench, catalog::operations_alone};

    #[test]
    fn ids_are_told_from_names_by_their_form() {
        for id in [
            "ws-product-8c41d2",
            "pc-by-plan-7f0e38",
            "pp-greeting-1@latest",
            "openai_prod.1",
            "72B0169F-7FDB-5192-89E8-8C25D688C35A",
        ] {
            assert!(!cannot_be_an_id(id), "{id}");
        }
        for name in ["Production", "my config", "ada@example.com", "größe"] {
            assert!(cannot_be_an_id(name), "{name}");
        }
    }

    #[test]
    fn names_match_regardless_of_case_and_icon() {
        let entry = json!({ "id": "1", "name": "🔬 Research" });
        for name in ["Research", "research", "🔬 Research"] {
            assert!(has_name(&entry, name), "{name}");
        }
        assert!(!has_name(&entry, "Researc") && !has_name(&entry, "🔬"));
        assert!(is_id_of(&entry, "1") && !is_id_of(&entry, "2"));
    }

    #[tokio::test]
    async fn a_unique_name_is_replaced_by_its_id() {
        let bench = Bench::of(operations_alone()).await;
        let entry = |id: &str, name: &str| json!({ "id": id, "slug": id, "name": name });
        let data = [
            entry("c1", "My Prompts"),
            entry("c2", "Twin"),
            entry("c3", "Twin"),
        ];
        let page = json!({ "total": 3, "data": data });
        bench.answers("GET", "/collections", 200, page).await;
        let (context, tool) = (bench.context(), bench.tool("get_collection"));
        let resolved = |name: &str| {
            let given = JsonObject::from_iter([("collection_id".to_owned(), name.into())]);
            context.resolve(tool, given)
        };
        assert_eq!(resolved("My Prompts").await.unwrap()["collection_id"], "c1");
        let noted = bench.notes.take().unwrap();
        assert!(noted.contains("`My Prompts` is taken as `c1`"), "{noted}");
        assert!(matches!(resolved("Twin").await, Err(Failure::Arguments(_))));
        let asked = bench.received().await.len();
        assert_eq!(resolved("c9").await.unwrap()["collection_id"], "c9");
        assert_eq!(bench.received().await.len(), asked);
    }
}
