//! Which clients are on this machine, and which of them have this server.

use std::{fmt::Write as _, path::Path};

use super::{
    clients::{CLIENTS, Client},
    entry::{servers, starts_us},
    settings_file::SettingsFile,
};
use crate::config::UserFolders;

/// The clients in a table.
pub(super) fn overview(folders: &UserFolders) -> String {
    let rows: Vec<[String; 4]> = CLIENTS.iter().map(|client| row(client, folders)).collect();
    let head = ["client", "found", "servers of ours", "file"].map(str::to_owned);
    let widths: Vec<usize> = (0..3)
        .map(|column| {
            let cells = [&head].into_iter().chain(&rows);
            let cells = cells.filter_map(|row| row.get(column));
            cells
                .map(|cell| cell.chars().count())
                .max()
                .unwrap_or_default()
        })
        .collect();
    let lines: Vec<String> = [&head]
        .into_iter()
        .chain(&rows)
        .map(|row| line(row, &widths))
        .collect();
    lines.join("\n")
}

fn row(client: &Client, folders: &UserFolders) -> [String; 4] {
    let path = client.user_file(folders);
    let found = if client.is_found(folders) {
        "yes"
    } else {
        "no"
    };
    [
        client.name.to_owned(),
        found.to_owned(),
        ours(client, &path),
        shown(&path, folders),
    ]
}

/// The names of entries that start this program, or why they cannot be seen.
fn ours(client: &Client, path: &Path) -> String {
    let file = match SettingsFile::read(path) {
        Ok(file) => file,
        Err(error) => return error.to_string(),
    };
    let settings = match client.format.read(file.text()) {
        Ok(settings) => settings,
        Err(error) => return format!("broken: {error}"),
    };
    let names: Vec<_> = servers(&settings, client.servers)
        .filter(|(_, entry)| starts_us(entry))
        .map(|(name, _)| name.as_str())
        .collect();
    names.join(", ")
}

/// A path as users write it.
fn shown(path: &Path, folders: &UserFolders) -> String {
    path.strip_prefix(&folders.home).map_or_else(
        |_| path.display().to_string(),
        |below| Path::new("~").join(below).display().to_string(),
    )
}

fn line(cells: &[String; 4], widths: &[usize]) -> String {
    let mut text = String::new();
    for (index, cell) in cells.iter().enumerate() {
        let width = widths.get(index).copied().unwrap_or_default();
        _ = write!(text, "{cell:<width$}  ");
    }
    text.trim_end().to_owned()
}
