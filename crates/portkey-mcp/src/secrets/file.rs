use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use etcetera::{AppStrategy as _, AppStrategyArgs, choose_app_strategy};

use super::{NewSecret, SinkFailure};

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
        let strategy = choose_app_strategy(AppStrategyArgs {
            top_level_domain: "dev".to_owned(),
            author: "portkey-mcp".to_owned(),
            app_name: "portkey-mcp".to_owned(),
        });
        let strategy = strategy.map_err(|_| SinkFailure::NoDirectory)?;
        Ok(Self::at(strategy.in_data_dir("secrets.jsonl")))
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Opens the file for one more line, making it and its folder where they are missing.
    pub(super) fn open(&self) -> Result<File, SinkFailure> {
        self.try_open().map_err(|source| self.unwritable(source))
    }

    pub(super) fn append(&self, new: &NewSecret) -> Result<(), SinkFailure> {
        let line = format!("{}\n", new.record());
        let mut file = self.open()?;
        // One write, so that two processes never mix their lines.
        file.write_all(line.as_bytes())
            .and_then(|()| file.sync_data())
            .map_err(|source| self.unwritable(source))
    }

    fn try_open(&self) -> io::Result<File> {
        if let Some(folder) = self.path.parent().filter(|f| !f.as_os_str().is_empty()) {
            make_private_folder(folder)?;
        }
        let mut options = OpenOptions::new();
        options.create(true).append(true);
        private(&mut options);
        let file = options.open(&self.path)?;
        restrict(&file)?;
        Ok(file)
    }

    fn unwritable(&self, source: io::Error) -> SinkFailure {
        SinkFailure::Unwritable {
            path: self.path.clone(),
            source,
        }
    }
}

#[cfg(unix)]
fn private(options: &mut OpenOptions) {
    use std::os::unix::fs::OpenOptionsExt as _;
    options.mode(0o600);
}

/// A file that was there before may be open to others.
#[cfg(unix)]
fn restrict(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mut permissions = file.metadata()?.permissions();
    if permissions.mode() & 0o777 != 0o600 && file.metadata()?.is_file() {
        permissions.set_mode(0o600);
        file.set_permissions(permissions)?;
    }
    Ok(())
}

#[cfg(unix)]
fn make_private_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    if folder.is_dir() {
        return Ok(());
    }
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
}

#[cfg(not(unix))]
fn private(_: &mut OpenOptions) {}

#[cfg(not(unix))]
fn restrict(_: &File) -> io::Result<()> {
    Ok(())
}

#[cfg(not(unix))]
fn make_private_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

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
        let file = SecretFile::at(folder.path().join("deep/er/secrets.jsonl"));
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
        SecretFile::at(path.clone()).append(&new("one")).unwrap();
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }

    #[test]
    fn every_secret_is_a_line() {
        let folder = tempfile::tempdir().unwrap();
        let file = SecretFile::at(folder.path().join("secrets.jsonl"));
        file.append(&new("one")).unwrap();
        file.append(&new("two")).unwrap();
        let text = fs::read_to_string(file.path()).unwrap();
        let secrets: Vec<serde_json::Value> = text
            .lines()
            .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["secret"].clone())
            .collect();
        assert_eq!(secrets, ["one", "two"]);
    }
}
