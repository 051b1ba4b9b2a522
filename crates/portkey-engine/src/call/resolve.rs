//! Names where ids are wanted: what goes by a name takes its place, if it is the only one, and the answer says so.
//!
//! Listings are asked only where a text cannot be an id, or where Portkey knows nothing of that id; by the same rules as
//! every request, so that a name tells nothing to whoever may not see what bears it.

use portkey_api_core::{JsonObject, Operation, Problem, nearest, shortened};
use portkey_client::ErrorKind;
use serde_json::Value;

use super::{CallContext, Consent, Failure};
use crate::{
    catalog::{Listing, Tool},
    policy::names_of,
};

/// Which arguments are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Which {
    /// Those that cannot be ids by their form.
    Names,
    /// All, since Portkey did not find what one of them names.
    Unfound,
}

/// A name that is looked up.
#[derive(Debug, Clone, Copy)]
struct Sought<'a> {
    argument: &'static str,
    name: &'a str,
    listing: Listing,
    which: Which,
}

fn is_no_uuid(text: &str) -> bool {
    uuid::Uuid::try_parse(text).is_err()
}

/// More alternatives than this are not told.
const MOST: usize = 5;

impl CallContext<'_> {
    /// The arguments with ids in the place of what cannot be an id.
    pub(super) async fn resolve(
        &self,
        tool: Tool,
        arguments: JsonObject,
    ) -> Result<JsonObject, Failure> {
        self.resolved(tool, arguments, Which::Names).await
    }

    /// The arguments with ids in the place of names, after a call failed because Portkey did not find something; nothing
    /// where no name was among them.
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
        // What is taken back is the change of one object, whatever others are called.
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
            let sought = Sought {
                argument: argument.name,
                name: &shortened(name),
                listing,
                which,
            };
            let entries = self.entries(listing.operation, name, &arguments).await;
            if let Some(id) = self.id_of(tool, sought, &entries.unwrap_or_default())? {
                arguments.insert(argument.name.to_owned(), id.into());
            }
        }
        Ok(arguments)
    }

    /// The id of the only object that goes by this name.
    fn id_of(
        &self,
        tool: Tool,
        sought: Sought<'_>,
        entries: &[Value],
    ) -> Result<Option<String>, Failure> {
        let Sought {
            argument,
            name,
            listing,
            which,
        } = sought;
        if entries.iter().any(|entry| is_id_of(entry, name)) {
            return Ok(None);
        }
        let called = entries.iter().filter(|entry| goes_by(entry, name));
        let ids: Vec<&str> = called.filter_map(|entry| listing.id(entry)).collect();
        let is_unseen = which == Which::Unfound || *self.consent == Consent::Unneeded;
        let invalid = |rule: String| Failure::invalid(tool.name(), Problem::rule(argument, rule));
        match ids.as_slice() {
            [] => {
                self.tell_nearest(sought, entries);
                Ok(None)
            }
            // Nobody is asked about this call, or was not asked about this object: nobody would see what the name was taken for.
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

    /// What the listing shows, where whoever calls may see it: those that are found by the name, or else all.
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

    fn tell_nearest(&self, sought: Sought<'_>, entries: &[Value]) {
        let Sought {
            argument,
            name,
            listing,
            ..
        } = sought;
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

/// Whether a text has what no id has: white space, capital letters, other scripts, the form of an e-mail address.
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

/// What people call an object.
fn names(entry: &Value) -> impl Iterator<Item = &str> {
    ["name", "email"]
        .into_iter()
        .filter_map(|member| entry.get(member)?.as_str())
}

/// Case and an icon in front do not count.
fn goes_by(entry: &Value, name: &str) -> bool {
    let plain = |text: &str| {
        let text = text
            .trim_start_matches(|c: char| !c.is_alphanumeric())
            .trim();
        text.to_lowercase()
    };
    let wanted = plain(name);
    !wanted.is_empty() && names(entry).any(|name| plain(name) == wanted)
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
    fn case_and_icon_do_not_count() {
        let entry = json!({ "id": "1", "name": "🔬 Research" });
        for name in ["Research", "research", "🔬 Research"] {
            assert!(goes_by(&entry, name), "{name}");
        }
        assert!(!goes_by(&entry, "Researc") && !goes_by(&entry, "🔬"));
        assert!(is_id_of(&entry, "1") && !is_id_of(&entry, "2"));
    }

    #[tokio::test]
    async fn a_name_becomes_the_id_of_the_only_one_that_bears_it() {
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
