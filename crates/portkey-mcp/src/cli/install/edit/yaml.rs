//! Edits of YAML: a block of lines is added, replaced or removed. No library in Rust edits YAML and keeps its comments;
//! what this does not understand is refused, because the result is read again.

use std::ops::Range;

use serde_json::{Map, Value, json};

use super::{EditFailure, Malformed, Slot};

/// By how much an entry is indented where there is none yet.
const INDENT: usize = 2;

pub(super) fn read(text: &str) -> Result<Value, Malformed> {
    if text.lines().all(|line| !is_content(line)) {
        return Ok(Value::Null);
    }
    serde_saphyr::from_str(text).map_err(|error| {
        let location = error.location();
        let number = |of: fn(&serde_saphyr::Location) -> u64| {
            let number = location.as_ref().map_or(1, of);
            usize::try_from(number).unwrap_or(usize::MAX)
        };
        let message = error.without_snippet().to_string();
        let message = message.lines().next().unwrap_or_default();
        let message = message.split(" at line ").next().unwrap_or_default();
        Malformed::new(
            number(serde_saphyr::Location::line),
            number(serde_saphyr::Location::column),
            message,
        )
    })
}

pub(super) fn with(slot: &Slot<'_>, text: &str, entry: &Value) -> Result<String, EditFailure> {
    let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
    let line_break = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let Some(section) = Section::of(&lines, slot.servers) else {
        end_last(&mut lines, line_break);
        lines.push(format!("{}:{line_break}", slot.servers));
        lines.extend(block(slot.name, entry, INDENT, line_break)?);
        return Ok(lines.concat());
    };
    let mut place = section.entry(&lines, slot.name);
    if place.is_none() {
        let end = section.lines.end;
        place = Some(end..end);
    }
    let place = place.unwrap_or_default();
    let is_last = place.end == lines.len();
    if section.is_empty {
        lines.splice(
            section.header..=section.header,
            [format!("{}:{line_break}", slot.servers)],
        );
    }
    if is_last {
        end_last(&mut lines, line_break);
    }
    let block = block(slot.name, entry, section.indent, line_break)?;
    lines.splice(place, block);
    Ok(lines.concat())
}

pub(super) fn without(slot: &Slot<'_>, text: &str) -> Result<String, EditFailure> {
    let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
    let section = Section::of(&lines, slot.servers).ok_or(EditFailure::Unusual)?;
    let place = section
        .entry(&lines, slot.name)
        .ok_or(EditFailure::Unusual)?;
    lines.drain(place);
    let section = Section::of(&lines, slot.servers).ok_or(EditFailure::Unusual)?;
    if section.is_empty {
        lines.remove(section.header);
    }
    Ok(lines.concat())
}

/// The lines of a member that holds others.
#[derive(Debug)]
struct Section {
    header: usize,
    /// What it holds, to its last line with content.
    lines: Range<usize>,
    /// By how much that is indented.
    indent: usize,
    /// Whether it holds nothing.
    is_empty: bool,
}

impl Section {
    fn of(lines: &[String], name: &str) -> Option<Self> {
        let header = lines.iter().position(|line| key(line) == Some(name))?;
        let start = header + 1;
        let end = end_of_block(lines, start, 0);
        let first = lines.get(start..end)?.iter().find(|line| is_content(line));
        Some(Self {
            header,
            lines: start..end,
            indent: first.map_or(INDENT, |line| indent(line)),
            is_empty: first.is_none(),
        })
    }

    fn entry(&self, lines: &[String], name: &str) -> Option<Range<usize>> {
        let is_entry =
            |line: &String| indent(line) == self.indent && key(line.trim_start()) == Some(name);
        let inside = lines.get(self.lines.clone())?;
        let start = self.lines.start + inside.iter().position(is_entry)?;
        Some(start..end_of_block(lines, start + 1, self.indent))
    }
}

/// The line after the last one that is indented by more than this, from a line on.
fn end_of_block(lines: &[String], start: usize, indent_before: usize) -> usize {
    let mut end = start;
    for (index, line) in lines.iter().enumerate().skip(start) {
        let is_deeper = indent(line) > indent_before;
        if is_content(line) && !is_deeper {
            break;
        }
        if !line.trim().is_empty() && is_deeper {
            end = index + 1;
        }
    }
    end
}

/// The key of a line that begins with one.
fn key(line: &str) -> Option<&str> {
    let (key, rest) = line.split_once(':')?;
    let is_end = rest.is_empty() || rest.starts_with(char::is_whitespace);
    is_end.then(|| key.trim_matches(['"', '\'']))
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

fn is_content(line: &str) -> bool {
    let line = line.trim();
    !line.is_empty() && !line.starts_with('#')
}

/// The last line, where something follows it.
fn end_last(lines: &mut [String], line_break: &str) {
    if let Some(last) = lines.last_mut()
        && !last.ends_with('\n')
    {
        last.push_str(line_break);
    }
}

/// An entry in lines.
fn block(
    name: &str,
    entry: &Value,
    indent: usize,
    line_break: &str,
) -> Result<Vec<String>, EditFailure> {
    let mut members = Map::new();
    members.insert(name.to_owned(), entry.clone());
    let text = serde_saphyr::to_string(&json!(members)).map_err(|_| EditFailure::Unusual)?;
    let lines = text.lines();
    Ok(lines
        .map(|line| format!("{}{line}{line_break}", " ".repeat(indent)))
        .collect())
}
