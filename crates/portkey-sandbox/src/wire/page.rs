//! Paging of listings.

use portkey_api::Location;
use serde::{Deserialize, Deserializer, de::Error as _};
use serde_json::{Value, json};

use super::{answer::Answer, call::Call, refusal::Refusal};

/// The part of a listing that a call asks for. Each operation has its own parameters for page and size, and the sandbox
/// ignores all others, as the real API does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Page {
    /// How many entries come before.
    pub(crate) offset: usize,
    /// How many entries at most; `None` for all.
    pub(crate) limit: Option<usize>,
}

/// How a listing is paged by default.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Paging {
    /// The size of a page if the call gives none; `None` for everything.
    pub(crate) default_size: Option<usize>,
    /// The largest size.
    pub(crate) max_size: usize,
    /// The number of the first page.
    pub(crate) first: usize,
}

impl Default for Paging {
    fn default() -> Self {
        Self {
            default_size: Some(100),
            max_size: 1000,
            first: 0,
        }
    }
}

impl Page {
    /// The page that a call asks for by the parameters that its operation declares.
    pub(crate) fn of(call: &Call, paging: Paging) -> Result<Self, Refusal> {
        let number = ["current_page", "page"];
        let number = number.iter().find_map(|name| parameter(call, name));
        let size = parameter(call, "page_size");
        Self::named(
            call,
            paging,
            &[number.unwrap_or("current_page")],
            &[size.unwrap_or("page_size")],
        )
    }

    /// The page that a call asks for by any of these parameters.
    pub(crate) fn named(
        call: &Call,
        paging: Paging,
        numbers: &[&str],
        sizes: &[&str],
    ) -> Result<Self, Refusal> {
        let number = first(call, numbers)?.unwrap_or(paging.first);
        let size = first(call, sizes)?.or(paging.default_size);
        let limit = size.map(|size| size.min(paging.max_size));
        let before = number.saturating_sub(paging.first);
        // A page after the last one is empty, even if the first one holds everything. SQL has no larger numbers.
        let offset = before.saturating_mul(limit.unwrap_or(usize::MAX));
        Ok(Self {
            offset: offset.min(isize::MAX.unsigned_abs()),
            limit,
        })
    }

    /// This page of all entries, in the usual envelope.
    pub(crate) fn cut(self, entries: Vec<Value>) -> Answer {
        list(entries.len(), self.part(entries))
    }

    /// This page of all entries, in the envelope that also says whether there are more.
    pub(crate) fn cut_with_more(self, entries: Vec<Value>) -> Value {
        let total = entries.len();
        let entries = self.part(entries);
        let has_more = self.offset.saturating_add(entries.len()) < total;
        json!({ "object": "list", "total": total, "has_more": has_more, "data": entries })
    }

    /// The entries on this page.
    pub(crate) fn part(self, entries: Vec<Value>) -> Vec<Value> {
        let entries = entries.into_iter().skip(self.offset);
        entries.take(self.limit.unwrap_or(usize::MAX)).collect()
    }
}

/// Entries in the envelope of every listing.
pub(crate) fn list(total: usize, data: Vec<Value>) -> Answer {
    json!({ "object": "list", "total": total, "data": Value::from(data) }).into()
}

fn parameter(call: &Call, argument: &str) -> Option<&'static str> {
    match call.operation()?.declaration.argument(argument)?.location {
        Location::Query(name) => Some(name),
        _ => None,
    }
}

fn first(call: &Call, names: &[&str]) -> Result<Option<usize>, Refusal> {
    for name in names {
        if let Some(number) = call.query().optional::<Count>(name)? {
            return Ok(Some(number.0));
        }
    }
    Ok(None)
}

/// A whole number from 0. One that is too large for an integer becomes the largest integer.
struct Count(usize);

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(D::Error::custom("expected a whole number from 0"));
        }
        // Parsing digits fails only if there are too many.
        Ok(Self(text.parse().unwrap_or(usize::MAX)))
    }
}
