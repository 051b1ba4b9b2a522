//! The threads that calls are made on, apart from those that talk to clients: however much a call has to compute, probes
//! are answered and its time is up when it is up.

use std::{fmt, io, panic, sync::OnceLock, time::Duration};

use parking_lot::Mutex;
use tokio::{
    runtime::{Builder, Handle, Runtime},
    task::JoinHandle,
};
use tracing::Instrument as _;

/// As many threads as the machine has cores, started by the first call.
#[derive(Default)]
pub struct Workers {
    /// Nothing, where no threads are to be had.
    handle: OnceLock<Option<Handle>>,
    /// Nothing before the first call and after the end.
    runtime: Mutex<Option<Runtime>>,
}

impl Workers {
    /// Does what is asked on one of the threads. To drop this future withdraws it.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> T {
        // Where no more threads are to be had, the calls themselves need none.
        let Some(runtime) = self.handle.get_or_init(|| self.start().ok()) else {
            return work.await;
        };
        let mut working = Withdrawn(runtime.spawn(work.in_current_span()));
        match (&mut working.0).await {
            Ok(done) => done,
            Err(ended) => match ended.try_into_panic() {
                Ok(panic) => panic::resume_unwind(panic),
                // Only whoever waits here withdraws the work, and only at the end of the process the threads end.
                Err(_) => std::future::pending().await,
            },
        }
    }

    /// Waits until withdrawn calls have let go of what they hold, so that their entries are written before the process
    /// ends. Not for use inside of a runtime.
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

/// Work that nobody waits for any longer goes no further than to its next pause.
struct Withdrawn<T>(JoinHandle<T>);

impl<T> Drop for Withdrawn<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        // The last owner may be a task, which must not wait for threads.
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
