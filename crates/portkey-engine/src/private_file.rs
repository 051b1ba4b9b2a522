//! Files that only their owner can read, and the identity of the file that a path leads to.

use std::{
    fs::{File, OpenOptions},
    io,
    path::{Path, PathBuf},
};

use etcetera::{AppStrategy as _, AppStrategyArgs, choose_app_strategy};

#[cfg(not(unix))]
use portable as system;
#[cfg(unix)]
use unix as system;

pub(crate) use system::Identity;

/// Returns the path of a file in the user's data directory, such as `~/.local/share/portkey-mcp`. `None` for users
/// without a home.
pub fn in_data_directory(name: &str) -> Option<PathBuf> {
    let strategy = choose_app_strategy(AppStrategyArgs {
        top_level_domain: "dev".to_owned(),
        author: "portkey-mcp".to_owned(),
        app_name: "portkey-mcp".to_owned(),
    });
    Some(strategy.ok()?.in_data_dir(name))
}

/// Returns the same path, if the file exists or could be created. Nothing is created yet.
pub fn usable_in_data_directory(name: &str) -> Option<PathBuf> {
    let path = in_data_directory(name)?;
    let is_usable = path.exists() || path.parent().is_some_and(system::can_be_written);
    is_usable.then_some(path)
}

/// Opens a file for appending and reading, and creates it and its folder if they do not exist. It must be a regular
/// file that belongs to this user and has no other name, and the path must not be a symbolic link: otherwise another
/// user could have put it there to read it, or to have another file overwritten. If other users may access the file,
/// that permission is removed.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) {
        system::make_private_folder(folder)?;
    }
    let mut options = OpenOptions::new();
    options.create(true).append(true).read(true);
    system::open_private(&options, path)
}

/// Opens a file for reading. The last part of the path must not be a symbolic link.
pub(crate) fn open_to_read(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    system::open_unlinked(&options, path)
}

/// Why a file is not written.
#[derive(Debug, thiserror::Error)]
enum NotPrivate {
    #[error("it is a symbolic link, which is not followed; name the file that it leads to")]
    Link,
    #[error("it is no regular file")]
    NotRegular,
    #[cfg(unix)]
    #[error(
        "it belongs to another user (number {owner}), who could read it; move it away or name another"
    )]
    Foreign { owner: u32 },
    #[cfg(unix)]
    #[error(
        "it has another name (a hard link), under which it could be read; remove one of them, or name another file"
    )]
    Linked,
}

impl From<NotPrivate> for io::Error {
    fn from(reason: NotPrivate) -> Self {
        Self::new(io::ErrorKind::PermissionDenied, reason)
    }
}

#[cfg(unix)]
mod unix {
    use std::{
        fs::{DirBuilder, File, Metadata, OpenOptions, Permissions},
        io,
        os::unix::fs::{
            DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _,
        },
        path::Path,
    };

    use rustix::{
        fs::{Access, AtFlags, CWD, OFlags, accessat},
        io::Errno,
        process::geteuid,
    };

    use super::NotPrivate;

    /// The identity of the file that a path leads to. Links and mounts do not change it.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(crate) struct Identity {
        device: u64,
        inode: u64,
    }

    impl Identity {
        /// Returns the identity of the file after all links are followed, without opening it.
        pub(crate) fn at(path: &Path) -> io::Result<Self> {
            Ok(Self::from_metadata(&std::fs::metadata(path)?))
        }

        /// Returns the identity of an open file.
        pub(crate) fn of(file: &File, _path: &Path) -> io::Result<Self> {
            Ok(Self::from_metadata(&file.metadata()?))
        }

        fn from_metadata(metadata: &Metadata) -> Self {
            Self {
                device: metadata.dev(),
                inode: metadata.ino(),
            }
        }
    }

    pub(super) fn open_unlinked(options: &OpenOptions, path: &Path) -> io::Result<File> {
        // Opening a pipe would block without `NONBLOCK`.
        let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
        let opened = options
            .clone()
            .custom_flags(flags.bits().cast_signed())
            .open(path);
        opened.map_err(|error| {
            if error.raw_os_error() == Some(Errno::LOOP.raw_os_error()) {
                NotPrivate::Link.into()
            } else {
                error
            }
        })
    }

    pub(super) fn open_private(options: &OpenOptions, path: &Path) -> io::Result<File> {
        let file = open_unlinked(options.clone().mode(0o600), path)?;
        let metadata = file.metadata()?;
        let owner = metadata.uid();
        if !metadata.is_file() {
            return Err(NotPrivate::NotRegular.into());
        }
        if owner != geteuid().as_raw() {
            return Err(NotPrivate::Foreign { owner }.into());
        }
        if metadata.nlink() > 1 {
            return Err(NotPrivate::Linked.into());
        }
        if metadata.permissions().mode() & 0o777 != 0o600 {
            file.set_permissions(Permissions::from_mode(0o600))?;
        }
        Ok(file)
    }

    /// Whether a folder can hold files of this user, or could if it were created.
    pub(super) fn can_be_written(folder: &Path) -> bool {
        let there = folder.ancestors().find(|folder| folder.exists());
        there.is_some_and(|folder| {
            let access = Access::WRITE_OK | Access::EXEC_OK;
            folder.is_dir() && accessat(CWD, folder, access, AtFlags::EACCESS).is_ok()
        })
    }

    pub(super) fn make_private_folder(folder: &Path) -> io::Result<()> {
        if folder.is_dir() {
            return Ok(());
        }
        DirBuilder::new().recursive(true).mode(0o700).create(folder)
    }
}

#[cfg(not(unix))]
mod portable {
    use std::{
        fs::{self, File, OpenOptions},
        io,
        path::{Path, PathBuf},
    };

    use super::NotPrivate;

    /// The identity of the file that a path leads to: its path after all links are followed.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub(crate) struct Identity(PathBuf);

    impl Identity {
        /// Returns the identity of the file after all links are followed, without opening it.
        pub(crate) fn at(path: &Path) -> io::Result<Self> {
            fs::canonicalize(path).map(Self)
        }

        /// Returns the identity of a file that was opened at `path`.
        pub(crate) fn of(_file: &File, path: &Path) -> io::Result<Self> {
            Self::at(path)
        }
    }

    pub(super) fn open_unlinked(options: &OpenOptions, path: &Path) -> io::Result<File> {
        if fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink()) {
            return Err(NotPrivate::Link.into());
        }
        options.open(path)
    }

    pub(super) fn open_private(options: &OpenOptions, path: &Path) -> io::Result<File> {
        let file = open_unlinked(options, path)?;
        if !file.metadata()?.is_file() {
            return Err(NotPrivate::NotRegular.into());
        }
        Ok(file)
    }

    /// Whether a folder can be written, or could be if it were created, as far as this can be determined without
    /// creating it.
    pub(super) fn can_be_written(folder: &Path) -> bool {
        let there = folder.ancestors().find(|folder| folder.exists());
        there.is_some_and(Path::is_dir)
    }

    pub(super) fn make_private_folder(folder: &Path) -> io::Result<()> {
        fs::create_dir_all(folder)
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
