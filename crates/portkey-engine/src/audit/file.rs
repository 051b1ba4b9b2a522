//! The audit log in a file of JSON lines, each chained to the one before it.

use std::{
    fs::{File, TryLockError},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    path::PathBuf,
    thread,
    time::{Duration, Instant},
};

use async_trait::async_trait;

use super::{AuditEntry, AuditLog, Link, Unwritable};
use crate::private_file::{self, Identity};

/// How many bytes from the end of a file are searched for its last line at first. Most entries are shorter.
const TAIL: u64 = 4 * 1024;
/// How many bytes from the end of a file are searched at most. No entry is as long, because requests are not.
const LONGEST_TAIL: u64 = 64 * 1024 * 1024;
/// The longest wait for the lock of the file. Appending takes less.
const PATIENCE: Duration = Duration::from_secs(2);
/// The beginning of every line.
const BEGINNING: &[u8] = b"{\"sequence\":";

/// A file of entries, one a line, that only its owner can read. Several processes may append to it.
#[derive(Debug)]
pub(crate) struct FileLog {
    path: PathBuf,
    /// The number of the last line that was written or read.
    known: u64,
    /// The end of the file as this log left it.
    end: Option<End>,
    /// Whether something was written that the disk may not have yet.
    is_unsynced: bool,
}

/// The end of a file with whole lines. While the file is as long as this, its last line need not be read.
#[derive(Debug)]
struct End {
    file: Identity,
    length: u64,
    last: Link,
}

impl FileLog {
    /// Returns a log in this file, which is created when the first entry is written.
    pub(crate) fn at(path: PathBuf) -> Self {
        Self {
            path,
            known: 0,
            end: None,
            is_unsynced: false,
        }
    }

    /// Opens and locks the file. It is opened each time, so that it can be moved away to begin a new one.
    fn locked(&mut self) -> io::Result<Locked> {
        let file = private_file::open(&self.path)?;
        lock(&file)?;
        let identity = Identity::of(&file, &self.path)?;
        let length = file.metadata()?.len();
        let end = self
            .end
            .take()
            .filter(|end| end.file == identity && end.length == length);
        let locked = match end {
            Some(End { last, .. }) => Locked::at_end(file, identity, length, last),
            None => Locked::read(file, identity, length)?,
        };
        if locked.last.sequence < self.known {
            tracing::warn!(
                "the audit log, {}, begins anew after entry {}: what was written, up to entry {}, was moved away or removed",
                self.path.display(),
                locked.last.sequence,
                self.known
            );
        }
        self.known = locked.last.sequence;
        Ok(locked)
    }

    fn try_append(&mut self, entries: &[AuditEntry]) -> io::Result<()> {
        let mut locked = self.locked()?;
        let mut text = String::new();
        let mut link = locked.last.clone();
        for entry in entries {
            let (written, next) = link.next(entry)?;
            text.push_str(&written);
            text.push('\n');
            link = next;
        }
        if locked.torn > 0 {
            let (torn, path) = (locked.torn, self.path.display());
            tracing::warn!("dropping {torn} bytes of an entry that was never finished from {path}");
        }
        // A call that changed nothing is not worth the wait for the disk.
        let syncs = entries.iter().any(AuditEntry::may_have_changed);
        let length = locked.append(&text, syncs)?;
        self.is_unsynced = !syncs;
        self.known = link.sequence;
        self.end = Some(End {
            file: locked.identity,
            length,
            last: link,
        });
        Ok(())
    }

    fn try_sync(&mut self) -> io::Result<()> {
        if self.is_unsynced {
            match private_file::open_to_read(&self.path) {
                Ok(file) => file.sync_data()?,
                // It was moved away.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
            self.is_unsynced = false;
        }
        Ok(())
    }

    fn unwritable(&self, error: &io::Error) -> Unwritable {
        Unwritable {
            place: self.place(),
            reason: error.to_string(),
        }
    }
}

#[async_trait]
impl AuditLog for FileLog {
    async fn check(&mut self) -> Result<(), Unwritable> {
        let checked = self.locked().map(drop);
        checked.map_err(|error| self.unwritable(&error))
    }

    async fn append(&mut self, entries: &[AuditEntry]) -> Result<(), Unwritable> {
        let appended = self.try_append(entries);
        appended.map_err(|error| self.unwritable(&error))
    }

    async fn sync(&mut self) -> Result<(), Unwritable> {
        let synced = self.try_sync();
        synced.map_err(|error| self.unwritable(&error))
    }

    fn place(&self) -> String {
        self.path.display().to_string()
    }
}

/// Locks the file. Other processes hold the lock for a moment only, so a longer wait is an error.
fn lock(file: &File) -> io::Result<()> {
    let end = Instant::now() + PATIENCE;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::Error(error)) => return Err(error),
            Err(TryLockError::WouldBlock) if Instant::now() < end => {
                thread::sleep(Duration::from_millis(5));
            }
            Err(TryLockError::WouldBlock) => {
                let reason = "it is locked by another process";
                return Err(io::Error::new(io::ErrorKind::WouldBlock, reason));
            }
        }
    }
}

/// The locked file. Closing it releases the lock.
struct Locked {
    file: File,
    identity: Identity,
    last: Link,
    /// The number of bytes up to the end of the last complete line.
    whole: u64,
    /// The number of bytes after it, written by a process that was killed before it completed a line.
    torn: u64,
}

impl Locked {
    /// The file whose last line is known, and whole.
    fn at_end(file: File, identity: Identity, length: u64, last: Link) -> Self {
        Self {
            file,
            identity,
            last,
            whole: length,
            torn: 0,
        }
    }

    fn read(mut file: File, identity: Identity, length: u64) -> io::Result<Self> {
        let tail = tail(&mut file, length)?;
        let end = tail.iter().rposition(|byte| *byte == b'\n');
        let lines = end.and_then(|end| tail.get(..end));
        let last = lines.and_then(|lines| lines.rsplit(|byte| *byte == b'\n').next());
        let torn = end.map_or(tail.len(), |end| tail.len() - end - 1) as u64;
        let last = match last {
            Some(line) => link(line)?,
            None if is_beginning(&tail) => Link::default(),
            None => return Err(no_chain("holds something else than an audit log")),
        };
        Ok(Self {
            file,
            identity,
            last,
            whole: length - torn,
            torn,
        })
    }

    /// Writes text after the last complete line, or changes nothing, and returns the new length of the file. An
    /// incomplete line is overwritten: its entry was never reported as written.
    fn append(&mut self, text: &str, syncs: bool) -> io::Result<u64> {
        if self.torn > 0 {
            self.file.set_len(self.whole)?;
        }
        let mut write = || -> io::Result<u64> {
            self.file.write_all(text.as_bytes())?;
            if syncs {
                self.file.sync_data()?;
            }
            Ok(self.whole + text.len() as u64)
        };
        let written = write();
        if written.is_err() {
            // If this fails too, lines that are already complete are written again later. A duplicate is better than a
            // lost entry.
            _ = self.file.set_len(self.whole);
        }
        written
    }
}

/// Returns the end of the file from before its last complete line on, or the whole file.
fn tail(file: &mut File, length: u64) -> io::Result<Vec<u8>> {
    let mut size = TAIL;
    loop {
        let start = length.saturating_sub(size);
        file.seek(SeekFrom::Start(start))?;
        let mut tail = Vec::new();
        io::Read::by_ref(file)
            .take(length - start)
            .read_to_end(&mut tail)?;
        let ends = tail.iter().filter(|byte| **byte == b'\n');
        if start == 0 || ends.count() > 1 {
            return Ok(tail);
        }
        if size >= LONGEST_TAIL {
            return Err(no_chain("has no whole line in its last 64 MiB"));
        }
        size = (size * 8).min(LONGEST_TAIL);
    }
}

/// Whether a text may be the beginning of a first line.
fn is_beginning(text: &[u8]) -> bool {
    text.iter().zip(BEGINNING).all(|(one, other)| one == other)
}

fn link(line: &[u8]) -> io::Result<Link> {
    let text = str::from_utf8(line).map_err(|_| no_chain("does not end in text"))?;
    Link::read(text)
        .map_err(|error| no_chain(&format!("cannot be continued: its last line {error}")))
}

fn no_chain(reason: &str) -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        format!("it {reason}; look with `portkey-mcp audit verify`, then move the file away"),
    )
}
