//! Horizontal bars of characters.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr as _;

use super::{Terminal, fitted, steps, to_the_right};
use crate::{chart::Bar, scale::Scale, unit::Unit};

/// Eighths of a character, from the left.
const EIGHTHS: [char; 8] = ['▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'];

pub(super) fn write(unit: &Unit, bars: &[Bar], terminal: Terminal) -> String {
    if bars.is_empty() {
        return "No requests in this period\n".to_owned();
    }
    let names = bars.iter().map(|bar| bar.label.width());
    let names = names.max().unwrap_or(0).min(terminal.width / 3);
    let figures = bars.iter().map(|bar| unit.exact(bar.value).width());
    let figures = figures.max().unwrap_or(0);
    let room = terminal.width.saturating_sub(names + figures + 2).max(8);
    let values = bars.iter().flat_map(|bar| [Some(bar.value), bar.before]);
    let scale = Scale::without_axis(values.flatten().map(f64::abs));
    let mut text = String::new();
    for bar in bars {
        let name = to_the_right(&fitted(&bar.label, names), names);
        let drawn = length(scale.share(bar.value.abs()), room);
        let drawn = terminal.coloured(0, &drawn);
        _ = writeln!(text, "{name} {drawn} {}", unit.exact(bar.value));
        if let Some(before) = bar.before {
            let drawn = "░".repeat(steps(scale.share(before.abs()), room));
            let figure = unit.exact(before);
            _ = writeln!(text, "{} {drawn} {figure} before", " ".repeat(names));
        }
    }
    text
}

/// A bar that is this share of the room.
fn length(share: f64, room: usize) -> String {
    let eighths = steps(share, room * 8);
    // What is not nought can be seen.
    let eighths = if share > 0.0 { eighths.max(1) } else { eighths };
    let whole = "█".repeat(eighths / 8);
    let rest = (eighths % 8).checked_sub(1);
    let rest = rest.and_then(|rest| EIGHTHS.get(rest));
    whole.chars().chain(rest.copied()).collect()
}
