//! A file as the sink for new secrets.

use std::{
    fmt,
    fs::File,
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
    sync::Arc,
};

use async_trait::async_trait;
use portkey_api_core::last_four;
use serde_json::Value;
use tokio::task::spawn_blocking;

use super::{NewSecret, Own, SecretSink, SinkFailure};
use crate::private_file::{self, Identity};

/// A file of secrets, one JSON object a line, that only its owner can read.
#[derive(Debug)]
pub(super) struct SecretFile {
    path: PathBuf,
    /// The other files of this program, which must not be overwritten.
    own: Own,
}

impl SecretFile {
    pub(super) fn at(path: PathBuf, own: Own) -> Self {
        Self { path, own }
    }

    /// Returns `secrets.jsonl` in the user's data directory, such as `~/.local/share/portkey-mcp`.
    pub(super) fn in_data_directory(own: Own) -> Option<Self> {
        let path = private_file::usable_in_data_directory("secrets.jsonl");
        path.map(|path| Self::at(path, own))
    }

    fn path(&self) -> &Path {
        &self.path
    }

    /// Opens the file to append a line, and creates it and its folder if they do not exist.
    fn open(&self) -> Result<File, SinkFailure> {
        self.open_private()
            .map_err(|source| self.unwritable(source))
    }

    fn open_private(&self) -> io::Result<File> {
        let file = private_file::open(&self.path)?;
        if self.own.has(&Identity::of(&file, &self.path)?) {
            return Err(io::Error::other(
                "it is this server's own for something else, such as its audit log",
            ));
        }
        Ok(file)
    }

    fn append(&self, new: &NewSecret) -> Result<(), SinkFailure> {
        self.try_append(&new.record().to_string())
            .map_err(|source| self.unwritable(source))
    }

    /// Appends a line in one write, so that two processes never mix their lines. If the last line is incomplete,
    /// because the disk was full, a line end is written first.
    fn try_append(&self, record: &str) -> io::Result<()> {
        let mut file = self.open_private()?;
        let ending = if ends_in_line(&mut file)? { "" } else { "\n" };
        file.write_all(format!("{ending}{record}\n").as_bytes())?;
        file.sync_data()
    }

    fn unwritable(&self, source: io::Error) -> SinkFailure {
        SinkFailure::Unwritable {
            path: self.path.clone(),
            source,
        }
    }
}

#[async_trait]
impl SecretSink for Arc<SecretFile> {
    async fn prepare(&self) -> Result<(), SinkFailure> {
        let file = Self::clone(self);
        spawn_blocking(move || file.open().map(drop)).await?
    }

    async fn keep(&self, new: NewSecret) -> Result<Value, SinkFailure> {
        let shown = last_four(&new.secret);
        let file = Self::clone(self);
        spawn_blocking(move || file.append(&new)).await??;
        Ok(format!("{shown} (in full in {})", self.path().display()).into())
    }

    fn file(&self) -> Option<&Path> {
        Some(self.path())
    }
}

impl fmt::Display for SecretFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "in {}", self.path().display())
    }
}

/// Whether the file is empty or ends with a line end.
fn ends_in_line(file: &mut File) -> io::Result<bool> {
    let length = file.seek(SeekFrom::End(0))?;
    let Some(last) = length.checked_sub(1) else {
        return Ok(true);
    };
    file.seek(SeekFrom::Start(last))?;
    let mut byte = [0];
    file.read_exact(&mut byte)?;
    Ok(byte == *b"\n")
}

#[cfg(all(test, unix))]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt as _};

    use super::*;

    fn at(path: PathBuf) -> SecretFile {
        SecretFile::at(path, Own::default())
    }

    fn new(secret: &str) -> NewSecret {
        NewSecret {
            tool: "create_api_key",
            field: "key".to_owned(),
            id: Some("k-1".to_owned()),
            principal: "local".into(),
            secret: secret.to_owned(),
        }
    }

    #[test]
    fn only_the_owner_can_read_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = at(folder.path().join("deep/er/secrets.jsonl"));
        file.append(&new("one")).unwrap();
        let mode = fs::metadata(file.path()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_file_open_to_others_is_closed_before_it_gets_a_secret() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secrets.jsonl");
        fs::write(&path, "").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        at(path.clone()).append(&new("one")).unwrap();
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }

    #[test]
    fn every_secret_is_a_line() {
        let folder = tempfile::tempdir().unwrap();
        let file = at(folder.path().join("secrets.jsonl"));
        file.append(&new("one")).unwrap();
        file.append(&new("two")).unwrap();
        let text = fs::read_to_string(file.path()).unwrap();
        let secrets: Vec<Value> = text
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap()["secret"].clone())
            .collect();
        assert_eq!(secrets, ["one", "two"]);
    }
    #[test]
    fn what_was_not_finished_stays_a_line_of_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let file = at(folder.path().join("secrets.jsonl"));
        file.append(&new("one")).unwrap();
        let whole = fs::read_to_string(file.path()).unwrap();
        fs::write(file.path(), format!("{whole}{{\"time\":")).unwrap();
        file.append(&new("two")).unwrap();
        let text = fs::read_to_string(file.path()).unwrap();
        let lines: Vec<_> = text.lines().collect();
        assert_eq!((lines.len(), lines[1]), (3, "{\"time\":"));
        assert!(lines[2].contains("two"), "{text}");
    }

    #[test]
    fn a_file_of_the_program_takes_no_secrets_under_any_name() {
        let folder = tempfile::tempdir().unwrap();
        let own = Own {
            files: vec![folder.path().join("journal.sqlite")],
            ..Own::default()
        };
        for name in ["journal.sqlite", "journal.sqlite-wal"] {
            let path = folder.path().join(name);
            fs::write(&path, "").unwrap();
            let file = SecretFile::at(path, own.clone());
            assert!(file.open().is_err() && file.append(&new("one")).is_err());
        }
        let path = folder.path().join("secrets.jsonl");
        assert!(SecretFile::at(path, own).append(&new("one")).is_ok());
    }
}
