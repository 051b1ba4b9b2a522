//! The table of docs/migration.md that leads from the tools of another server to ours.

use std::fmt::Write as _;

use portkey_api::Declaration;
use portkey_workflows::catalog;

use super::wrapped;

/// The names of its tools and of their arguments.
const TOOLS: &str = include_str!("peer.tsv");

/// A tool of the other server.
pub struct PeerTool {
    /// Its name.
    pub name: &'static str,
    /// The names of its arguments.
    pub arguments: Vec<&'static str>,
}

/// What becomes of an argument of the other server here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Counterpart {
    /// The argument of this name takes it.
    Argument(&'static str),
    /// It is refused with advice what to give instead.
    Advice(&'static str),
    /// It is unknown.
    Nothing,
}

/// Every tool of the other server.
pub fn tools() -> impl Iterator<Item = PeerTool> {
    let lines = TOOLS.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| {
        let (name, arguments) = line.split_once('\t').unwrap_or((line, ""));
        PeerTool {
            name,
            arguments: arguments
                .split(' ')
                .filter(|name| !name.is_empty())
                .collect(),
        }
    })
}

/// What becomes of an argument of this name in a call of the tool.
pub fn counterpart(declaration: &Declaration, argument: &str) -> Counterpart {
    match (
        declaration.accepts(argument),
        declaration.instead_of(argument),
    ) {
        (Some(found), _) => Counterpart::Argument(found.name),
        (None, Some(advice)) => Counterpart::Advice(advice),
        (None, None) => Counterpart::Nothing,
    }
}

/// A row for each tool whose name or arguments differ, and the names of those that are the same here. Fails for a tool that
/// is not here.
pub(super) fn table() -> Result<String, String> {
    let mut text =
        "| tool there | tool here | arguments there → here |\n|---|---|---|\n".to_owned();
    let mut same = Vec::new();
    // Two dozen tools share their arguments.
    let mut told: Vec<(String, &str)> = Vec::new();
    for peer in tools() {
        let tool = catalog().find(peer.name);
        let tool = tool.map_err(|_| format!("there is no tool `{}`", peer.name))?;
        let differing = differing(tool.declaration(), &peer);
        if tool.name() == peer.name && differing.is_empty() {
            same.push(format!("`{}`", peer.name));
            continue;
        }
        let here = if tool.name() == peer.name {
            "the same".to_owned()
        } else {
            format!("`{}`", tool.name())
        };
        let mut differing = differing.join("; ");
        if let Some((_, first)) = told
            .iter()
            .find(|(cell, _)| !cell.is_empty() && *cell == differing)
        {
            differing = format!("as of `{first}`");
        } else {
            told.push((differing.clone(), peer.name));
        }
        _ = writeln!(text, "| `{}` | {here} | {differing} |", peer.name);
    }
    let count = same.len();
    let same = wrapped(&format!("{}.", same.join(", ")));
    _ = write!(
        text,
        "\nThese {count} have the same name and arguments:\n\n{same}\n"
    );
    Ok(text)
}

fn differing(declaration: &Declaration, peer: &PeerTool) -> Vec<String> {
    let arguments = peer.arguments.iter();
    let cells = arguments.filter_map(|there| match counterpart(declaration, there) {
        Counterpart::Argument(here) if here == *there => None,
        Counterpart::Argument(here) => Some(format!("`{there}` → `{here}`")),
        Counterpart::Advice(advice) => Some(format!("`{there}`: refused. {advice}")),
        Counterpart::Nothing => Some(format!("`{there}`: unknown")),
    });
    cells.collect()
}
