//! The requests that a filter matches, read one after the other.

use std::{collections::BTreeMap, hash::Hash};

use rusqlite::{Connection, Row, params_from_iter, types};
use rustc_hash::FxHashMap;

use super::{
    filter::Filter,
    request::{Cache, Column, Request, RequestKind},
    tally::Tally,
};
use crate::{
    rules::prices,
    store::{Queries as _, SqlCondition},
};

/// What to group by: an expression over `log_kinds`, with the value of its placeholder, if it has one.
pub(super) type GroupBy = (&'static str, Option<types::Value>);

/// The requests that a filter matches.
#[derive(Debug)]
pub(super) struct Requests {
    /// Indexed by the id in `log_kinds`.
    kinds: Vec<Option<RequestKind>>,
    /// The names of the groups, each once.
    groups: Vec<String>,
    figures: SqlCondition,
}

impl Requests {
    pub(super) fn of(db: &Connection, filter: &Filter) -> rusqlite::Result<Self> {
        Self::read(db, filter, ("NULL", None), "NULL")
    }

    /// The same with their end users, which are not read otherwise.
    pub(super) fn of_users(db: &Connection, filter: &Filter) -> rusqlite::Result<Self> {
        Self::read(db, filter, ("NULL", None), "metadata ->> '_user'")
    }

    /// The same in groups.
    pub(super) fn grouped(
        db: &Connection,
        filter: &Filter,
        key: GroupBy,
    ) -> rusqlite::Result<Self> {
        Self::read(db, filter, key, "NULL")
    }

    fn read(
        db: &Connection,
        filter: &Filter,
        (expression, value): GroupBy,
        user: &str,
    ) -> rusqlite::Result<Self> {
        let sql = format!(
            "SELECT id, {expression}, {user}, model, cache_status FROM log_kinds WHERE {}",
            filter.kinds.sql()
        );
        let values = value.into_iter().chain(filter.kinds.values([]));
        let (mut groups, mut users) = (Numbers::default(), Numbers::default());
        let mut kinds = Vec::new();
        db.each(&sql, params_from_iter(values), |row| {
            let id = id(row)?;
            let kind = RequestKind {
                group: groups.of(row.get_ref(1)?.as_str_or_null()?),
                user: users.of(row.get_ref(2)?.as_str_or_null()?),
                price: prices::find(row.get_ref(3)?.as_str()?),
                cache: Cache::of(row.get_ref(4)?.as_str()?),
            };
            if kinds.len() <= id {
                kinds.resize_with(id + 1, || None);
            }
            if let Some(place) = kinds.get_mut(id) {
                *place = Some(kind);
            }
            Ok(())
        })?;
        Ok(Self {
            kinds,
            groups: groups.names,
            figures: filter.figures.clone(),
        })
    }

    /// The name of a group.
    pub(super) fn group(&self, number: u32) -> &str {
        self.groups.get(number as usize).map_or("", String::as_str)
    }

    /// Only those that meet a condition on `log_figures`.
    pub(super) fn only(mut self, condition: &str) -> Self {
        self.figures = self.figures.and(condition);
        self
    }

    /// Adds them up for each value of `key`. Requests for which it is `None` are left out.
    pub(super) fn tally<K: Ord + Hash>(
        &self,
        db: &Connection,
        columns: &[Column],
        key: impl Fn(&RequestKind, &Request) -> Option<K>,
    ) -> rusqlite::Result<BTreeMap<K, Tally>> {
        let names = columns.iter().map(|column| column.name());
        let names: Vec<_> = ["kind"].into_iter().chain(names).collect();
        let names = names.join(", ");
        let conditions = self.figures.sql();
        let sql = format!("SELECT {names} FROM log_figures WHERE {conditions}");
        let mut tallies = FxHashMap::<K, Tally>::default();
        db.each(&sql, params_from_iter(self.figures.values([])), |row| {
            let Some(Some(kind)) = self.kinds.get(id(row)?) else {
                return Ok(());
            };
            let mut request = Request::default();
            for (column, index) in columns.iter().zip(1..) {
                request.set(*column, row, index)?;
            }
            if let Some(key) = key(kind, &request) {
                tallies.entry(key).or_default().add(kind, &request);
            }
            Ok(())
        })?;
        Ok(tallies.into_iter().collect())
    }
}

fn id(row: &Row<'_>) -> rusqlite::Result<usize> {
    let id: i64 = row.get(0)?;
    usize::try_from(id).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(0, id))
}

/// Numbers texts in the order of their first appearance.
#[derive(Debug, Default)]
struct Numbers {
    numbers: FxHashMap<String, u32>,
    names: Vec<String>,
}

impl Numbers {
    fn of(&mut self, text: Option<&str>) -> Option<u32> {
        let text = text?;
        if let Some(number) = self.numbers.get(text) {
            return Some(*number);
        }
        let number = u32::try_from(self.names.len()).ok()?;
        self.numbers.insert(text.to_owned(), number);
        self.names.push(text.to_owned());
        Some(number)
    }
}
