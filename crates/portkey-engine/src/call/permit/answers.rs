//! Limits answers to the workspaces that a policy names.

use portkey_api_core::{JsonObject, Operation};
use serde_json::Value;

use super::{
    Failure,
    workspace_scope::{Containment, ScopedCall, WorkspaceScope},
};
use crate::policy::{collection_of, listing, lists_workspaces, object_of, placeholder, stated};

impl WorkspaceScope<'_> {
    /// Removes the entries of a list that are outside the allowed workspaces. Fails if the answer is an object that is
    /// not known to be inside one.
    pub(super) async fn let_through(&self, answer: Value) -> Result<Value, Failure> {
        let Some(limited) = &self.0 else {
            return Ok(answer);
        };
        let operation = limited.operation;
        if operation.declaration.answers_page() {
            return Ok(limited.filtered(answer));
        }
        let Some(subject) = object_of(operation) else {
            return Ok(answer);
        };
        let reads_subject = subject.reader.declaration.name == operation.declaration.name;
        if reads_subject && limited.containment_of(operation, &answer).await? != Containment::Inside
        {
            return Err(limited.unclear(subject.argument));
        }
        Ok(answer)
    }
}

impl ScopedCall<'_> {
    /// Returns a list without the entries of other workspaces, and with a total that does not count them. Entries that
    /// state no workspace are kept only if the whole call is known to be about an allowed one.
    fn filtered(&self, mut answer: Value) -> Value {
        let Some(page) = answer.as_object_mut() else {
            return answer;
        };
        let Some(Value::Array(entries)) = page.get_mut("data") else {
            return answer;
        };
        let received = entries.len();
        entries.retain(|entry| match self.containment_of_entry(entry) {
            Containment::Inside => true,
            Containment::Outside => false,
            Containment::Nowhere => self.known,
        });
        let kept = entries.len();
        if !self.known {
            // Other members, such as sums, may be computed from the removed entries too.
            page.retain(|name, _| ENVELOPE.contains(&name.as_str()));
        }
        if kept < received || !self.known {
            recount(page, received, kept);
        }
        answer
    }

    fn containment_of_entry(&self, entry: &Value) -> Containment {
        let Some(members) = entry.as_object() else {
            return Containment::Nowhere;
        };
        let mut stated = stated(self.operation, members);
        if !lists_workspaces(self.operation) {
            return self.judge(stated);
        }
        // The entry is a workspace and states its id and slug; the policy may name either.
        if stated.any(|name| self.allowed.contains(name)) {
            Containment::Inside
        } else {
            Containment::Outside
        }
    }

    /// Returns whether an object that `reader` has read is in an allowed workspace, by the workspaces that the object
    /// or its collection states, or else by the lists of the allowed workspaces.
    pub(super) async fn containment_of(
        &self,
        reader: &Operation,
        object: &Value,
    ) -> Result<Containment, Failure> {
        let Some(members) = object.as_object() else {
            return Ok(Containment::Nowhere);
        };
        let containment = self.judge(stated(reader, members));
        if containment != Containment::Nowhere {
            return Ok(containment);
        }
        let Some((collection, id)) = collection_of(reader, members) else {
            return self.look_up(reader, members).await;
        };
        let id = placeholder(collection).map(|name| (name.to_owned(), id.into()));
        let found = self.ask(collection, id.into_iter().collect()).await?;
        let members = found.as_object();
        Ok(members.map_or(Containment::Nowhere, |members| {
            self.judge(stated(collection, members))
        }))
    }

    /// Searches the lists of the allowed workspaces for an object that does not state its workspace itself.
    async fn look_up(
        &self,
        reader: &Operation,
        object: &JsonObject,
    ) -> Result<Containment, Failure> {
        let Some((listing, in_workspace)) = listing(reader) else {
            return Ok(Containment::Nowhere);
        };
        for workspace in self.allowed.ids() {
            let mut arguments = JsonObject::new();
            arguments.insert(in_workspace.name.to_owned(), workspace.into());
            if listing.declaration.argument("page_size").is_some() {
                arguments.insert("page_size".to_owned(), LOOKED_AT.into());
            }
            let page = self.ask(listing, arguments).await?;
            let entries = page.get("data").and_then(Value::as_array);
            let is_listed = entries.into_iter().flatten().any(|entry| {
                let entry = entry.as_object();
                entry.is_some_and(|entry| {
                    is_same(entry, object)
                        && self.judge(stated(listing, entry)) == Containment::Inside
                })
            });
            if is_listed {
                return Ok(Containment::Inside);
            }
        }
        Ok(Containment::Nowhere)
    }

    /// Returns `Inside` only if every stated workspace is allowed.
    fn judge<'v>(&self, mut stated: impl Iterator<Item = &'v str>) -> Containment {
        match stated.next() {
            None => Containment::Nowhere,
            Some(first)
                if self.allowed.contains(first) && stated.all(|one| self.allowed.contains(one)) =>
            {
                Containment::Inside
            }
            Some(_) => Containment::Outside,
        }
    }
}

/// Entries that are read of each list. An object further down is not found, and so counts as outside.
const LOOKED_AT: u32 = 100;

/// Whether both have the same id, or slug where there is no id.
fn is_same(entry: &JsonObject, object: &JsonObject) -> bool {
    let id = |members: &JsonObject| members.get("id").or(members.get("slug")).cloned();
    id(entry).is_some_and(|one| one.is_string() && id(object) == Some(one))
}

/// The members of a page that say nothing about single entries.
const ENVELOPE: [&str; 5] = ["object", "data", "total", "next_page", "truncated"];

/// Sets the total to the number of kept entries if the answer held the whole list, or else removes it: how many entries
/// of other pages would be kept is unknown.
fn recount(page: &mut JsonObject, received: usize, kept: usize) {
    let total = page.get("total").and_then(Value::as_u64);
    let is_whole =
        total.is_none_or(|total| total == received as u64) && !page.contains_key("next_page");
    if is_whole {
        page.insert("total".to_owned(), kept.into());
    } else {
        page.remove("total");
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::call::testing::Bench;

    #[tokio::test]
    async fn entries_of_other_workspaces_are_neither_listed_nor_counted() {
        let bench = Bench::limited_to_research().await;
        let list = bench.operation("list_workspaces");
        let permit = bench
            .context()
            .permit(list, JsonObject::new())
            .await
            .unwrap();
        let entry = |id: &str, slug: &str| json!({ "id": id, "slug": slug });
        let answer = json!({
            "total": 2, "data": [entry("w-1", "research"), entry("w-2", "sales")], "secret": "w-2"
        });
        let kept = permit.let_through(answer).await.unwrap();
        assert_eq!(
            kept,
            json!({ "total": 1, "data": [entry("w-1", "research")] })
        );
    }
}
