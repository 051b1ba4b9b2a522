//! The settings as a table of the documentation.

use std::fmt::Write as _;

use super::declared::{self, Setting};

/// Every setting by the name of its flag, in Markdown: flag, environment variable, meaning, default.
pub fn reference() -> String {
    let mut table = "| flag | variable | meaning | default |\n|---|---|---|---|\n".to_owned();
    for setting in declared::settings() {
        let cells = [
            format!("`{}`", flag(&setting)),
            format!("`{}`", setting.variable()),
            setting.meaning(),
            default(&setting),
        ];
        _ = writeln!(table, "| {} |", cells.map(|text| cell(&text)).join(" | "));
    }
    table
}

fn flag(setting: &Setting) -> String {
    let name = setting.name();
    let words = setting.words();
    if setting.is_switch() {
        format!("--{name}")
    } else if setting.is_switch_or_file() {
        format!("--{name}[=FILE]")
    } else if words.is_empty() {
        format!("--{name} {}", setting.value_name())
    } else {
        format!("--{name} {}", words.join("|"))
    }
}

fn default(setting: &Setting) -> String {
    match setting.default() {
        Some(_) if setting.is_switch() || setting.is_switch_or_file() => "off".to_owned(),
        Some(default) if !default.is_empty() => format!("`{default}`"),
        _ => String::new(),
    }
}

/// A text on one line, in which nothing ends the cell.
fn cell(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").replace('|', "\\|")
}
