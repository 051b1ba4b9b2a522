//! Subscriptions of 2026-07-28 clients to changes of the tool list.

use rmcp::service::SubscriptionContext;
use tokio_util::sync::CancellationToken;

use crate::access::AccessWatch;

/// Whether subscriptions are to end because the server does. Clones share the state.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shutdown(CancellationToken);

impl Shutdown {
    /// Ends all subscriptions.
    pub(crate) fn begin(&self) {
        self.0.cancel();
    }
}

/// Notifies the client of changes until it leaves or the server ends.
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
        // The client subscribed to this notification or to none; without a subscription the sink drops it.
        if context.sink().notify_tool_list_changed().await.is_err() {
            tracing::debug!("a listener does not hear that the tools have changed");
        }
    }
}
