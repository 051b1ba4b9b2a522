//! The threads on which calls compute, apart from those that serve connections. Probes are answered and timeouts fire
//! on time, however long a call computes.

use std::{fmt, future::poll_fn, io, panic, sync::OnceLock, task::Poll, time::Duration};

use parking_lot::Mutex;
use portkey_client::offload;
use serde_json::Value;
use tokio::{
    runtime::{Builder, Handle, Runtime},
    task::JoinHandle,
};
use tracing::Instrument as _;

use crate::weight::Weights;

/// As many threads as the machine has cores. They are started by the first call.
#[derive(Default)]
pub struct Workers {
    /// `None` if the threads could not be started.
    handle: OnceLock<Option<Handle>>,
    /// `None` before the first call and after the end.
    runtime: Mutex<Option<Runtime>>,
}

impl Workers {
    /// Runs work. It begins where it is waited for, and goes on on one of the threads once it asks for that, by
    /// [`offload::before_computing`]: most work is so short that it isn't worth two changes of the thread. Dropping the
    /// future cancels the work.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> T {
        let mut work = Box::pin(work);
        let begun = poll_fn(|context| {
            // Others may have asked on this thread.
            offload::has_asked();
            match work.as_mut().poll(context) {
                Poll::Ready(done) => Poll::Ready(Some(done)),
                Poll::Pending if offload::has_asked() => Poll::Ready(None),
                Poll::Pending => Poll::Pending,
            }
        });
        match begun.await {
            Some(done) => done,
            None => self.go_on(work).await,
        }
    }

    async fn go_on<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> T {
        // If no threads can be started, the work runs on the current one.
        let Some(runtime) = self.handle.get_or_init(|| self.start().ok()) else {
            return work.await;
        };
        let mut working = Withdrawn(runtime.spawn(work.in_current_span()));
        match (&mut working.0).await {
            Ok(done) => done,
            Err(ended) => match ended.try_into_panic() {
                Ok(panic) => panic::resume_unwind(panic),
                // The work is only cancelled by dropping this future, or at the end of the process.
                Err(_) => std::future::pending().await,
            },
        }
    }

    /// Waits, for at most `patience`, until cancelled calls have ended, so that their entries are written before the
    /// process ends. Must not be called inside a runtime.
    pub fn end(&self, patience: Duration) {
        if let Some(runtime) = self.runtime.lock().take() {
            runtime.shutdown_timeout(patience);
        }
    }

    fn start(&self) -> io::Result<Handle> {
        let runtime = Builder::new_multi_thread()
            .thread_name("call")
            .enable_all()
            .build()?;
        Ok(self.runtime.lock().insert(runtime).handle().clone())
    }
}

/// Whether it takes long to go through a value.
pub fn is_large(value: &Value) -> bool {
    !WEIGHTS.are_within(value, MUCH)
}

/// The weight from which a value is large: bytes of text, and as many for each value.
const MUCH: usize = 64 << 10;
const WEIGHTS: Weights = Weights { value: 32, byte: 1 };

/// A running task that is cancelled at its next await point when this is dropped.
struct Withdrawn<T>(JoinHandle<T>);

impl<T> Drop for Withdrawn<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        // The last owner may be an asynchronous task, which must not block.
        if let Some(runtime) = self.runtime.lock().take() {
            runtime.shutdown_background();
        }
    }
}

impl fmt::Debug for Workers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Workers")
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::{
            Arc,
            atomic::{AtomicBool, Ordering},
        },
        thread,
        time::Duration,
    };

    use serde_json::json;

    use super::*;

    #[tokio::test]
    async fn who_waits_is_free_while_others_compute() {
        let workers = Workers::default();
        let busy = workers.run(async {
            offload::before_computing().await;
            thread::sleep(Duration::from_secs(5));
            "computed"
        });
        let quick = async {
            tokio::time::sleep(Duration::from_millis(10)).await;
            "answered"
        };
        let first = tokio::select! {
            done = busy => done,
            done = quick => done,
        };
        assert_eq!(first, "answered");
    }

    #[tokio::test]
    async fn work_that_nobody_waits_for_ends_at_its_next_pause() {
        let workers = Workers::default();
        let went_on = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&went_on);
        let work = workers.run(async move {
            offload::before_computing().await;
            tokio::time::sleep(Duration::from_millis(200)).await;
            flag.store(true, Ordering::SeqCst);
        });
        tokio::time::timeout(Duration::from_millis(20), work)
            .await
            .unwrap_err();
        tokio::time::sleep(Duration::from_millis(600)).await;
        assert!(!went_on.load(Ordering::SeqCst));
    }

    #[tokio::test]
    #[should_panic(expected = "as it was")]
    async fn a_panic_is_that_of_whoever_waits() {
        let work = async {
            offload::before_computing().await;
            panic!("as it was")
        };
        Workers::default().run(work).await;
    }

    #[tokio::test]
    async fn short_work_stays_where_it_is_waited_for() {
        let workers = Workers::default();
        let here = thread::current().id();
        let short = workers.run(async {
            tokio::task::yield_now().await;
            thread::current().id()
        });
        assert_eq!(short.await, here);
        let long = workers.run(async {
            offload::before_computing().await;
            thread::current().id()
        });
        assert_ne!(long.await, here);
    }

    #[test]
    fn a_value_is_large_by_its_text_or_by_its_values() {
        assert!(!is_large(&json!({ "a": [1, 2, { "b": "text" }] })));
        assert!(is_large(&json!({ "a": "x".repeat(70_000) })));
        assert!(is_large(&json!({ "a": vec![1; 3_000] })));
    }
}
