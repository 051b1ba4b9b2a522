//! The file with a client's settings: read, kept beside itself, and replaced as a whole.

use std::{
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use tempfile::Builder;

/// The name that the file before a change gets, after its own.
const BACKUP: &str = ".portkey-mcp.bak";

/// What some editors on Windows put before a text.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// A file with settings.
#[derive(Debug)]
pub(super) struct SettingsFile {
    /// Where it is, after all links are followed: they stay.
    path: PathBuf,
    /// What it says; nothing if there is no such file.
    text: Option<String>,
}

/// Why the file cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UnusableFile {
    /// It cannot be read.
    #[error("it cannot be read")]
    Unreadable(#[source] io::Error),
    /// It cannot be written.
    #[error("it cannot be written")]
    Unwritable(#[source] io::Error),
    /// Somebody wrote it meanwhile.
    #[error("another program has just written it; try again")]
    Changed,
}

impl SettingsFile {
    /// Reads the file at a path, if there is one.
    pub(super) fn read(path: &Path) -> Result<Self, UnusableFile> {
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let text = read(&path)?;
        Ok(Self { path, text })
    }

    /// What it says, after a mark at its beginning.
    pub(super) fn text(&self) -> &str {
        let text = self.text.as_deref().unwrap_or_default();
        text.trim_start_matches(BYTE_ORDER_MARK)
    }

    /// Whether there is one.
    pub(super) fn exists(&self) -> bool {
        self.text.is_some()
    }

    /// What it said before the last change of this program, if that was kept.
    pub(super) fn backup(&self) -> Option<String> {
        let text = fs::read_to_string(self.backup_path()).ok()?;
        Some(text.trim_start_matches(BYTE_ORDER_MARK).to_owned())
    }

    /// Where it is kept as it was.
    pub(super) fn backup_path(&self) -> PathBuf {
        let mut path = self.path.clone().into_os_string();
        path.push(BACKUP);
        path.into()
    }

    /// Puts another text in its place, after keeping what it says. A new file is only for its owner to read if it is
    /// private.
    pub(super) fn replace(&self, text: &str, is_private: bool) -> Result<(), UnusableFile> {
        let written = self.keep().and_then(|()| self.written(text, is_private));
        let new = written.map_err(UnusableFile::Unwritable)?;
        if read(&self.path)? != self.text {
            return Err(UnusableFile::Changed);
        }
        new.persist(&self.path)
            .map_err(|error| UnusableFile::Unwritable(error.error))?;
        Ok(())
    }

    /// A file beside it with the text, on its way to its place.
    fn written(&self, text: &str, is_private: bool) -> io::Result<tempfile::NamedTempFile> {
        let folder = self.path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder)?;
        let mut builder = Builder::new();
        if !is_private {
            share(&mut builder);
        }
        let mut new = builder.tempfile_in(folder)?;
        if self.exists() {
            let permissions = fs::metadata(&self.path)?.permissions();
            new.as_file().set_permissions(permissions)?;
        }
        if self
            .text
            .as_ref()
            .is_some_and(|text| text.starts_with(BYTE_ORDER_MARK))
        {
            write!(new, "{BYTE_ORDER_MARK}")?;
        }
        new.write_all(text.as_bytes())?;
        new.as_file().sync_all()?;
        Ok(new)
    }

    /// Keeps what it says beside it, with its permissions.
    fn keep(&self) -> io::Result<()> {
        if self.exists() {
            fs::copy(&self.path, self.backup_path())?;
        }
        Ok(())
    }
}

fn read(path: &Path) -> Result<Option<String>, UnusableFile> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(UnusableFile::Unreadable(error)),
    }
}

/// Lets others read a new file as far as the process's mask does.
#[cfg(unix)]
fn share(builder: &mut Builder<'_, '_>) {
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
}

#[cfg(not(unix))]
fn share(_: &mut Builder<'_, '_>) {}
