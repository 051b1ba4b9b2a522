//! The table of settings in the documentation.

use super::{
    declared::{self, Setting},
    settings::LIVE,
};

/// Every setting as a row of a Markdown table: flag, environment variable, meaning, default.
pub fn reference() -> String {
    table(declared::settings().iter())
}

/// The same of these settings alone, in this order. The error is a name that no setting has.
pub fn reference_of<'a>(names: &[&'a str]) -> Result<String, &'a str> {
    let settings = declared::settings();
    let chosen = names.iter().map(|name| {
        let mut all = settings.iter();
        all.find(|setting| setting.name() == *name).ok_or(*name)
    });
    Ok(table(chosen.collect::<Result<Vec<_>, _>>()?))
}

/// The environment variable of a setting and what it means; `None` if no setting has this name.
pub fn variable_of(name: &str) -> Option<(String, String)> {
    let settings = declared::settings();
    let setting = settings.iter().find(|setting| setting.name() == name)?;
    Some((setting.variable(), setting.meaning()))
}

/// The settings that a running server takes over from a changed file.
pub fn live() -> &'static [&'static str] {
    &LIVE
}

fn table<'a>(settings: impl IntoIterator<Item = &'a Setting>) -> String {
    let mut table = "| flag | variable | meaning | default |\n|---|---|---|---|\n".to_owned();
    for setting in settings {
        let cells = [
            format!("`{}`", flag(setting)),
            format!("`{}`", setting.variable()),
            setting.meaning(),
            default(setting),
        ];
        table.push_str(&row(&cells));
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

/// A row of a Markdown table, with line breaks and `|` escaped.
pub(crate) fn row(cells: &[String]) -> String {
    let cells = cells.iter().map(|text| {
        let words: Vec<&str> = text.split_whitespace().collect();
        words.join(" ").replace('|', "\\|")
    });
    format!("| {} |\n", cells.collect::<Vec<_>>().join(" | "))
}
