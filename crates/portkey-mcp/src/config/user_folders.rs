//! Where programs of this user are and keep their settings, as the system and the environment say.

use std::{env, path::PathBuf};

/// What kind of system this is: clients keep their files in other folders on each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum System {
    /// Linux, and what is like it.
    Linux,
    /// macOS.
    MacOs,
    /// Windows.
    Windows,
}

/// The folders of this user.
#[derive(Debug, Clone)]
pub(crate) struct UserFolders {
    /// The system that they are of.
    pub(crate) system: System,
    /// The home.
    pub(crate) home: PathBuf,
    /// `XDG_CONFIG_HOME`, or `.config` in the home, on every system.
    pub(crate) config: PathBuf,
    /// Where the system wants the data of desktop programs.
    pub(crate) applications: PathBuf,
}

impl System {
    /// The system that this program runs on.
    pub(crate) const CURRENT: Self = if cfg!(windows) {
        Self::Windows
    } else if cfg!(target_os = "macos") {
        Self::MacOs
    } else {
        Self::Linux
    };
}

impl UserFolders {
    /// The folders of the user who runs this program; `None` for users without a home.
    pub(crate) fn read() -> Option<Self> {
        Some(Self::of(System::CURRENT, env::home_dir()?, folder))
    }

    /// The folders on a system, by the home and the variables there.
    pub(crate) fn of(
        system: System,
        home: PathBuf,
        variable: impl Fn(&str) -> Option<PathBuf>,
    ) -> Self {
        let config = variable("XDG_CONFIG_HOME").unwrap_or_else(|| home.join(".config"));
        let applications = match system {
            System::Linux => config.clone(),
            System::MacOs => home.join("Library").join("Application Support"),
            System::Windows => {
                variable("APPDATA").unwrap_or_else(|| home.join("AppData").join("Roaming"))
            }
        };
        Self {
            system,
            home,
            config,
            applications,
        }
    }
}

/// The folder that a variable names; relative ones are ignored, as the XDG specification wants it.
pub(crate) fn folder(name: &str) -> Option<PathBuf> {
    env::var_os(name)
        .map(PathBuf::from)
        .filter(|path| path.is_absolute())
}

/// Where a program is that `PATH` leads to.
pub(crate) fn in_path(program: &str) -> Option<PathBuf> {
    which::which(program).ok()
}
