//! Tells when the configuration may have changed: a file did, or somebody sent SIGHUP.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use notify::{RecommendedWatcher, RecursiveMode, Watcher as _};
use sha2::{Digest as _, Sha256};
use tokio::{sync::mpsc, time::timeout};

/// Writers take several steps; the last is waited for.
const SETTLED_AFTER: Duration = Duration::from_millis(500);

/// Reasons to read the configuration again.
#[derive(Debug)]
pub(crate) struct FileWatcher {
    watcher: Option<RecommendedWatcher>,
    events: mpsc::UnboundedReceiver<Event>,
    folders: BTreeSet<PathBuf>,
    /// What the files held when they were last looked at.
    files: BTreeMap<PathBuf, Option<[u8; 32]>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Event {
    /// Something happened in a folder; not necessarily to a file of ours.
    FolderChanged,
    /// Somebody wants it.
    ReloadRequested,
}

impl FileWatcher {
    /// Begins to watch these files. Where the system cannot, only SIGHUP is left, and the log says so.
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
        // What was known before stays so: a change since then must not go unnoticed.
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
            // A folder that is gone is not watched any more as it is.
            _ = watcher.unwatch(left);
        }
        for new in folders.difference(&self.folders) {
            _ = watcher
                .watch(new, RecursiveMode::NonRecursive)
                .inspect_err(cannot_watch);
        }
        self.folders = folders;
    }

    /// Waits for the next reason; `None` when there will be none.
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

    /// Whether the files hold something else than when they were last looked at.
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
    tracing::warn!("changes of the configuration go unnoticed until SIGHUP: {error}");
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
        Err(error) => tracing::warn!("SIGHUP is not heard: {error}"),
    }
}

#[cfg(not(unix))]
fn forward_hangups(_: mpsc::UnboundedSender<Event>) {}
