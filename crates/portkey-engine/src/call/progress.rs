//! How far a long call is, for whoever waits.

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// How far a long call is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// How much is done; grows from step to step.
    pub done: u64,
    /// Of how much, where that is known.
    pub total: Option<u64>,
    /// What is being done.
    pub message: String,
}

/// Tells whoever waits how far a call is, if anyone wants to know.
#[derive(Debug, Clone, Default)]
pub struct Progress(Option<UnboundedSender<Step>>);

impl Progress {
    /// Progress and the end where it is heard.
    pub fn heard() -> (Self, UnboundedReceiver<Step>) {
        let (sender, receiver) = unbounded_channel();
        (Self(Some(sender)), receiver)
    }

    /// Says how far the call is.
    pub(crate) fn report(&self, done: u64, total: Option<u64>, message: impl Into<String>) {
        if let Self(Some(listener)) = self {
            // Whoever stopped listening misses nothing but this.
            _ = listener.send(Step {
                done,
                total,
                message: message.into(),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_listens_hears_each_step_and_nobody_need() {
        let (progress, mut steps) = Progress::heard();
        progress.report(1, Some(2), "half");
        let step = steps.try_recv().unwrap();
        assert_eq!(
            (step.done, step.total, step.message.as_str()),
            (1, Some(2), "half")
        );
        drop(steps);
        progress.report(2, Some(2), "whole");
        Progress::default().report(1, None, "unheard");
    }
}
