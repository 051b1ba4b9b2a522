//! Reads lists, one page or all pages, with the same arguments and the same answer form for every endpoint.

use std::collections::HashSet;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use portkey_api_core::{JsonObject, Operation};
use serde_json::Value;

use super::{Failure, permit::Permit};

/// The argument that asks for every page.
const ALL: &str = "all";
const PAGE: &str = "current_page";
const SIZE: &str = "page_size";

/// Entries per page if all pages are fetched and the caller gives no `page_size`.
const FULL_PAGE: u64 = 100;
/// Pages fetched at the same time.
const AT_ONCE: usize = 4;
/// Entries after which no more pages are fetched; the answer is then marked as `truncated`.
const MOST: usize = 5_000;

impl Permit<'_> {
    /// Fetches one page and adds the number of the next, or fetches all pages if the arguments ask for them.
    pub(super) async fn list(&self, mut arguments: JsonObject) -> Result<Value, Failure> {
        if arguments.remove(ALL) == Some(Value::Bool(true)) {
            return self.every_page(arguments).await;
        }
        if let Some(size) = self.operation.declaration.page_size_otherwise() {
            arguments.entry(SIZE).or_insert(size.into());
        }
        let answer = self.fetch(arguments.clone()).await?;
        Ok(with_next_page(&arguments, answer))
    }

    async fn every_page(&self, mut arguments: JsonObject) -> Result<Value, Failure> {
        arguments.entry(SIZE).or_insert(FULL_PAGE.into());
        let at = |page: usize| {
            let mut arguments = arguments.clone();
            arguments.insert(PAGE.to_owned(), page.into());
            self.fetch(arguments)
        };
        let first = at(0).await?;
        let mut whole = Whole::beginning_with(first);
        self.report_progress(&whole);
        if let Some(pages) = whole.pages() {
            let mut rest = stream::iter(1..pages).map(at).buffered(AT_ONCE);
            while let Some(page) = rest.try_next().await? {
                if !whole.add(page) {
                    break;
                }
                self.report_progress(&whole);
            }
        } else {
            let size = arguments
                .get(SIZE)
                .and_then(Value::as_u64)
                .unwrap_or(FULL_PAGE);
            let mut page = 1;
            while whole.may_have_more(size) && whole.add(at(page).await?) {
                self.report_progress(&whole);
                page += 1;
            }
        }
        Ok(whole.into_json())
    }

    fn report_progress(&self, whole: &Whole) {
        let total = whole.total.map(|total| total as u64);
        self.context
            .report(whole.entries.len() as u64, total, "fetching pages");
    }
}

/// Whether `operation` answers with pages and takes a page number.
pub(super) fn is_paged(operation: &Operation) -> bool {
    operation.declaration.argument(PAGE).is_some() && operation.declaration.answers_page()
}

/// A list that is being assembled from its pages.
struct Whole {
    envelope: JsonObject,
    entries: Vec<Value>,
    total: Option<usize>,
    first_page: usize,
    last_page: usize,
    seen: HashSet<String>,
}

impl Whole {
    fn beginning_with(first: Value) -> Self {
        let (envelope, entries) = split_page(first);
        let total = envelope.get("total").and_then(Value::as_u64);
        Self {
            total: total.and_then(|total| usize::try_from(total).ok()),
            seen: entries.iter().filter_map(id).collect(),
            first_page: entries.len(),
            last_page: entries.len(),
            envelope,
            entries,
        }
    }

    /// The number of pages to fetch, if the total is known. It follows from the length of the first page, since the API
    /// may return fewer entries per page than asked for.
    fn pages(&self) -> Option<usize> {
        let total = self.total?.min(MOST);
        Some(if self.first_page == 0 {
            1
        } else {
            total.div_ceil(self.first_page)
        })
    }

    fn may_have_more(&self, size: u64) -> bool {
        self.last_page as u64 >= size && self.entries.len() < MOST
    }

    /// Adds the entries of a page. Returns whether any was new: some endpoints return the first page for every page
    /// number.
    fn add(&mut self, page: Value) -> bool {
        let (_, entries) = split_page(page);
        let before = self.entries.len();
        self.last_page = entries.len();
        for entry in entries {
            if id(&entry).is_none_or(|id| self.seen.insert(id)) {
                self.entries.push(entry);
            }
        }
        self.entries.len() > before
    }

    fn into_json(mut self) -> Value {
        if self.total.is_none_or(|total| total < self.entries.len()) {
            self.total = Some(self.entries.len());
        }
        if self.total.is_some_and(|total| total > self.entries.len()) {
            self.envelope.insert("truncated".to_owned(), true.into());
        }
        self.envelope.insert("total".to_owned(), self.total.into());
        self.envelope.insert("data".to_owned(), self.entries.into());
        Value::Object(self.envelope)
    }
}

fn split_page(page: Value) -> (JsonObject, Vec<Value>) {
    let Value::Object(mut envelope) = page else {
        return (JsonObject::new(), Vec::new());
    };
    let entries = match envelope.remove("data") {
        Some(Value::Array(entries)) => entries,
        _ => Vec::new(),
    };
    (envelope, entries)
}

fn id(entry: &Value) -> Option<String> {
    let id = ["id", "slug"]
        .into_iter()
        .find_map(|name| entry.get(name)?.as_str());
    id.map(str::to_owned)
}

/// Adds the number of the next page as `next_page`, if there is one.
fn with_next_page(arguments: &JsonObject, mut answer: Value) -> Value {
    let number = |name| arguments.get(name).and_then(Value::as_u64);
    let page = number(PAGE).unwrap_or(0);
    let held = answer
        .get("data")
        .and_then(Value::as_array)
        .map_or(0, Vec::len) as u64;
    let size = number(SIZE).unwrap_or(held);
    let more = match answer.get("total").and_then(Value::as_u64) {
        Some(total) => held > 0 && page * size + held < total,
        None => number(SIZE).is_some_and(|size| size > 0 && held >= size),
    };
    if let (true, Some(envelope)) = (more, answer.as_object_mut()) {
        envelope.insert("next_page".to_owned(), (page + 1).into());
    }
    answer
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::call::testing::Bench;

    fn next(arguments: &Value, answer: Value) -> Value {
        with_next_page(arguments.as_object().unwrap(), answer)["next_page"].clone()
    }

    #[test]
    fn the_next_page_is_named_until_the_last() {
        let page = |total: u64| json!({ "total": total, "data": [{}, {}] });
        assert_eq!(next(&json!({ "page_size": 2 }), page(5)), 1);
        assert_eq!(
            next(&json!({ "page_size": 2, "current_page": 1 }), page(5)),
            2
        );
        assert_eq!(
            next(&json!({ "page_size": 2, "current_page": 1 }), page(4)),
            Value::Null
        );
        assert_eq!(next(&json!({}), page(2)), Value::Null);
    }

    #[test]
    fn without_a_total_a_full_page_may_have_a_next() {
        assert_eq!(
            next(&json!({ "page_size": 2 }), json!({ "data": [{}, {}] })),
            1
        );
        assert_eq!(
            next(&json!({ "page_size": 2 }), json!({ "data": [{}] })),
            Value::Null
        );
        assert_eq!(next(&json!({}), json!({ "data": [{}] })), Value::Null);
    }

    #[test]
    fn a_repeated_page_adds_no_entries() {
        let page = || json!({ "total": 9, "data": [{ "id": "a" }, { "id": "b" }] });
        let mut whole = Whole::beginning_with(page());
        assert!(!whole.add(page()));
        assert_eq!(
            whole.into_json(),
            json!({ "total": 9, "truncated": true, "data": [{ "id": "a" }, { "id": "b" }] })
        );
    }

    /// A fake Portkey with `total` toys and at most `most` of them on a page; its answers hold the total if it
    /// `counts`.
    async fn bench(total: usize, most: usize, counts: bool) -> Bench {
        let bench = Bench::new().await;
        let answer = move |request: &wiremock::Request| {
            let asked = request.url.query_pairs();
            let number = |name: &str, otherwise: usize| {
                let found = asked.clone().find(|(asked, _)| asked == name);
                found.map_or(otherwise, |(_, value)| value.parse().unwrap())
            };
            let size = number("page_size", most).min(most);
            let begin = number("current_page", 0) * size;
            let toys = begin.min(total)..(begin + size).min(total);
            let data: Vec<Value> = toys.map(|id| json!({ "id": id.to_string() })).collect();
            if counts {
                json!({ "total": total, "data": data })
            } else {
                json!({ "data": data })
            }
        };
        bench.answers_each("/toys", answer).await;
        bench
    }

    async fn listed(bench: &Bench, given: Value) -> Value {
        let given = given.as_object().unwrap().clone();
        let permit = bench
            .context()
            .permit(bench.operation("list_toys"), given)
            .await;
        permit.unwrap().read().await.unwrap()
    }

    #[tokio::test]
    async fn all_pages_are_fetched_for_any_page_size_with_or_without_a_total() {
        for counts in [true, false] {
            let bench = bench(250, 100, counts).await;
            let list = listed(&bench, json!({ "all": true })).await;
            assert_eq!(list["total"], 250);
            let data = list["data"].as_array().unwrap();
            let ids: HashSet<_> = data.iter().filter_map(id).collect();
            assert_eq!((data.len(), ids.len()), (250, 250));
            assert_eq!(bench.received().await.len(), 3);
        }
        let small = bench(7, 3, true).await;
        let list = listed(&small, json!({ "all": true })).await;
        assert_eq!(list["data"].as_array().unwrap().len(), 7);
    }

    #[tokio::test]
    async fn one_page_is_asked_for_once() {
        let bench = bench(5, 100, true).await;
        let list = listed(&bench, json!({ "page_size": 2, "current_page": 1 })).await;
        assert_eq!(list["data"], json!([{ "id": "2" }, { "id": "3" }]));
        assert_eq!(list["next_page"], 2);
        assert_eq!(bench.received().await.len(), 1);
    }
}
