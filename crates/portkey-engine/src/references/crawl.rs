//! The crawl: reads every object that can hold references, several requests at a time.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use futures_util::{StreamExt as _, stream};
use parking_lot::Mutex;
use portkey_api::ObjectKind;
use portkey_api_core::{Argument, JsonObject, Location, Operation};
use serde_json::Value;
use tokio::time::Instant;

use super::{INVALID, Read, Unread, sources::ReferenceSource};

/// Requests that run at the same time.
const AT_ONCE: usize = 8;

/// The objects that were read, and what could not be read.
#[derive(Debug, Default)]
pub(crate) struct Crawl {
    pub(super) things: Vec<Thing>,
    pub(super) unread: Vec<Unread>,
}

/// An object that may hold references.
#[derive(Debug)]
pub(super) struct Thing {
    pub(super) kind: ObjectKind,
    pub(super) content: JsonObject,
}

impl Thing {
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.content.get(name)?.as_str()
    }
}

/// Reads all objects that can hold references, for `patience` at most. What fails or is not reached is listed as
/// unread.
pub(super) async fn read(source: &impl Read, patience: Duration) -> Arc<Crawl> {
    let sources = ReferenceSource::all(source.catalog(), source.edition());
    let single = ReferenceSource::single(source.catalog(), source.edition());
    let reader = Crawler {
        source,
        deadline: Instant::now() + patience,
        done: AtomicU64::new(0),
        total: AtomicU64::new((sources.len() + single.len()) as u64),
        unread: Mutex::default(),
    };
    let entries = reader.entries(sources).await;
    reader
        .total
        .fetch_add(entries.len() as u64, Ordering::Relaxed);
    let things: Vec<Vec<Thing>> = stream::iter(entries)
        .map(|(source, entry)| reader.complete(source, entry))
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    let mut things: Vec<Thing> = things.into_iter().flatten().collect();
    for (kind, operation) in single {
        if let Some(Value::Object(content)) = reader.ask(operation, JsonObject::new()).await {
            things.push(Thing { kind, content });
        }
    }
    Arc::new(Crawl {
        things,
        unread: reader.unread.into_inner(),
    })
}

struct Crawler<'a, R> {
    source: &'a R,
    deadline: Instant,
    done: AtomicU64,
    total: AtomicU64,
    unread: Mutex<Vec<Unread>>,
}

impl<R: Read> Crawler<'_, R> {
    /// Returns the entries of all listings.
    async fn entries(&self, sources: Vec<ReferenceSource>) -> Vec<(ReferenceSource, JsonObject)> {
        let listed: Vec<(ReferenceSource, Option<Vec<JsonObject>>)> = stream::iter(sources)
            .map(|source| self.listed(source))
            .buffer_unordered(AT_ONCE)
            .collect()
            .await;
        let known = listed
            .iter()
            .filter_map(|(source, listed)| Some((source, listed.as_ref()?)));
        let workspaces = workspaces(known);
        let mut found = Vec::new();
        for (source, listed) in listed {
            let listed = match listed {
                Some(listed) => listed,
                None => self.listed_in(source, &workspaces).await,
            };
            found.extend(listed.into_iter().map(|entry| (source, entry)));
        }
        found
    }

    /// Returns the entries of a listing; `None` if it has to be asked for each workspace, as some do that are asked
    /// with an organisation key.
    async fn listed(&self, source: ReferenceSource) -> (ReferenceSource, Option<Vec<JsonObject>>) {
        let answer = self.answer(source.list, JsonObject::new()).await;
        let is_of_one_workspace = source.workspace.is_some() && answer == Err(INVALID);
        if is_of_one_workspace {
            return (source, None);
        }
        let answer = self.noted(source.list, answer);
        self.step();
        (source, Some(answer.map(entries).unwrap_or_default()))
    }

    /// Returns the entries that a listing has for each of these workspaces.
    async fn listed_in(
        &self,
        source: ReferenceSource,
        workspaces: &BTreeSet<String>,
    ) -> Vec<JsonObject> {
        if workspaces.is_empty() {
            self.add_unread(source.list.declaration.name, INVALID);
        }
        let named = workspaces.iter().filter_map(|workspace| {
            let name = source.workspace?.to_owned();
            Some(JsonObject::from_iter([(name, workspace.as_str().into())]))
        });
        let named: Vec<JsonObject> = named.collect();
        let listed = stream::iter(named).map(|named| self.ask(source.list, named));
        let listed: Vec<Option<Value>> = listed.buffer_unordered(AT_ONCE).collect().await;
        self.step();
        listed.into_iter().flatten().flat_map(entries).collect()
    }

    /// Returns the whole object for an entry of a listing, and those of its versions that gateway calls can select.
    async fn complete(&self, source: ReferenceSource, entry: JsonObject) -> Vec<Thing> {
        let kind = source.kind;
        let mut content = entry;
        if let Some(whole) = source.whole
            && let Some(Value::Object(whole)) = self.ask_of(whole, &content).await
        {
            content = whole;
        }
        if let Some((list, name)) = source.part
            && let Some(list) = self.ask_of(list, &content).await
        {
            let list = entries(list).into_iter().map(Value::Object).collect();
            content.insert(name.to_owned(), Value::Array(list));
        }
        let versions = match source.versions {
            Some((list, get)) => self.labelled(list, get, &content).await,
            None => Vec::new(),
        };
        self.step();
        let whole = [content].into_iter().chain(versions);
        whole.map(|content| Thing { kind, content }).collect()
    }

    /// The labelled versions of a prompt, except the published one. Gateway calls can select a version by its label.
    async fn labelled(
        &self,
        list: &'static Operation,
        get: &'static Operation,
        prompt: &JsonObject,
    ) -> Vec<JsonObject> {
        let versions = self.ask_of(list, prompt).await.map(entries);
        let published = prompt.get("prompt_version_id");
        let mut read = Vec::new();
        for version in versions.unwrap_or_default() {
            let id = version.get("id");
            let labelled = version.get("label_id").is_some_and(Value::is_string);
            let (true, Some(id)) = (labelled && id != published, id) else {
                continue;
            };
            let mut arguments = arguments(get, prompt);
            if let Some(argument) = path_arguments(get).next_back() {
                arguments.insert(argument.name.to_owned(), id.clone());
            }
            if let Some(Value::Object(content)) = self.ask(get, arguments).await {
                read.push(content);
            }
        }
        read
    }

    async fn ask_of(&self, operation: &'static Operation, thing: &JsonObject) -> Option<Value> {
        self.ask(operation, arguments(operation, thing)).await
    }

    async fn ask(&self, operation: &'static Operation, arguments: JsonObject) -> Option<Value> {
        let answer = self.answer(operation, arguments).await;
        self.noted(operation, answer)
    }

    async fn answer(
        &self,
        operation: &'static Operation,
        arguments: JsonObject,
    ) -> Result<Value, &'static str> {
        if Instant::now() >= self.deadline {
            return Err("no time was left");
        }
        self.source.fetch(operation, arguments).await
    }

    /// Returns the answer, and counts what it lacks as unread.
    fn noted(
        &self,
        operation: &'static Operation,
        answer: Result<Value, &'static str>,
    ) -> Option<Value> {
        let tool = operation.declaration.name;
        match answer {
            Ok(mut answer) => {
                // The answer is cached, so it should hold no secrets; the search does not need them.
                operation.declaration.mask(&mut answer);
                if answer.get("truncated") == Some(&Value::Bool(true)) {
                    self.add_unread(tool, "there are too many");
                }
                Some(answer)
            }
            Err(kind) => {
                self.add_unread(tool, kind);
                None
            }
        }
    }

    /// Counts something that `tool` could not read.
    fn add_unread(&self, tool: &str, reason: &str) {
        let mut unread = self.unread.lock();
        let same = |one: &&mut Unread| one.tool == tool && one.reason == reason;
        if let Some(known) = unread.iter_mut().find(same) {
            known.count += 1;
            return;
        }
        unread.push(Unread {
            tool: tool.to_owned(),
            reason: reason.to_owned(),
            count: 1,
        });
    }

    fn step(&self) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        let total = self.total.load(Ordering::Relaxed);
        self.source.report(done, total);
    }
}

/// The ids of the workspaces that are listed, and of those that other entries are in.
fn workspaces<'a>(
    listed: impl Iterator<Item = (&'a ReferenceSource, &'a Vec<JsonObject>)>,
) -> BTreeSet<String> {
    let ids = listed.flat_map(|(source, entries)| {
        let name = match source.kind {
            ObjectKind::Workspace => "id",
            _ => "workspace_id",
        };
        entries
            .iter()
            .filter_map(move |entry| entry.get(name)?.as_str())
    });
    ids.map(str::to_owned).collect()
}

fn entries(answer: Value) -> Vec<JsonObject> {
    let Value::Object(mut envelope) = answer else {
        return Vec::new();
    };
    let Some(Value::Array(entries)) = envelope.remove("data") else {
        return Vec::new();
    };
    let objects = entries.into_iter().filter_map(|entry| match entry {
        Value::Object(entry) => Some(entry),
        _ => None,
    });
    objects.collect()
}

/// The arguments for the path of `operation`, from the object that it is about.
fn arguments(operation: &Operation, thing: &JsonObject) -> JsonObject {
    let own = path_arguments(operation).next().and_then(|argument| {
        let names = if argument.name == "slug" {
            ["slug", "id"]
        } else {
            ["id", "slug"]
        };
        let id = names.into_iter().find_map(|name| thing.get(name));
        Some((argument.name.to_owned(), id?.clone()))
    });
    own.into_iter().collect()
}

fn path_arguments(
    operation: &Operation,
) -> impl DoubleEndedIterator<Item = &'static Argument> + use<> {
    let arguments = operation.declaration.arguments.iter();
    arguments.filter(|argument| argument.location == Location::Path)
}

#[cfg(test)]
mod tests;
