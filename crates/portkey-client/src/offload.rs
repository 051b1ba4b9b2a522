//! Lets work say that it is about to compute for long, so that whoever runs it can go on with it on a thread where it
//! holds up nobody.

use std::{cell::Cell, future::poll_fn, task::Poll};

thread_local! {
    static ASKED: Cell<bool> = const { Cell::new(false) };
}

/// Asks whoever polls this work to go on with it elsewhere, before it computes for long. If nobody listens, it goes on
/// where it is.
pub async fn before_computing() {
    let mut has_asked = false;
    poll_fn(|context| {
        if has_asked {
            return Poll::Ready(());
        }
        has_asked = true;
        ASKED.set(true);
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// Whether work that was polled on this thread has asked to go on elsewhere since this was called last.
pub fn has_asked() -> bool {
    ASKED.replace(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn work_asks_once_and_goes_on_where_nobody_listens() {
        assert!(!has_asked());
        before_computing().await;
        assert!(has_asked());
        assert!(!has_asked());
    }
}
