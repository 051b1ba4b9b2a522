//! Lists as tables: CSV or Markdown. Members of members are columns with dotted names.

use serde_json::Value;

/// The form of an answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Format {
    #[default]
    Json,
    Csv,
    Markdown,
}

impl Format {
    /// Parses the argument `format`.
    pub(crate) fn read(text: &str) -> Option<Self> {
        match text.to_ascii_lowercase().as_str() {
            "json" => Some(Self::Json),
            "csv" => Some(Self::Csv),
            "markdown" | "md" => Some(Self::Markdown),
            _ => None,
        }
    }
}

/// The rows of a list under common columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// The paths of the members, in the order in which they first occur.
    pub columns: Vec<String>,
    /// A cell for each column, which is empty where an entry has no such member.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// Returns the entries as rows. Entries that are no objects have one column, `value`.
    pub fn of(entries: &[Value]) -> Self {
        let mut columns: Vec<String> = Vec::new();
        let mut rows = Vec::new();
        for entry in entries {
            let mut row = Vec::new();
            flatten(entry, &mut String::new(), &mut |path, cell| {
                let at = columns.iter().position(|column| column == path);
                let at = at.unwrap_or_else(|| {
                    columns.push(path.to_owned());
                    columns.len() - 1
                });
                row.resize(row.len().max(at + 1), String::new());
                if let Some(slot) = row.get_mut(at) {
                    *slot = cell;
                }
            });
            rows.push(row);
        }
        for row in &mut rows {
            row.resize(columns.len(), String::new());
        }
        Self { columns, rows }
    }

    /// Writes the table, a line for the columns and one for each row.
    pub(super) fn write(&self, format: Format) -> String {
        match format {
            Format::Markdown => self.markdown(),
            Format::Json | Format::Csv => self.csv(),
        }
    }

    /// Returns this table with these columns alone, in this order. Columns that it does not have are empty.
    #[must_use]
    pub fn arranged(&self, columns: &[String]) -> Self {
        let places: Vec<Option<usize>> = columns
            .iter()
            .map(|column| self.columns.iter().position(|own| own == column))
            .collect();
        let cell = |row: &Vec<String>, place: &Option<usize>| {
            let cell = place.and_then(|place| row.get(place));
            cell.cloned().unwrap_or_default()
        };
        let rows = self.rows.iter();
        let rows = rows.map(|row| places.iter().map(|place| cell(row, place)).collect());
        Self {
            columns: columns.to_vec(),
            rows: rows.collect(),
        }
    }

    /// Returns the table as CSV. Text that a spreadsheet would take for a formula has an apostrophe in front.
    pub fn csv(&self) -> String {
        let mut writer = csv::Writer::from_writer(Vec::new());
        for row in [&self.columns].into_iter().chain(&self.rows) {
            // Writing to memory does not fail, and all rows have as many cells.
            _ = writer.write_record(row.iter().map(|cell| harmless(cell)));
        }
        let written = writer.into_inner().unwrap_or_default();
        String::from_utf8(written).unwrap_or_default()
    }

    fn markdown(&self) -> String {
        let line = |cells: &mut dyn Iterator<Item = String>| {
            let cells: Vec<String> = cells.collect();
            format!("| {} |\n", cells.join(" | "))
        };
        let mut text = line(&mut self.columns.iter().map(|name| escaped(name)));
        text += &line(&mut self.columns.iter().map(|_| "---".to_owned()));
        for row in &self.rows {
            text += &line(&mut row.iter().map(|cell| escaped(cell)));
        }
        text
    }
}

/// Visits the cells of an entry. Lists are one cell: words with semicolons between them, or JSON.
fn flatten(value: &Value, path: &mut String, visit: &mut dyn FnMut(&str, String)) {
    match value {
        Value::Object(members) if !members.is_empty() => {
            for (name, member) in members {
                let length = path.len();
                if length > 0 {
                    path.push('.');
                }
                path.push_str(name);
                flatten(member, path, visit);
                path.truncate(length);
            }
        }
        _ => {
            let name = if path.is_empty() {
                "value"
            } else {
                path.as_str()
            };
            visit(name, cell(value));
        }
    }
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            let words: Option<Vec<&str>> = items.iter().map(Value::as_str).collect();
            match words {
                Some(words) if !words.iter().any(|word| word.contains(';')) => words.join("; "),
                _ => value.to_string(),
            }
        }
        other => other.to_string(),
    }
}

/// Puts an apostrophe before text that a spreadsheet would take for a formula. Numbers stay as they are.
fn harmless(cell: &str) -> String {
    let is_formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if is_formula && cell.parse::<f64>().is_err() {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

/// Escapes what would end a cell, or would be a link, an image or HTML.
fn escaped(cell: &str) -> String {
    let mut text = String::with_capacity(cell.len());
    for character in cell.chars() {
        match character {
            '\r' => {}
            '\n' => text.push(' '),
            '|' | '\\' | '[' | '<' | '`' => text.extend(['\\', character]),
            other => text.push(other),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn table() -> Table {
        Table::of(&[
            json!({ "name": "A|b", "limits": { "cost": 5 }, "scopes": ["x", "y"] }),
            json!({ "name": "say \"hi\",\nAda", "status": null, "more": [{ "a": 1 }] }),
        ])
    }

    #[test]
    fn members_of_members_are_columns() {
        assert_eq!(
            table().write(Format::Csv),
            "name,limits.cost,scopes,status,more\n\
             A|b,5,x; y,,\n\
             \"say \"\"hi\"\",\nAda\",,,,\"[{\"\"a\"\":1}]\"\n"
        );
        assert_eq!(
            table().write(Format::Markdown),
            "| name | limits.cost | scopes | status | more |\n\
             | --- | --- | --- | --- | --- |\n\
             | A\\|b | 5 | x; y |  |  |\n\
             | say \"hi\", Ada |  |  |  | \\[{\"a\":1}] |\n"
        );
        assert_eq!(
            Table::of(&[json!("a"), json!("b")]).write(Format::Csv),
            "value\na\nb\n"
        );
    }

    #[test]
    fn columns_can_be_chosen_and_put_in_order() {
        let columns = ["status", "name", "none"].map(str::to_owned);
        let arranged = table().arranged(&columns);
        assert_eq!(arranged.columns, columns);
        assert_eq!(arranged.rows[0], ["", "A|b", ""]);
    }

    #[test]
    fn no_cell_is_a_formula_a_link_or_html() {
        let rows = [
            json!({ "a": "=HYPERLINK(\"x\")", "b": -5, "c": "-5", "d": "@SUM(1)", "e": "![x](http://y) <b>" }),
        ];
        let csv = Table::of(&rows).write(Format::Csv);
        assert!(
            csv.ends_with("\"'=HYPERLINK(\"\"x\"\")\",-5,-5,'@SUM(1),![x](http://y) <b>\n"),
            "{csv}"
        );
        let markdown = Table::of(&rows).write(Format::Markdown);
        assert!(markdown.contains("!\\[x](http://y) \\<b>"), "{markdown}");
    }

    #[test]
    fn formats_have_names() {
        assert_eq!(Format::read("CSV"), Some(Format::Csv));
        assert_eq!(Format::read("md"), Some(Format::Markdown));
        assert_eq!(Format::read("xml"), None);
    }
}
