//! Shows on a terminal how far a long call is.

use std::{
    io::{self, IsTerminal as _},
    time::Duration,
};

use indicatif::{ProgressBar, ProgressStyle};
use portkey_engine::call::{Progress, Step};

/// How often the spinner turns.
const TURN: Duration = Duration::from_millis(100);

/// How long something takes before the line says what is waited for.
const PATIENCE: Duration = Duration::from_secs(1);

/// A line of progress on standard error, if that is a terminal.
pub(super) struct Line(Option<ProgressBar>);

impl Line {
    /// A line that says what is waited for if that takes long.
    pub(super) fn waiting(what: &'static str) -> Self {
        Self::new(what).0
    }

    /// A line that says what is waited for if that takes long, and the progress that updates it.
    pub(super) fn new(what: &'static str) -> (Self, Progress) {
        if !io::stderr().is_terminal() {
            return (Self(None), Progress::default());
        }
        let (progress, mut steps) = Progress::heard();
        let bar = ProgressBar::no_length();
        let line = Self(Some(bar.clone()));
        tokio::spawn(async move {
            tokio::select! {
                Some(step) = steps.recv() => show(&bar, step),
                () = tokio::time::sleep(PATIENCE) => wait(&bar, what),
            }
            while let Some(step) = steps.recv().await {
                show(&bar, step);
            }
        });
        (line, progress)
    }

    /// Removes the line before the answer is printed.
    pub(super) fn clear(&self) {
        if let Self(Some(bar)) = self {
            bar.finish_and_clear();
        }
    }
}

fn wait(bar: &ProgressBar, what: &'static str) {
    if bar.is_finished() {
        return;
    }
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} ({elapsed})") {
        bar.set_style(style);
    }
    bar.set_message(what);
    bar.enable_steady_tick(TURN);
}

fn show(bar: &ProgressBar, step: Step) {
    if bar.is_finished() {
        return; // The answer is being printed.
    }
    let template = match step.total {
        Some(_) => "{spinner} {msg}: {human_pos} of {human_len}",
        None => "{spinner} {msg}: {human_pos}",
    };
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    if let Some(total) = step.total {
        bar.set_length(total);
    }
    bar.set_message(step.message);
    bar.set_position(step.done);
    bar.enable_steady_tick(TURN);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_on_the_line_until_the_call_ends() {
        let bar = ProgressBar::hidden();
        let step = |done| Step {
            done,
            total: Some(5_000),
            message: "fetching pages".to_owned(),
        };
        show(&bar, step(100));
        let shown = (bar.position(), bar.length(), bar.message());
        assert_eq!(shown, (100, Some(5_000), "fetching pages".to_owned()));
        Line(Some(bar.clone())).clear();
        show(&bar, step(200));
        assert!(bar.is_finished());
    }
}
