//! The threads that run calls, apart from those that serve connections. Probes are answered and timeouts fire on time,
//! however long a call computes.

use std::{fmt, io, panic, sync::OnceLock, time::Duration};

use parking_lot::Mutex;
use tokio::{
    runtime::{Builder, Handle, Runtime},
    task::JoinHandle,
};
use tracing::Instrument as _;

/// As many threads as the machine has cores. They are started by the first call.
#[derive(Default)]
pub struct Workers {
    /// `None` if the threads could not be started.
    handle: OnceLock<Option<Handle>>,
    /// `None` before the first call and after the end.
    runtime: Mutex<Option<Runtime>>,
}

impl Workers {
    /// Runs work on one of the threads. Dropping the future cancels the work.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> T {
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

    use super::*;

    #[tokio::test]
    async fn who_waits_is_free_while_others_compute() {
        let workers = Workers::default();
        let busy = workers.run(async {
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
        Workers::default().run(async { panic!("as it was") }).await;
    }
}
