//! The thread that writes entries to the audit log, and the queue of entries that are not written yet.

use std::{
    collections::VecDeque,
    io, mem,
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use tokio::{
    sync::{
        mpsc::{Receiver, Sender, channel},
        oneshot,
    },
    time::timeout,
};

use super::{AuditEntry, AuditLog, Unwritable};

/// The longest wait for the log, whatever delays it.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long the log is not tried again after a failure, unless a call wants to change something.
const PAUSE: Duration = Duration::from_secs(1);
/// How long after an entry the log is synchronised with the disk, at the latest.
const UNSYNCED: Duration = Duration::from_secs(1);
/// The largest number of entries that wait while the log cannot be written.
const MOST_WAITING: usize = 1000;

/// A thread that appends to a log. A slow log does not delay calls for long, and entries that arrive while it is busy
/// are appended together.
#[derive(Debug)]
pub(super) struct Writer {
    place: String,
    requests: Option<Sender<WriterRequest>>,
    thread: Option<JoinHandle<()>>,
}

type Reply = oneshot::Sender<Result<(), Unwritable>>;

enum WriterRequest {
    Check(Reply),
    Append(Box<AuditEntry>, Reply),
}

impl Writer {
    pub(super) fn begin(log: Box<dyn AuditLog>) -> io::Result<Self> {
        let place = log.place();
        let (requests, received) = channel(MOST_WAITING);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let keeper = Keeper {
            log,
            waiting: Waiting::default(),
            failed: None,
            unsynced: None,
        };
        let thread = thread::Builder::new()
            .name("audit".to_owned())
            .spawn(move || runtime.block_on(keeper.run(received)))?;
        Ok(Self {
            place,
            requests: Some(requests),
            thread: Some(thread),
        })
    }

    pub(super) async fn check(&self) -> Result<(), Unwritable> {
        self.request(WriterRequest::Check).await
    }

    pub(super) async fn append(&self, entry: AuditEntry) -> Result<(), Unwritable> {
        self.request(|reply| WriterRequest::Append(Box::new(entry), reply))
            .await
    }

    pub(super) fn append_later(&self, entry: AuditEntry) {
        self.send(WriterRequest::Append(Box::new(entry), oneshot::channel().0));
    }

    async fn request(
        &self,
        request: impl FnOnce(Reply) -> WriterRequest,
    ) -> Result<(), Unwritable> {
        let (reply, replied) = oneshot::channel();
        self.send(request(reply));
        match timeout(PATIENCE, replied).await {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => {
                Err(self.unwritable("nobody writes it any more, or too many wait for it"))
            }
            Err(_) => Err(self.unwritable(&format!("it took nothing within {PATIENCE:?}"))),
        }
    }

    /// Queues a request. One that cannot be queued is dropped, which closes its reply channel, so that the caller gets
    /// an error.
    fn send(&self, request: WriterRequest) {
        let sent = self
            .requests
            .as_ref()
            .map(|requests| requests.try_send(request));
        if sent.is_none_or(|sent| sent.is_err()) {
            tracing::error!(
                "the audit log, {}, takes nothing; a call is missing from it",
                self.place
            );
        }
    }

    fn unwritable(&self, reason: &str) -> Unwritable {
        Unwritable {
            place: self.place.clone(),
            reason: reason.to_owned(),
        }
    }
}

impl Drop for Writer {
    /// Waits until every entry is written or has failed.
    fn drop(&mut self) {
        drop(self.requests.take());
        let Some(thread) = self.thread.take() else {
            return;
        };
        let end = Instant::now() + PATIENCE;
        while !thread.is_finished() && Instant::now() < end {
            thread::sleep(Duration::from_millis(1));
        }
        if thread.is_finished() {
            // The panic hook has reported the panic already.
            _ = thread.join();
        } else {
            tracing::error!(
                "the audit log, {}, takes nothing; what waits for it is missing",
                self.place
            );
        }
    }
}

/// Appends entries to a log, and keeps those that could not be appended for the next attempt.
struct Keeper {
    log: Box<dyn AuditLog>,
    waiting: Waiting,
    /// The time and the error of the last failure, if nothing was appended since.
    failed: Option<(Instant, Unwritable)>,
    /// The time since which entries may not be on the disk.
    unsynced: Option<Instant>,
}

impl Keeper {
    async fn run(mut self, mut requests: Receiver<WriterRequest>) {
        loop {
            let received = match self.patience() {
                Some(patience) => timeout(patience, requests.recv()).await,
                None => Ok(requests.recv().await),
            };
            self.sync_in_time().await;
            let mut next = match received {
                Ok(None) => break,
                Ok(request) => request,
                Err(_) if self.failed.is_none() => continue,
                Err(_) => None,
            };
            let mut replies = Vec::new();
            let mut is_urgent = false;
            while let Some(request) = next {
                replies.push(match request {
                    WriterRequest::Check(request) => {
                        is_urgent = true;
                        request
                    }
                    WriterRequest::Append(entry, request) => {
                        self.waiting.add(*entry);
                        request
                    }
                });
                next = requests.try_recv().ok();
            }
            let result = self.keep(is_urgent).await;
            for reply in replies {
                // The receiver is gone if the caller no longer waits.
                _ = reply.send(result.clone());
            }
        }
        let missing = self.waiting.entries.len();
        if missing > 0 && self.keep(true).await.is_err() {
            tracing::error!(
                "{missing} calls are missing from the audit log, {}",
                self.log.place()
            );
        }
        _ = self.log.sync().await;
    }

    /// How long to wait for the next request, or `None` if there is nothing else to do.
    fn patience(&self) -> Option<Duration> {
        let synced = self
            .unsynced
            .map(|since| UNSYNCED.saturating_sub(since.elapsed()));
        let again = self.failed.is_some().then_some(PAUSE);
        again.into_iter().chain(synced).min()
    }

    /// Synchronises the log with the disk, if that is due.
    async fn sync_in_time(&mut self) {
        if self
            .unsynced
            .is_some_and(|since| since.elapsed() >= UNSYNCED)
        {
            self.unsynced = None;
            if let Err(unwritable) = self.log.sync().await {
                tracing::error!("{unwritable}; a failure of the machine may lose its last entries");
            }
        }
    }

    /// Appends the waiting entries. A log that failed a moment ago is tried again only if `is_urgent`.
    async fn keep(&mut self, is_urgent: bool) -> Result<(), Unwritable> {
        if let Some((at, unwritable)) = &self.failed
            && !is_urgent
            && at.elapsed() < PAUSE
        {
            return Err(unwritable.clone());
        }
        let entries = self.waiting.entries.make_contiguous();
        let result = if entries.is_empty() {
            self.log.check().await
        } else {
            self.unsynced.get_or_insert_with(Instant::now);
            self.log.append(entries).await
        };
        match &result {
            Ok(()) => self.kept(),
            Err(unwritable) => {
                if self.failed.is_none() {
                    tracing::error!(
                        "{unwritable}; until it can be, entries wait and nothing is changed"
                    );
                }
                self.failed = Some((Instant::now(), unwritable.clone()));
            }
        }
        result
    }

    fn kept(&mut self) {
        let waiting = mem::take(&mut self.waiting);
        if self.failed.take().is_some() {
            let place = self.log.place();
            tracing::warn!("the audit log, {place}, can be written again");
            if waiting.missing > 0 {
                tracing::error!(
                    "{} calls are missing from the audit log, {place}",
                    waiting.missing
                );
            }
        }
    }
}

/// Entries that are not appended yet.
#[derive(Default)]
struct Waiting {
    entries: VecDeque<AuditEntry>,
    /// The number of entries that were dropped because too many waited.
    missing: usize,
}

impl Waiting {
    fn add(&mut self, entry: AuditEntry) {
        if self.entries.len() >= MOST_WAITING {
            // Entries of calls that changed nothing are dropped first.
            let least = self
                .entries
                .iter()
                .position(|entry| !entry.may_have_changed());
            self.entries.remove(least.unwrap_or(0));
            self.missing += 1;
        }
        self.entries.push_back(entry);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    };

    use async_trait::async_trait;
    use jiff::Timestamp;
    use portkey_api_core::Effect;

    use super::*;
    use crate::audit::{Decision, Excerpt, Sent};

    /// A log that can be looked at, and written only while there is room.
    #[derive(Debug, Clone, Default)]
    struct Narrow {
        has_room: Arc<AtomicBool>,
        lines: Arc<Mutex<Vec<u64>>>,
    }

    #[async_trait]
    impl AuditLog for Narrow {
        async fn check(&mut self) -> Result<(), Unwritable> {
            Ok(())
        }

        async fn append(&mut self, entries: &[AuditEntry]) -> Result<(), Unwritable> {
            if !self.has_room.load(Ordering::Relaxed) {
                return Err(Unwritable {
                    place: self.place(),
                    reason: "it is full".to_owned(),
                });
            }
            let numbers = entries.iter().map(|entry| entry.duration_ms);
            self.lines.lock().unwrap().extend(numbers);
            Ok(())
        }

        fn place(&self) -> String {
            "narrow".to_owned()
        }
    }

    fn entry(number: u64, effect: Effect) -> AuditEntry {
        let sent = Sent {
            request: Excerpt::of("PUT configs/pc-1"),
            status: None,
            trace_id: None,
        };
        AuditEntry {
            time: Timestamp::UNIX_EPOCH,
            principal: Excerpt::of("ada"),
            client: None,
            tool: "update_config",
            effect: effect.as_str(),
            target: None,
            workspace: None,
            decision: Decision::Allowed,
            outcome: "ok",
            duration_ms: number,
            trace_id: None,
            requests: vec![sent],
            more_requests: 0,
        }
    }

    #[tokio::test]
    async fn what_a_log_did_not_take_is_written_first_and_until_then_nothing_may_be_changed() {
        let log = Narrow::default();
        let writer = Writer::begin(Box::new(log.clone())).unwrap();
        assert!(writer.check().await.is_ok(), "nothing failed yet");
        assert!(writer.append(entry(1, Effect::Update)).await.is_err());
        for _ in 0..3 {
            assert!(writer.check().await.is_err());
        }
        assert!(writer.append(entry(2, Effect::Read)).await.is_err());
        log.has_room.store(true, Ordering::Relaxed);
        assert_eq!(writer.check().await, Ok(()));
        assert_eq!(writer.append(entry(3, Effect::Read)).await, Ok(()));
        assert_eq!(*log.lines.lock().unwrap(), [1, 2, 3]);
    }

    #[tokio::test]
    async fn a_log_that_has_room_again_takes_what_waits_though_nobody_calls() {
        let log = Narrow::default();
        let writer = Writer::begin(Box::new(log.clone())).unwrap();
        _ = writer.append(entry(1, Effect::Read)).await;
        log.has_room.store(true, Ordering::Relaxed);
        while log.lines.lock().unwrap().is_empty() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    #[test]
    fn where_too_many_wait_those_that_changed_nothing_are_given_up_first() {
        let mut waiting = Waiting::default();
        waiting.add(entry(0, Effect::Update));
        for number in 1..=2 * MOST_WAITING as u64 {
            waiting.add(entry(number, Effect::Read));
        }
        assert_eq!(waiting.entries.len(), MOST_WAITING);
        assert_eq!(waiting.entries.front().unwrap().duration_ms, 0);
        assert_eq!(
            waiting.entries.back().unwrap().duration_ms,
            2 * MOST_WAITING as u64
        );
        assert_eq!(waiting.missing, MOST_WAITING + 1);
    }
}
