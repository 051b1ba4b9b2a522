//! Runs the engine's calls of a request: passes their progress to the client, and ends them when it cancels.

use std::{future::pending, pin::pin};

use portkey_api::JsonObject;
use portkey_client::offload::before_computing;
use portkey_engine::{
    call::{Call, Caller, Consent, Failure, Notes, Outcome, Progress, Requester, Step},
    catalog::Tool,
};
use rmcp::model::{CallToolResult, ProgressNotificationParam};
use tokio::sync::mpsc::UnboundedReceiver;

use super::{outcome, request::Context};
use crate::config::Structured;

/// Runs the calls of one request.
pub(super) struct CallRunner<'a> {
    caller: &'a Caller,
    pub(super) context: &'a Context,
    progress: Progress,
    /// The steps of the calls, if the client asked for its progress.
    steps: Option<UnboundedReceiver<Step>>,
    notes: Notes,
}

impl<'a> CallRunner<'a> {
    pub(super) fn new(caller: &'a Caller, context: &'a Context) -> Self {
        let (progress, steps) = if context.meta.get_progress_token().is_some() {
            let (progress, steps) = Progress::heard();
            (progress, Some(steps))
        } else {
            (Progress::default(), None)
        };
        Self {
            caller,
            context,
            progress,
            steps,
            notes: Notes::default(),
        }
    }

    /// A call whose steps and notes this runner hears. Nobody has consented to what it destroys.
    pub(super) fn call(&self, tool: Tool, arguments: JsonObject, by: Requester) -> Call {
        Call {
            tool,
            arguments,
            by,
            consent: Consent::Unneeded,
            progress: self.progress.clone(),
            notes: self.notes.clone(),
        }
    }

    /// Makes a call, and notifies the client of its progress.
    pub(super) async fn run(&mut self, call: Call) -> Result<Outcome, Failure> {
        let mut calling = pin!(self.caller.call(call));
        let outcome = loop {
            tokio::select! {
                outcome = &mut calling => break outcome,
                Some(step) = next(&mut self.steps) => notify_progress(self.context, step).await,
                // A client that cancelled does not listen any more, so nothing else is sent.
                () = self.context.ct.cancelled() => break Err(Failure::Cancelled),
            }
        };
        // The last step may have come together with the result; it is sent first.
        while let Some(step) = self.steps.as_mut().and_then(|steps| steps.try_recv().ok()) {
            notify_progress(self.context, step).await;
        }
        outcome
    }

    /// Writes the outcome of a call with its notes, on a worker if it is large or drawn.
    pub(super) async fn written(
        &self,
        tool: Tool,
        outcome: Result<Outcome, Failure>,
        structured: Structured,
    ) -> CallToolResult {
        let notes = self.notes.take();
        let drawing = self.notes.take_drawing();
        if drawing.is_none() && !outcome::is_large(&outcome) {
            return outcome::result(tool, outcome, notes, structured);
        }
        let writing = async move {
            before_computing().await;
            let mut result = outcome::result(tool, outcome, notes, structured);
            if let Some(drawing) = drawing {
                outcome::draw(&mut result, tool, &drawing);
            }
            result
        };
        self.caller.workers().run(writing).await
    }
}

/// The next step; never comes if nobody asked for steps.
async fn next(steps: &mut Option<UnboundedReceiver<Step>>) -> Option<Step> {
    match steps {
        Some(steps) => steps.recv().await,
        None => pending().await,
    }
}

/// Sends a step of the progress to a client that asked for it.
pub(super) async fn notify_progress(context: &Context, step: Step) {
    let Some(token) = context.meta.get_progress_token() else {
        return;
    };
    let mut progress =
        ProgressNotificationParam::new(token, precise(step.done)).with_message(step.message);
    if let Some(total) = step.total {
        progress = progress.with_total(precise(total));
    }
    // If the client is gone, the call notices that by itself.
    _ = context.peer.notify_progress(progress).await;
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts of pages and entries are far from 2^53"
)]
fn precise(count: u64) -> f64 {
    count as f64
}
