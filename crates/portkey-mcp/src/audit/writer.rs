use std::{
    io,
    thread::{self, JoinHandle},
};

use tokio::sync::{
    mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    oneshot,
};

use super::{AuditLog, Entry, Unwritable};

/// A thread that appends to a log: what takes long there holds no call up but those that wait for it, and entries that
/// came meanwhile are appended together.
#[derive(Debug)]
pub(super) struct Writer {
    wishes: Option<UnboundedSender<Wish>>,
    thread: Option<JoinHandle<()>>,
}

type Told = oneshot::Sender<Result<(), Unwritable>>;

enum Wish {
    Check(Told),
    Append(Box<Entry>, Told),
}

impl Writer {
    pub(super) fn begin(log: Box<dyn AuditLog>) -> io::Result<Self> {
        let (wishes, heard) = unbounded_channel();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let thread = thread::Builder::new()
            .name("audit".to_owned())
            .spawn(move || runtime.block_on(write(log, heard)))?;
        Ok(Self {
            wishes: Some(wishes),
            thread: Some(thread),
        })
    }

    pub(super) async fn check(&self) -> Result<(), Unwritable> {
        self.told(Wish::Check).await
    }

    pub(super) async fn append(&self, entry: Entry) -> Result<(), Unwritable> {
        self.told(|told| Wish::Append(Box::new(entry), told)).await
    }

    pub(super) fn append_later(&self, entry: Entry) {
        self.send(Wish::Append(Box::new(entry), oneshot::channel().0));
    }

    async fn told(&self, wish: impl FnOnce(Told) -> Wish) -> Result<(), Unwritable> {
        let (told, hears) = oneshot::channel();
        self.send(wish(told));
        hears.await.unwrap_or_else(|_| {
            Err(Unwritable {
                place: "in a thread of its own".to_owned(),
                reason: "the thread has ended".to_owned(),
            })
        })
    }

    fn send(&self, wish: Wish) {
        if let Some(wishes) = &self.wishes {
            // A thread that has ended drops the wish, and whoever waits for it is told so.
            _ = wishes.send(wish);
        }
    }
}

impl Drop for Writer {
    /// Waits until everything is written.
    fn drop(&mut self) {
        drop(self.wishes.take());
        if let Some(thread) = self.thread.take() {
            // Why it panicked, it has said itself.
            _ = thread.join();
        }
    }
}

async fn write(mut log: Box<dyn AuditLog>, mut wishes: UnboundedReceiver<Wish>) {
    while let Some(first) = wishes.recv().await {
        let mut entries = Vec::new();
        let mut appending = Vec::new();
        let mut checking = Vec::new();
        let mut next = Some(first);
        while let Some(wish) = next {
            match wish {
                Wish::Check(told) => checking.push(told),
                Wish::Append(entry, told) => {
                    entries.push(*entry);
                    appending.push(told);
                }
            }
            next = wishes.try_recv().ok();
        }
        if !checking.is_empty() {
            tell(checking, &log.check().await);
        }
        if !entries.is_empty() {
            let result = log.append(&entries).await;
            if let Err(unwritable) = &result {
                tracing::error!("{unwritable}; {} calls are missing from it", entries.len());
            }
            tell(appending, &result);
        }
    }
}

fn tell(waiting: Vec<Told>, result: &Result<(), Unwritable>) {
    for told in waiting {
        // Whoever stopped waiting need not know.
        _ = told.send(result.clone());
    }
}
