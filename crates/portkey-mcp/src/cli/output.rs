//! How answers are printed: as a table, JSON, YAML or CSV, whole or by a query.

mod grid;
mod query;

use std::io::{self, IsTerminal as _};

use clap::{Args, ValueEnum};
use portkey_api::JsonObject;
use portkey_engine::{
    call::Table,
    untrusted::{self, visible},
};
use serde_json::Value;

use super::{CommandFailure, note, print, terminal};
use grid::Grid;

pub(super) use query::{InvalidQuery, Query};

/// What is said of a list beside its rows: how many there are, and how to go on.
const PAGING: [&str; 4] = ["total", "next_page", "next", "truncated"];

/// The flags of commands that print an answer.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct OutputArguments {
    /// Print as `json`, `yaml`, `csv` or `table`
    ///
    /// Left out: a table on a terminal, JSON otherwise.
    #[arg(long, short, value_name = "FORMAT", hide_possible_values = true)]
    pub(super) output: Option<Format>,

    /// Print what a jq expression makes of it, as `.data[].name`
    ///
    /// Text is printed without quotation marks, unless `--output` says how.
    #[arg(long, short, value_name = "JQ")]
    pub(super) query: Option<Query>,
}

/// The forms in which an answer is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    Json,
    Yaml,
    Csv,
    Table,
}

/// What is known of an answer before it is printed.
#[derive(Debug, Default)]
pub(super) struct Layout {
    /// The member that is the list of the answer.
    pub(super) list: Option<&'static str>,
    /// The columns of the table, in this order. Empty: all that the answer has.
    pub(super) columns: Vec<String>,
}

impl OutputArguments {
    /// Whether the form was chosen, so that a preview is printed in it too.
    pub(super) fn is_chosen(&self) -> bool {
        self.output.is_some() || self.query.is_some()
    }

    /// Prints an answer. Hidden characters in it are made visible, whatever the form.
    pub(super) fn print(&self, mut answer: Value, layout: &Layout) -> Result<(), CommandFailure> {
        if let Some(shown) = untrusted::note(untrusted::make_visible(&mut answer)) {
            note(shown);
        }
        let values = match &self.query {
            Some(query) => query.of(&answer).map_err(CommandFailure::Query)?,
            None => vec![answer],
        };
        match self.output {
            Some(format) => format.print(values, layout),
            None if self.query.is_some() => values.iter().try_for_each(|value| match value {
                // A query may make characters that the answer does not have.
                Value::String(text) => print(visible(text)),
                other => print(format!("{other:#}")),
            }),
            None if io::stdout().is_terminal() => Format::Table.print(values, layout),
            None => Format::Json.print(values, layout),
        }
    }
}

impl Format {
    fn print(self, mut values: Vec<Value>, layout: &Layout) -> Result<(), CommandFailure> {
        for value in &mut values {
            untrusted::make_visible(value);
        }
        match self {
            Self::Json => values
                .iter()
                .try_for_each(|value| print(format!("{value:#}"))),
            Self::Yaml => print(yaml(&values)?.trim_end()),
            Self::Csv => match Shape::of(values, layout) {
                Shape::Rows { rows, beside } => {
                    tell_beside(&beside);
                    print(arranged(&Table::of(&rows), layout).csv().trim_end())
                }
                Shape::Object(object) => {
                    print(arranged(&Table::of(&[object]), layout).csv().trim_end())
                }
            },
            Self::Table => print_table(Shape::of(values, layout), layout),
        }
    }
}

/// The form of what is put into a table.
enum Shape {
    /// A list, and the other members of the answer that has it.
    Rows {
        rows: Vec<Value>,
        beside: JsonObject,
    },
    Object(Value),
}

impl Shape {
    fn of(mut values: Vec<Value>, layout: &Layout) -> Self {
        let rows = |rows| Self::Rows {
            rows,
            beside: JsonObject::new(),
        };
        let only = if values.len() == 1 {
            values.pop()
        } else {
            None
        };
        match only {
            Some(Value::Array(entries)) => rows(entries),
            Some(Value::Object(mut members)) => {
                let list = layout
                    .list
                    .filter(|list| members.get(*list).is_some_and(Value::is_array));
                match list.and_then(|list| members.shift_remove(list)) {
                    Some(Value::Array(rows)) => Self::Rows {
                        rows,
                        beside: members,
                    },
                    _ => Self::Object(Value::Object(members)),
                }
            }
            Some(other) => rows(vec![other]),
            None => rows(values),
        }
    }
}

fn yaml(values: &[Value]) -> Result<String, CommandFailure> {
    let documents = values.iter().map(serde_saphyr::to_string);
    let documents: Result<Vec<String>, _> = documents.collect();
    let documents = documents.map_err(|error| CommandFailure::Output(io::Error::other(error)))?;
    Ok(documents.join("---\n"))
}

/// The table with the columns that were asked for. A member that is an object stands for the columns inside it, and
/// one that no entry has is an empty column.
fn arranged(table: &Table, layout: &Layout) -> Table {
    if layout.columns.is_empty() {
        return table.clone();
    }
    let mut columns = Vec::new();
    for wanted in &layout.columns {
        let is_inside = |column: &&String| {
            let rest = column.strip_prefix(wanted.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        let before = columns.len();
        columns.extend(table.columns.iter().filter(is_inside).cloned());
        if columns.len() == before {
            columns.push(wanted.clone());
        }
    }
    table.arranged(&columns)
}

fn print_table(shape: Shape, layout: &Layout) -> Result<(), CommandFailure> {
    let width = terminal::width();
    let grids = match shape {
        Shape::Object(object) => vec![grid::listing(&Table::of(&[object]), width)],
        Shape::Rows { rows, mut beside } => {
            tell_paging(rows.len(), &beside);
            beside.retain(|name, _| !PAGING.contains(&name.as_str()));
            let beside = (!beside.is_empty()).then(|| Table::of(&[Value::Object(beside)]));
            let above = beside.map(|beside| grid::listing(&beside, width));
            let table = arranged(&Table::of(&rows), layout);
            let rows =
                (!rows.is_empty()).then(|| grid::rows(&table, width, !layout.columns.is_empty()));
            above.into_iter().chain(rows).collect()
        }
    };
    let texts = grids.iter().map(|grid| grid.text.as_str());
    let texts: Vec<&str> = texts.filter(|text| !text.is_empty()).collect();
    if !texts.is_empty() {
        terminal::print(texts.join("\n\n"))?;
    }
    tell_left_out(&grids);
    Ok(())
}

/// Says on standard error what a table does not show.
fn tell_left_out(grids: &[Grid]) {
    let hidden: Vec<&str> = grids
        .iter()
        .flat_map(|grid| &grid.hidden)
        .map(String::as_str)
        .collect();
    if !hidden.is_empty() {
        note(format_args!(
            "too wide for this terminal, so not shown: {} (choose by `--columns`, or see all by `-o json`)",
            hidden.join(", ")
        ));
    }
    if grids.iter().any(|grid| grid.is_cut) {
        note("some cells are cut (…); `-o json` shows them whole");
    }
}

/// Says how many entries a list has, if these are not all, and how to see others.
fn tell_paging(shown: usize, beside: &JsonObject) {
    let total = beside.get("total").and_then(Value::as_u64);
    let next = match (beside.get("next"), beside.get("next_page")) {
        (Some(Value::Object(arguments)), _) => Some(flags(arguments)),
        (_, Some(page)) if !page.is_null() => Some(format!("--current-page {page}")),
        _ => None,
    };
    match (total, next) {
        (Some(total), Some(next)) => note(format_args!("{shown} of {total}; go on with {next}")),
        (None, Some(next)) => note(format_args!("{shown} shown; go on with {next}")),
        (Some(total), None) if total > shown as u64 => note(format_args!("{shown} of {total}")),
        _ if shown == 0 => note("nothing to list"),
        _ => {}
    }
}

/// Arguments as flags of a call.
fn flags(arguments: &JsonObject) -> String {
    let flags = arguments.iter().map(|(name, value)| {
        let text = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        format!("--{} {}", name.replace('_', "-"), visible(&text))
    });
    flags.collect::<Vec<_>>().join(" ")
}

fn tell_beside(beside: &JsonObject) {
    if !beside.is_empty() {
        note(format_args!(
            "besides the table: {}",
            Value::Object(beside.clone())
        ));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn layout(columns: &[&str]) -> Layout {
        Layout {
            list: Some("data"),
            columns: columns.iter().map(|column| (*column).to_owned()).collect(),
        }
    }

    #[test]
    fn a_list_has_rows_and_the_rest_stands_beside_them() {
        let answer = json!({ "total": 2, "data": [{ "a": 1 }, { "a": 2 }] });
        let Shape::Rows { rows, beside } = Shape::of(vec![answer], &layout(&[])) else {
            panic!("no rows");
        };
        assert_eq!((rows.len(), beside.len()), (2, 1));
        let results = vec![json!({ "a": 1 }), json!({ "a": 2 })];
        let Shape::Rows { rows, .. } = Shape::of(results, &layout(&[])) else {
            panic!("no rows");
        };
        assert_eq!(rows.len(), 2);
        assert!(matches!(
            Shape::of(vec![json!({ "name": "x" })], &layout(&[])),
            Shape::Object(_)
        ));
    }

    #[test]
    fn columns_are_those_that_were_asked_for_in_that_order() {
        let table = Table::of(&[json!({ "name": "x", "limits": { "cost": 5, "type": "usd" } })]);
        let arranged = arranged(&table, &layout(&["limits", "none", "name"]));
        assert_eq!(
            arranged.columns,
            ["limits.cost", "limits.type", "none", "name"]
        );
        assert_eq!(arranged.rows, [["5", "usd", "", "x"]]);
    }

    #[test]
    fn what_goes_on_is_told_as_flags() {
        let next = json!({ "current_page": 1, "fields": "data[60:]" });
        let next = next.as_object().unwrap();
        assert_eq!(flags(next), "--current-page 1 --fields data[60:]");
    }
}
