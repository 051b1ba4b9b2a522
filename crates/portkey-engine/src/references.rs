//! Finds the objects that refer to an object. Everything that can hold a reference is read once, cached for a short
//! while and searched.

mod crawl;
mod read;
mod search;
mod sources;

use std::{collections::BTreeMap, fmt, sync::Arc, time::Duration};

use moka::future::Cache;
use portkey_api::ObjectKind;
use portkey_api_core::{Effect, JsonObject, Location, Operation};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{catalog::Catalog, untrusted::Name};

use crawl::Crawl;
pub(crate) use read::{INVALID, Read, Reader, Rights};

/// How long a crawl is cached, so that several deletes in a row need only one.
const FRESH_FOR: Duration = Duration::from_secs(30);
/// The capacity of the cache, in readers.
const KEPT: u64 = 16;
/// Most names of each kind in the summary.
const NAMED: usize = 3;

/// The objects that refer to one object.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct References {
    /// The kind of the object that was asked for.
    pub kind: ObjectKind,
    /// Its id or slug, as it was asked for.
    pub id: String,
    /// Its name, if it was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The number of objects that refer to it.
    pub total: usize,
    /// The number of these objects by kind.
    pub by_kind: BTreeMap<String, usize>,
    /// The objects that refer to it.
    pub data: Vec<Reference>,
    /// What could not be read; more objects may refer to it there.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub unread: Vec<Unread>,
}

/// An object that refers to another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Reference {
    /// Its kind, such as `config`.
    pub kind: String,
    /// Its id, or its slug if it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The paths in the object that hold the reference, such as `config.targets[1].provider`.
    pub r#where: Vec<String>,
    /// The workspace it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workspace: Option<String>,
    /// The provider in between, if it refers to an integration through one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub via: Option<String>,
}

/// Something that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Unread {
    /// The tool that could not read.
    pub tool: String,
    /// The reason, in a word.
    pub reason: String,
    /// How many of its calls failed.
    pub count: usize,
}

/// A cache of crawls by reader. Clones share it.
#[derive(Debug, Clone)]
pub(crate) struct Crawls(Cache<Reader, Arc<Crawl>>);

impl Default for Crawls {
    fn default() -> Self {
        Self(
            Cache::builder()
                .max_capacity(KEPT)
                .time_to_live(FRESH_FOR)
                .build(),
        )
    }
}

impl Crawls {
    /// Returns what refers to the object of this id or slug. Reads for `patience` at most; what was not read by then is
    /// listed as unread.
    pub(crate) async fn references(
        &self,
        source: &impl Read,
        kind: ObjectKind,
        id: &str,
        patience: Duration,
    ) -> References {
        // Concurrent calls of one reader wait for this crawl. Its requests are in the audit entry of the call that
        // sends them, and in no other; if that call is withdrawn, a waiting one starts a crawl of its own.
        let crawl = self
            .0
            .get_with(source.reader(), crawl::read(source, patience))
            .await;
        search::references(&crawl, kind, id)
    }
}

/// The kind of object that `operation` removes, if such objects can be referred to.
pub(crate) fn removed_by(catalog: &Catalog, operation: &Operation) -> Option<ObjectKind> {
    let reader = catalog
        .reader(operation)
        .filter(|_| operation.declaration.effect == Effect::Delete);
    ObjectKind::named(reader?.reads?)
}

/// The id of the object of `operation`, from the last argument in its path.
pub(crate) fn addressed<'a>(operation: &Operation, arguments: &'a JsonObject) -> Option<&'a str> {
    let mut path = operation.declaration.arguments.iter().rev();
    let id = path.find(|argument| argument.location == Location::Path)?;
    arguments.get(id.name).and_then(Value::as_str)
}

/// Writes a summary of one or two sentences, for a request for consent to a delete.
impl fmt::Display for References {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.data.is_empty() {
            f.write_str("Nothing that was looked at refers to it.")?;
        } else {
            let parts: Vec<String> = self
                .by_kind
                .keys()
                .map(|kind| self.summary_of(kind))
                .collect();
            write!(f, "Used by {}.", parts.join("; "))?;
        }
        let mut missing: Vec<&str> = self.unread.iter().map(|one| one.tool.as_str()).collect();
        missing.dedup();
        if missing.is_empty() {
            return Ok(());
        }
        write!(
            f,
            " More may: not everything could be read (`{}`).",
            missing.join("`, `")
        )
    }
}

impl References {
    /// The number and the first names of the references of one kind, such as `2 configs ("a", "b")`.
    fn summary_of(&self, kind: &str) -> String {
        let of_kind = self.data.iter().filter(|reference| reference.kind == kind);
        let names: Vec<String> = of_kind
            .clone()
            .filter_map(|reference| reference.name.as_deref().or(reference.id.as_deref()))
            .take(NAMED)
            .map(|name| Name::of(name).to_string())
            .collect();
        let count = of_kind.count();
        let words = kind.replace('_', " ");
        let plural = if count == 1 { "" } else { "s" };
        let more = if count > names.len() { ", …" } else { "" };
        format!("{count} {words}{plural} ({}{more})", names.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use portkey_api_core::Edition;

    use super::*;
    use crate::{audit::Trail, catalog::operations_alone};

    /// A fake call that records its requests in a trail of its own.
    struct Reading {
        trail: Trail,
        sent: AtomicUsize,
        pause: Duration,
    }

    impl Reading {
        fn with(pause: Duration) -> Self {
            Self {
                trail: Trail::default(),
                sent: AtomicUsize::new(0),
                pause,
            }
        }

        fn noted(&self) -> usize {
            let noted = self.trail.close();
            noted.sent.len() + noted.more
        }
    }

    impl Read for Reading {
        fn reader(&self) -> Reader {
            Reader::sample()
        }

        fn catalog(&self) -> &Catalog {
            operations_alone()
        }

        fn edition(&self) -> Edition {
            Edition::Classic
        }

        async fn fetch(
            &self,
            operation: &'static Operation,
            arguments: JsonObject,
        ) -> Result<Value, &'static str> {
            let request = operation.request(arguments).map_err(|_| "invalid")?;
            let on_its_way = self.trail.begin(&request);
            self.sent.fetch_add(1, Ordering::Relaxed);
            tokio::time::sleep(self.pause).await;
            drop(on_its_way);
            Ok(Value::Null)
        }

        fn report(&self, _: u64, _: u64) {}
    }

    const PAUSE: Duration = Duration::from_millis(5);
    const PATIENCE: Duration = Duration::from_mins(1);

    #[tokio::test]
    async fn the_requests_of_a_shared_crawl_are_audited_once_with_the_call_that_sends_them() {
        let crawls = Crawls::default();
        let (first, second) = (Reading::with(PAUSE), Reading::with(PAUSE));
        _ = tokio::join!(
            crawls.references(&first, ObjectKind::Config, "pc-x", PATIENCE),
            crawls.references(&second, ObjectKind::Config, "pc-x", PATIENCE),
        );
        let sent = first.sent.load(Ordering::Relaxed);
        assert!(sent > 0);
        assert_eq!(first.noted(), sent);
        assert_eq!(second.sent.load(Ordering::Relaxed), 0);
        assert_eq!(second.noted(), 0);
    }

    #[tokio::test]
    async fn a_call_that_crawls_after_a_withdrawn_one_is_audited_with_its_own_requests() {
        let crawls = Crawls::default();
        let (withdrawn, second) = (Reading::with(PATIENCE), Reading::with(PAUSE));
        let first = crawls.references(&withdrawn, ObjectKind::Config, "pc-x", PATIENCE);
        let first = tokio::time::timeout(PAUSE * 10, first);
        let waiting = crawls.references(&second, ObjectKind::Config, "pc-x", PATIENCE);
        let (first, _) = tokio::join!(first, waiting);
        assert!(first.is_err());
        let sent = |reading: &Reading| reading.sent.load(Ordering::Relaxed);
        assert!(sent(&withdrawn) > 0 && sent(&second) > 0);
        assert_eq!(withdrawn.noted(), sent(&withdrawn));
        assert_eq!(second.noted(), sent(&second));
    }
}
