//! Progress reports of long calls.

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// One progress report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The number of units done, such as list entries; never decreases during a call.
    pub done: u64,
    /// The number of units in total, if it is known.
    pub total: Option<u64>,
    /// The activity, such as "fetching pages".
    pub message: String,
}

/// The sender of progress reports. The default one discards them.
#[derive(Debug, Clone, Default)]
pub struct Progress(Option<UnboundedSender<Step>>);

impl Progress {
    /// Returns a sender and the receiver of its reports.
    pub fn heard() -> (Self, UnboundedReceiver<Step>) {
        let (sender, receiver) = unbounded_channel();
        (Self(Some(sender)), receiver)
    }

    /// Sends a report, if there is a receiver.
    pub(crate) fn report(&self, done: u64, total: Option<u64>, message: impl Into<String>) {
        if let Self(Some(listener)) = self {
            // A receiver that was dropped is no error: the call goes on without reports.
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
    fn a_receiver_gets_each_report_and_is_optional() {
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
