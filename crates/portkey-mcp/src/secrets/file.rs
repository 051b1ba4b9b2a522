use std::{
    fs::File,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use serde_json::json;

use super::{Origin, SinkFailure};
use crate::private_file;

/// A file of secrets, one JSON object a line, readable by its owner alone.
#[derive(Debug)]
pub struct SecretFile {
    path: PathBuf,
}

impl SecretFile {
    pub(super) fn at(path: PathBuf) -> Self {
        Self { path }
    }

    /// `secrets.jsonl` where this system keeps a user's data, such as `~/.local/share/portkey-mcp`.
    pub(super) fn in_data_directory() -> Result<Self, SinkFailure> {
        private_file::in_data_directory("secrets.jsonl")
            .map(Self::at)
            .ok_or(SinkFailure::NoDirectory)
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Opens the file for one more line, making it and its folder where they are missing.
    pub(super) fn open(&self) -> Result<File, SinkFailure> {
        private_file::open(&self.path).map_err(|source| self.unwritable(source))
    }

    pub(super) fn append(&self, origin: &Origin<'_>, secret: &str) -> Result<(), SinkFailure> {
        let line = json!({
            "time": jiff::Timestamp::now().to_string(),
            "tool": origin.tool,
            "id": origin.id,
            "field": origin.field,
            "secret": secret,
        });
        let mut file = self.open()?;
        // One write, so that two processes never mix their lines.
        file.write_all(format!("{line}\n").as_bytes())
            .and_then(|()| file.sync_data())
            .map_err(|source| self.unwritable(source))
    }

    fn unwritable(&self, source: io::Error) -> SinkFailure {
        SinkFailure::Unwritable {
            path: self.path.clone(),
            source,
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt as _};

    use super::*;

    const ORIGIN: Origin<'static> = Origin {
        tool: "create_api_key",
        field: "key",
        id: Some("k-1"),
    };

    #[test]
    fn only_the_owner_can_read_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = SecretFile::at(folder.path().join("deep/er/secrets.jsonl"));
        file.append(&ORIGIN, "one").unwrap();
        let mode = fs::metadata(file.path()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_file_open_to_others_is_closed_before_it_gets_a_secret() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secrets.jsonl");
        fs::write(&path, "").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        SecretFile::at(path.clone()).append(&ORIGIN, "one").unwrap();
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }

    #[test]
    fn every_secret_is_a_line() {
        let folder = tempfile::tempdir().unwrap();
        let file = SecretFile::at(folder.path().join("secrets.jsonl"));
        file.append(&ORIGIN, "one").unwrap();
        file.append(&ORIGIN, "two").unwrap();
        let text = fs::read_to_string(file.path()).unwrap();
        let secrets: Vec<serde_json::Value> = text
            .lines()
            .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["secret"].clone())
            .collect();
        assert_eq!(secrets, ["one", "two"]);
    }
}
