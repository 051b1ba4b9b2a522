//! Watches files for changes, and hears SIGHUP, which asks for a reload in any case.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use notify::{RecommendedWatcher, RecursiveMode, Watcher as _};
use sha2::{Digest as _, Sha256};
use tokio::{sync::mpsc, time::timeout};

/// How long nothing must happen before a change is reported, since writers take several steps.
const SETTLED_AFTER: Duration = Duration::from_millis(500);

/// Watches files whose change asks for a reload.
#[derive(Debug)]
pub(crate) struct FileWatcher {
    watcher: Option<RecommendedWatcher>,
    events: mpsc::UnboundedReceiver<Event>,
    folders: BTreeSet<PathBuf>,
    /// The SHA-256 of each file when it was last read; `None` if it could not be.
    files: BTreeMap<PathBuf, Option<[u8; 32]>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Event {
    /// Something happened in a watched folder, perhaps to another file.
    FolderChanged,
    /// SIGHUP was received.
    ReloadRequested,
}

impl FileWatcher {
    /// Begins to watch these files. If the system cannot, only SIGHUP is left, and the log says so.
    pub(crate) fn watching(files: &[PathBuf]) -> Self {
        let (sender, events) = mpsc::unbounded_channel();
        forward_hangups(sender.clone());
        let forward = move |event: notify::Result<notify::Event>| {
            if event.is_ok_and(|event| !event.kind.is_access()) {
                _ = sender.send(Event::FolderChanged);
            }
        };
        let watcher = notify::recommended_watcher(forward);
        let mut changes = Self {
            watcher: watcher.inspect_err(cannot_watch).ok(),
            events,
            folders: BTreeSet::new(),
            files: BTreeMap::new(),
        };
        changes.watch(files);
        changes
    }

    /// Watches these files from now on.
    ///
    /// Folders are watched instead of files, because files are replaced: by editors under a new inode, by Kubernetes
    /// through a link beside them.
    pub(crate) fn watch(&mut self, files: &[PathBuf]) {
        // Known digests are kept, so that a change since then is still noticed.
        let known = |path: &PathBuf| {
            self.files
                .get(path)
                .copied()
                .unwrap_or_else(|| digest(path))
        };
        self.files = files
            .iter()
            .map(|path| (path.clone(), known(path)))
            .collect();
        let places = files
            .iter()
            .flat_map(|path| [Some(path.clone()), path.canonicalize().ok()]);
        let folders: BTreeSet<PathBuf> = places.flatten().map(|path| folder(&path)).collect();
        let Some(watcher) = &mut self.watcher else {
            return;
        };
        for left in self.folders.difference(&folders) {
            // Fails for a folder that is gone, which is not watched any more anyway.
            _ = watcher.unwatch(left);
        }
        for new in folders.difference(&self.folders) {
            _ = watcher
                .watch(new, RecursiveMode::NonRecursive)
                .inspect_err(cannot_watch);
        }
        self.folders = folders;
    }

    /// Waits for the next change or request; `None` if none can come.
    pub(crate) async fn next(&mut self) -> Option<()> {
        loop {
            let mut event = self.events.recv().await?;
            while let Ok(Some(next)) = timeout(SETTLED_AFTER, self.events.recv()).await {
                if next == Event::ReloadRequested {
                    event = next;
                }
            }
            if event == Event::ReloadRequested || self.differ() {
                return Some(());
            }
        }
    }

    /// Whether the files differ from when they were last read.
    fn differ(&mut self) -> bool {
        let now: BTreeMap<_, _> = self
            .files
            .keys()
            .map(|path| (path.clone(), digest(path)))
            .collect();
        let differ = now != self.files;
        self.files = now;
        differ
    }
}

fn digest(path: &Path) -> Option<[u8; 32]> {
    fs::read(path)
        .ok()
        .map(|content| Sha256::digest(content).into())
}

fn folder(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

fn cannot_watch(error: &notify::Error) {
    tracing::warn!("changes of the configuration are only read upon SIGHUP: {error}");
}

#[cfg(unix)]
fn forward_hangups(sender: mpsc::UnboundedSender<Event>) {
    use tokio::signal::unix::{SignalKind, signal};

    match signal(SignalKind::hangup()) {
        Ok(mut signals) => {
            tokio::spawn(async move {
                while signals.recv().await.is_some() && sender.send(Event::ReloadRequested).is_ok()
                {
                }
            });
        }
        Err(error) => tracing::warn!("SIGHUP cannot be received: {error}"),
    }
}

#[cfg(not(unix))]
fn forward_hangups(_: mpsc::UnboundedSender<Event>) {}
