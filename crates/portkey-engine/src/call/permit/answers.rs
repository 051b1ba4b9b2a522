//! What of an answer is in the workspaces that a policy names.

use portkey_api_core::{JsonObject, Operation};
use serde_json::Value;

use super::{
    Failure,
    workspace_scope::{Containment, ScopedCall, WorkspaceScope},
};
use crate::policy::{collection_of, listing, lists_workspaces, object_of, placeholder, stated};

impl WorkspaceScope<'_> {
    /// Leaves of an answer what is in the allowed workspaces.
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
        let reads_it = subject.reader.declaration.name == operation.declaration.name;
        if reads_it && limited.containment_of(operation, &answer).await? != Containment::Inside {
            return Err(limited.unclear(subject.argument));
        }
        Ok(answer)
    }
}

impl ScopedCall<'_> {
    /// A list without what is in other workspaces, and without what does not say where it is unless that is known of
    /// all of it. What is left out is not counted.
    fn filtered(&self, mut answer: Value) -> Value {
        let Some(page) = answer.as_object_mut() else {
            return answer;
        };
        let Some(Value::Array(entries)) = page.get_mut("data") else {
            return answer;
        };
        let before = entries.len();
        entries.retain(|entry| match self.place_of_entry(entry) {
            Containment::Inside => true,
            Containment::Outside => false,
            Containment::Nowhere => self.known,
        });
        let left = entries.len();
        if !self.known {
            // What is said of the whole may be said of what is left out.
            page.retain(|name, _| ENVELOPE.contains(&name.as_str()));
        }
        if left < before || !self.known {
            recount(page, before, left);
        }
        answer
    }

    fn place_of_entry(&self, entry: &Value) -> Containment {
        let Some(members) = entry.as_object() else {
            return Containment::Nowhere;
        };
        let mut stated = stated(self.operation, members);
        if !lists_workspaces(self.operation) {
            return self.judge(stated);
        }
        // It is the workspace itself, and one of its names is enough.
        if stated.any(|name| self.allowed.contains(name)) {
            Containment::Inside
        } else {
            Containment::Outside
        }
    }

    /// Where an object is that `reader` has read: by itself, or through its collection.
    pub(super) async fn containment_of(
        &self,
        reader: &Operation,
        object: &Value,
    ) -> Result<Containment, Failure> {
        let Some(members) = object.as_object() else {
            return Ok(Containment::Nowhere);
        };
        let place = self.judge(stated(reader, members));
        if place != Containment::Nowhere {
            return Ok(place);
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

    /// Looks for an object that does not say where it is in the lists of the allowed workspaces, whose entries do.
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

    /// All that is stated must be allowed.
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

/// The entries of a list that are looked at: what is further down is not found.
const LOOKED_AT: u32 = 100;

/// Whether both are the same object: what they call it must agree, and they must call it something.
fn is_same(entry: &JsonObject, object: &JsonObject) -> bool {
    let id = |members: &JsonObject| members.get("id").or(members.get("slug")).cloned();
    id(entry).is_some_and(|one| one.is_string() && id(object) == Some(one))
}

/// What a page of any list has.
const ENVELOPE: [&str; 5] = ["object", "data", "total", "next_page", "truncated"];

/// The total of a list that came whole is that of what is left; of other pages nobody knows it.
fn recount(page: &mut JsonObject, before: usize, left: usize) {
    let total = page.get("total").and_then(Value::as_u64);
    let is_whole =
        total.is_none_or(|total| total == before as u64) && !page.contains_key("next_page");
    if is_whole {
        page.insert("total".to_owned(), left.into());
    } else {
        page.remove("total");
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{call::testing::Bench, catalog::operations_alone, policy::Rules};

    #[tokio::test]
    async fn entries_of_other_workspaces_are_taken_out_of_a_list_and_not_counted() {
        let bench = Bench::of(operations_alone()).await.ruled_by(Rules {
            workspaces: Some("research".parse().unwrap()),
            ..Rules::default()
        });
        let research = json!({ "id": "w-1", "slug": "research" });
        bench
            .answers("GET", "/admin/workspaces/research", 200, research)
            .await;
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
        let left = permit.let_through(answer).await.unwrap();
        assert_eq!(
            left,
            json!({ "total": 1, "data": [entry("w-1", "research")] })
        );
    }
}
