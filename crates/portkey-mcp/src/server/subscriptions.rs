//! Clients of 2026-07-28 that asked to be told when the tools change.

use rmcp::service::SubscriptionContext;
use tokio_util::sync::CancellationToken;

use crate::access::AccessWatch;

/// Whether those who only listen are to leave. Clones tell the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shutdown(CancellationToken);

impl Shutdown {
    /// Sends them away.
    pub(crate) fn begin(&self) {
        self.0.cancel();
    }
}

/// Tells of changes until the client leaves or has to.
pub(super) async fn listen(context: &SubscriptionContext) {
    let parts = context
        .request_context()
        .extensions
        .get::<http::request::Parts>();
    let heard = parts.and_then(|parts| {
        let access_watch = parts.extensions.get::<AccessWatch>()?;
        Some((access_watch.clone(), parts.extensions.get::<Shutdown>()?))
    });
    let Some((mut access_watch, Shutdown(closing))) = heard else {
        return;
    };
    loop {
        tokio::select! {
            () = context.cancelled() => return,
            () = closing.cancelled() => return,
            () = access_watch.until_tools_change() => {}
        }
        // It accepts this or nothing; whoever does not want it hears nothing.
        if context.sink().notify_tool_list_changed().await.is_err() {
            tracing::debug!("a listener does not hear that the tools have changed");
        }
    }
}
