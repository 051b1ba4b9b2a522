use std::{
    fs::File,
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
};

use async_trait::async_trait;

use super::{AuditLog, Entry, Link, Unwritable};
use crate::private_file;

/// How far from its end a file is searched for its last line; entries are far shorter.
const TAIL: u64 = 64 * 1024;

/// A file of entries, a line each, readable by its owner alone. Several processes may append to it.
#[derive(Debug)]
pub struct FileLog {
    path: PathBuf,
}

impl FileLog {
    /// In this file, which is made when it is first written.
    pub fn at(path: PathBuf) -> Self {
        Self { path }
    }

    /// Opens the file anew each time, so that it may be moved away to begin another.
    fn locked(&self) -> io::Result<Locked> {
        let file = private_file::open(&self.path)?;
        file.lock()?;
        Locked::read(file)
    }

    fn try_append(&self, entries: &[Entry]) -> io::Result<()> {
        let mut locked = self.locked()?;
        locked.drop_torn_line(&self.path)?;
        let mut text = String::new();
        let mut link = locked.last;
        for entry in entries {
            let (written, next) = link.next(entry)?;
            text.push_str(&written);
            text.push('\n');
            link = next;
        }
        locked.file.write_all(text.as_bytes())?;
        locked.file.sync_data()
    }

    fn unwritable(&self, error: &io::Error) -> Unwritable {
        Unwritable {
            place: self.path.display().to_string(),
            reason: error.to_string(),
        }
    }
}

#[async_trait]
impl AuditLog for FileLog {
    async fn check(&mut self) -> Result<(), Unwritable> {
        self.locked()
            .map(drop)
            .map_err(|error| self.unwritable(&error))
    }

    async fn append(&mut self, entries: &[Entry]) -> Result<(), Unwritable> {
        self.try_append(entries)
            .map_err(|error| self.unwritable(&error))
    }
}

/// The file while nobody else appends to it; closing it lets others.
struct Locked {
    file: File,
    last: Link,
    /// Bytes behind the last whole line: a process was killed while it wrote them.
    torn: u64,
    length: u64,
}

impl Locked {
    fn read(mut file: File) -> io::Result<Self> {
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
        let mut tail = Vec::new();
        file.read_to_end(&mut tail)?;
        let whole = tail.iter().rposition(|byte| *byte == b'\n');
        let (lines, torn) = match whole {
            Some(end) => (tail.get(..end).unwrap_or_default(), tail.len() - end - 1),
            None => (&[][..], tail.len()),
        };
        let last = lines.rsplit(|byte| *byte == b'\n').next();
        let last = match last {
            Some(line) if whole.is_some() => link(line)?,
            _ if length > TAIL => return Err(no_chain("has no end of line in its last 64 KiB")),
            _ => Link::default(),
        };
        Ok(Self {
            file,
            last,
            torn: torn as u64,
            length,
        })
    }

    /// What was never wholly written was never promised to anybody.
    fn drop_torn_line(&mut self, path: &Path) -> io::Result<()> {
        if self.torn == 0 {
            return Ok(());
        }
        tracing::warn!(
            "dropping {} bytes of an entry that was never finished from {}",
            self.torn,
            path.display()
        );
        self.file.set_len(self.length - self.torn)
    }
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
