//! `--chart`: draws the answer in the terminal, or into a file.

use std::{fs, path::PathBuf};

use portkey_api::JsonObject;
use portkey_charts::{Chart, Terminal};
use portkey_engine::catalog::{CHART, Tool, common_arguments};

use super::{ArgumentsFailure, CommandFailure, note, print};
use crate::cli::terminal;

/// The width of a chart that is not drawn in a terminal.
const USUAL_WIDTH: usize = 100;

/// Where a chart is drawn, if one is wanted.
#[derive(Debug)]
pub(super) enum Wanted {
    Nowhere,
    InTerminal,
    Png(PathBuf),
    Svg(PathBuf),
}

impl Wanted {
    /// Takes what `--chart` says, and leaves what the call understands.
    pub(super) fn take(tool: Tool, named: &mut JsonObject) -> Result<Self, ArgumentsFailure> {
        let takes = common_arguments(tool).any(|common| common.name == CHART.name);
        let Some(asked) = named.get_mut(CHART.name).filter(|_| takes) else {
            return Ok(Self::Nowhere);
        };
        let path = match asked.as_str() {
            Some("true") | None => return Ok(Self::InTerminal),
            Some("false") => return Ok(Self::Nowhere),
            Some(path) => PathBuf::from(path),
        };
        *asked = true.into();
        let ending = path.extension().and_then(|ending| ending.to_str());
        match ending.map(str::to_ascii_lowercase).as_deref() {
            Some("png") => Ok(Self::Png(path)),
            Some("svg") => Ok(Self::Svg(path)),
            _ => Err(ArgumentsFailure::Chart { path }),
        }
    }

    /// Draws the chart, and says whether it takes the place of the answer.
    pub(super) fn show(self, chart: &Chart) -> Result<bool, CommandFailure> {
        let (path, picture) = match self {
            Self::Nowhere => return Ok(false),
            Self::InTerminal => {
                print(chart.text(terminal()).trim_end())?;
                return Ok(true);
            }
            Self::Png(path) => (path, chart.png().unwrap_or_default()),
            Self::Svg(path) => (path, chart.svg().into_bytes()),
        };
        fs::write(&path, picture).map_err(|source| ArgumentsFailure::Drawn {
            path: path.clone(),
            source,
        })?;
        note(format_args!("the chart is in {}", path.display()));
        Ok(false)
    }
}

/// What standard output is.
fn terminal() -> Terminal {
    let width = match terminal::width() {
        u16::MAX => USUAL_WIDTH,
        width => usize::from(width),
    };
    Terminal {
        width,
        colours: terminal::has_colours(),
    }
}
