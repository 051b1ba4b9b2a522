//! Tables for terminals: columns side by side, cut to the width there is.

use comfy_table::{ColumnConstraint, ContentArrangement, Row, Width, presets};
use portkey_engine::call::Table;

use crate::cli::terminal;

/// The width to which a long cell is cut before a column is left out.
const LEAST: u16 = 24;

/// The width to which cells are cut in columns that must not be left out.
const NARROWEST: u16 = 8;

/// The spaces between two columns.
const GAP: u16 = 2;

/// The most lines of a text in a listing, and of anything else.
const LINES_OF_TEXT: usize = 60;
const LINES_OF_LIST: usize = 4;

/// The member in which Portkey says what kind of thing an answer is, the same in each.
const KIND: &str = "object";

/// What shows that a cell is cut.
const CUT: char = '…';

/// A table as text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Grid {
    pub(super) text: String,
    /// The columns that there is no room for.
    pub(super) hidden: Vec<String>,
    /// Whether cells are cut.
    pub(super) is_cut: bool,
}

/// Rows below a line with the names of the columns. Columns that are empty are left out, and those of the least use if
/// there is no room for all, unless the columns are `chosen`.
pub(super) fn rows(table: &Table, width: u16, chosen: bool) -> Grid {
    let shown = if chosen {
        table.clone()
    } else {
        table.arranged(&filled(table))
    };
    let cells: Vec<Vec<String>> = shown
        .rows
        .iter()
        .map(|row| row.iter().map(|cell| on_one_line(cell)).collect())
        .collect();
    let mut text = plain();
    text.set_header(shown.columns.clone());
    text.add_rows(cells.iter().map(|row| {
        let mut row = Row::from(row);
        row.max_height(1);
        row
    }));
    let wanted = text.column_max_content_widths();
    let wanted: Vec<Wanted> = wanted
        .into_iter()
        .zip(&shown.columns)
        .map(|(full, name)| Wanted {
            full,
            least: if is_id(name) { full } else { full.min(LEAST) },
            rank: rank(name, &shown.columns),
        })
        .collect();
    let widths = fit(&wanted, width, chosen);
    let mut hidden = Vec::new();
    let mut is_cut = false;
    for (index, column) in text.column_iter_mut().enumerate() {
        column.set_padding((0, GAP));
        let (place, wanted) = (widths.get(index).copied().flatten(), wanted.get(index));
        is_cut |= place
            .zip(wanted)
            .is_some_and(|(width, wanted)| width < wanted.full);
        column.set_constraint(match place {
            Some(width) => ColumnConstraint::Absolute(Width::Fixed(width + GAP)),
            None => ColumnConstraint::Hidden,
        });
        if let (None, Some(name)) = (place, shown.columns.get(index)) {
            hidden.push(name.clone());
        }
    }
    let written = text.trim_fmt();
    let (head, rest) = written.split_once('\n').unwrap_or((&written, ""));
    Grid {
        text: format!("{}\n{rest}", terminal::bold(head)),
        hidden,
        is_cut,
    }
}

/// The members of an object, one below the other.
pub(super) fn listing(table: &Table, width: u16) -> Grid {
    let mut text = plain();
    text.set_content_arrangement(ContentArrangement::Dynamic);
    text.set_width(width);
    let values = table.rows.first().into_iter().flatten();
    let mut marks = 0;
    let members = table.columns.iter().zip(values);
    for (name, value) in members.filter(|(name, value)| !value.is_empty() && *name != KIND) {
        marks += value.matches(CUT).count() + name.matches(CUT).count();
        let mut row = Row::from([name, value]);
        let is_text = !value.starts_with(['[', '{']);
        row.max_height(if is_text {
            LINES_OF_TEXT
        } else {
            LINES_OF_LIST
        });
        text.add_row(row);
    }
    for (index, column) in text.column_iter_mut().enumerate() {
        column.set_padding((0, GAP));
        if index == 0 {
            let most = Width::Fixed(width / 2);
            column.set_constraint(ColumnConstraint::UpperBoundary(most));
        }
    }
    let text = text.trim_fmt();
    Grid {
        is_cut: text.matches(CUT).count() > marks,
        hidden: Vec::new(),
        text,
    }
}

fn plain() -> comfy_table::Table {
    let mut table = comfy_table::Table::new();
    table.load_style(presets::NOTHING);
    table
}

/// The columns in which at least one entry has something.
fn filled(table: &Table) -> Vec<String> {
    let columns = table.columns.iter().enumerate();
    let filled = columns.filter(|(index, _)| {
        let mut cells = table.rows.iter().filter_map(|row| row.get(*index));
        cells.any(|cell| !cell.is_empty())
    });
    let filled = filled.filter(|(_, column)| *column != KIND);
    filled.map(|(_, column)| column.clone()).collect()
}

fn on_one_line(cell: &str) -> String {
    cell.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a column is of ids, which are of no use when they are cut.
fn is_id(column: &str) -> bool {
    let name = column.rsplit('.').next().unwrap_or(column);
    ["id", "slug"].iter().any(|id| {
        let before = name.strip_suffix(id);
        before.is_some_and(|before| before.is_empty() || before.ends_with('_'))
    })
}

/// What a column would like.
#[derive(Debug, Clone, Copy)]
struct Wanted {
    /// Its width if nothing is cut.
    full: u16,
    /// The width below which it is left out rather than cut.
    least: u16,
    /// The column of the highest rank is left out first.
    rank: u8,
}

/// What people know an object by stays longest, then what they type to name it, then what it is like. Times go before
/// that, and first of all the ids of other objects.
fn rank(column: &str, columns: &[String]) -> u8 {
    let has_slug = columns.iter().any(|column| column == "slug");
    match column {
        "name" | "title" | "email" | "user_email" | "tool" => 0,
        "slug" => 1,
        "id" if !has_slug => 1,
        "id" => 4,
        _ if column.ends_with("_at") => 3,
        _ if column.ends_with("_id") => 4,
        _ => 2,
    }
}

/// The widths of the columns; nothing for one that there is no room for.
fn fit(wanted: &[Wanted], width: u16, keeps_all: bool) -> Vec<Option<u16>> {
    let mut shown: Vec<Option<Wanted>> = wanted
        .iter()
        .map(|column| {
            let least = if keeps_all {
                column.least.min(NARROWEST)
            } else {
                column.least
            };
            Some(Wanted { least, ..*column })
        })
        .collect();
    while !keeps_all
        && total(&shown, LEAST) > u32::from(width)
        && shown.iter().flatten().count() > 1
    {
        let of_others = shown
            .iter()
            .enumerate()
            .filter_map(|(index, column)| Some((column.as_ref()?.rank, index)));
        let Some(last) = of_others.max().and_then(|(_, index)| shown.get_mut(index)) else {
            break;
        };
        *last = None;
    }
    let fits = |most: &u16| total(&shown, *most) <= u32::from(width);
    let most = (NARROWEST..=width.max(NARROWEST))
        .rev()
        .find(fits)
        .unwrap_or(NARROWEST);
    shown
        .iter()
        .map(|column| column.map(|column| column.capped(most)))
        .collect()
}

/// The width of the columns together, if cells are cut at `most`.
fn total(columns: &[Option<Wanted>], most: u16) -> u32 {
    let widths = columns
        .iter()
        .flatten()
        .map(|column| u32::from(column.capped(most) + GAP));
    widths.sum::<u32>().saturating_sub(u32::from(GAP))
}

impl Wanted {
    /// The width if cells are cut at `most`, but not below what the column needs.
    fn capped(self, most: u16) -> u16 {
        self.full.min(most.max(self.least))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn table() -> Table {
        Table::of(&[
            json!({ "name": "Prod\nrouter", "id": "5670461c-1111-4111-8111-abcdefabcdef", "empty": null,
                "description": "what customers use when they ask for something that takes a while to say" }),
            json!({ "name": "日本", "id": "x", "description": "" }),
        ])
    }

    #[test]
    fn what_fits_is_shown_whole() {
        let grid = rows(&table(), 200, false);
        assert_eq!((grid.hidden.len(), grid.is_cut), (0, false));
        let lines: Vec<&str> = grid.text.lines().collect();
        assert!(
            lines[0].contains("name") && !lines[0].contains("empty"),
            "{lines:?}"
        );
        assert!(
            lines[1].starts_with("Prod router  5670461c-1111-4111-8111-abcdefabcdef  what"),
            "{lines:?}"
        );
        assert_eq!(lines.len(), 3);
    }

    #[test]
    fn long_text_is_cut_before_a_column_is_left_out_and_ids_stay_whole() {
        let grid = rows(&table(), 80, false);
        assert!(grid.is_cut && grid.hidden.is_empty(), "{}", grid.text);
        assert!(
            grid.text.contains("5670461c-1111-4111-8111-abcdefabcdef"),
            "{}",
            grid.text
        );
        assert!(grid.text.contains('…'), "{}", grid.text);
        let grid = rows(&table(), 60, false);
        assert_eq!(grid.hidden, ["description"]);
    }

    #[test]
    fn columns_that_were_chosen_are_all_there() {
        let grid = rows(&table(), 40, true);
        assert!(grid.hidden.is_empty() && grid.is_cut, "{}", grid.text);
        assert!(grid.text.contains("empty"), "{}", grid.text);
    }

    #[test]
    fn no_line_is_wider_than_the_terminal() {
        for width in 30..120 {
            let grid = rows(&table(), width, false);
            for line in grid.text.lines().skip(1) {
                assert!(
                    line.chars().count() <= usize::from(width),
                    "{width}: {line:?}"
                );
            }
        }
    }

    #[test]
    fn an_object_is_listed_member_by_member() {
        let object = json!({ "name": "x", "limits": { "cost": 5 }, "text": "one\ntwo" });
        let grid = listing(&Table::of(&[object]), 40);
        assert_eq!(
            grid.text,
            "name         x\nlimits.cost  5\ntext         one\n             two"
        );
        assert!(!grid.is_cut);
    }
}
