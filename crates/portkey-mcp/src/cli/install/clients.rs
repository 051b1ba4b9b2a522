//! What is known of the clients: where their settings are, and how a server is written there.

mod table;

use std::path::{Path, PathBuf};

use super::edit::Format;
use crate::config::{System, UserFolders, folder, in_path};

pub(super) use table::CLIENTS;

/// A program that starts MCP servers, or connects to them.
#[derive(Debug)]
pub(super) struct Client {
    /// What the user types.
    pub(super) name: &'static str,
    /// What else the user may type.
    pub(super) aliases: &'static [&'static str],
    /// Its name.
    pub(super) title: &'static str,
    /// Its commands, by which it is found in `PATH`.
    pub(super) programs: &'static [&'static str],
    /// Where it reads the servers of this user.
    pub(super) user: UserFile,
    /// Where it reads the servers of a project, below the folder of that.
    pub(super) project: Option<&'static str>,
    /// How these files are written.
    pub(super) format: Format,
    /// The member that holds the servers.
    pub(super) servers: &'static str,
    /// How a server is written.
    pub(super) shape: Shape,
    /// How a server's entry refers to a secret.
    pub(super) secrets: SecretReference,
    /// Whether it has another `PATH` than shells have, so that the program has to be named by its path.
    pub(super) needs_path: bool,
    /// What to do for it to see a change.
    pub(super) reload: &'static str,
}

/// The file of this user's servers.
#[derive(Debug)]
pub(super) struct UserFile {
    /// The folder that the names are below.
    pub(super) base: Base,
    /// The names of the file, of which the first that exists is taken, and the first if none does.
    pub(super) names: &'static [&'static str],
    /// Where it is on Windows, if that differs.
    pub(super) windows: Option<(Base, &'static str)>,
    /// A variable that names another folder, and the name of the file in it.
    pub(super) variable: Option<(&'static str, &'static str)>,
}

/// A folder of the user.
#[derive(Debug, Clone, Copy)]
pub(super) enum Base {
    /// The home.
    Home,
    /// `~/.config`, or what `XDG_CONFIG_HOME` says.
    Config,
    /// The system's folder for desktop programs.
    Applications,
}

/// How a server is written.
#[derive(Debug)]
pub(super) enum Shape {
    /// By `command`, `args` and `env`, or by its address and `headers`.
    Plain {
        /// The `type` of a program.
        program: Option<&'static str>,
        /// How a remote server is written, if the client takes any here.
        remote: Option<Remote>,
        /// Whether the tools to offer must be listed.
        lists_tools: bool,
    },
    /// As Codex has it: variables by their names.
    Codex,
    /// As Goose has it: an extension.
    Goose,
    /// As opencode has it: the command as a list.
    Opencode,
}

/// How a remote server is written.
#[derive(Debug)]
pub(super) struct Remote {
    /// Its `type`.
    pub(super) kind: Option<&'static str>,
    /// The member for its address.
    pub(super) url: &'static str,
}

/// How an entry refers to a secret, which never stands in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SecretReference {
    /// By a variable's name between two texts.
    Between(&'static str, &'static str),
    /// By an input that the client asks its user for.
    Input,
    /// By a list of variables that the client hands over.
    Listed,
    /// Not at all, but programs inherit the client's environment.
    Inherited,
    /// Not at all.
    Nowhere,
}

impl Client {
    /// The client of a name or an alias.
    pub(super) fn named(name: &str) -> Option<&'static Self> {
        let name = name.to_lowercase();
        let mut clients = CLIENTS.iter();
        clients.find(|client| client.name == name || client.aliases.contains(&name.as_str()))
    }

    /// Every name and alias.
    pub(super) fn names() -> impl Iterator<Item = &'static str> {
        CLIENTS
            .iter()
            .flat_map(|client| client.aliases.iter().copied().chain([client.name]))
    }

    /// The file of this user's servers.
    pub(super) fn user_file(&self, folders: &UserFolders) -> PathBuf {
        self.user.path(folders, folder)
    }

    /// The file of a project's servers.
    pub(super) fn project_file(&self, project: &Path) -> Option<PathBuf> {
        Some(project.join(self.project?))
    }

    /// Whether it is on this machine, as far as its files and `PATH` show.
    pub(super) fn is_found(&self, folders: &UserFolders) -> bool {
        let file = self.user_file(folders);
        let has_folder = file
            .parent()
            .is_some_and(|folder| folder != folders.home && folder.is_dir());
        has_folder
            || file.exists()
            || self
                .programs
                .iter()
                .any(|program| in_path(program).is_some())
    }
}

impl UserFile {
    fn path(&self, folders: &UserFolders, variable: impl Fn(&str) -> Option<PathBuf>) -> PathBuf {
        if let Some((name, file)) = self.variable
            && let Some(folder) = variable(name)
        {
            return folder.join(file);
        }
        if let (System::Windows, Some((base, file))) = (folders.system, self.windows) {
            return base.of(folders).join(file);
        }
        let folder = self.base.of(folders);
        let mut paths = self.names.iter().map(|name| folder.join(name));
        let there = paths.clone().find(|path| path.exists());
        there.or_else(|| paths.next()).unwrap_or(folder)
    }
}

impl Base {
    fn of(self, folders: &UserFolders) -> PathBuf {
        match self {
            Self::Home => folders.home.clone(),
            Self::Config => folders.config.clone(),
            Self::Applications => folders.applications.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    /// The files of all clients on a system, with slashes as they are written everywhere.
    fn files(system: System, home: &str) -> String {
        let folders = UserFolders::of(system, home.into(), |_| None);
        let mut text = String::new();
        for client in &CLIENTS {
            let path = client.user.path(&folders, |_| None);
            let path = path.display().to_string().replace('\\', "/");
            _ = writeln!(text, "{} {path}", client.name);
        }
        text
    }

    #[test]
    fn the_files_of_clients_on_each_system() {
        let systems = [
            (System::Linux, "/home/ada"),
            (System::MacOs, "/Users/ada"),
            (System::Windows, "C:/Users/ada"),
        ];
        let files: Vec<_> = systems
            .into_iter()
            .map(|(system, home)| files(system, home))
            .collect();
        insta::assert_snapshot!(files.join("\n"));
    }

    #[test]
    fn a_variable_moves_the_file() {
        let folders = UserFolders::of(System::Linux, "/home/ada".into(), |name| {
            (name == "XDG_CONFIG_HOME").then(|| "/conf".into())
        });
        let codex = Client::named("codex").unwrap();
        let moved = |name: &str| (name == "CODEX_HOME").then(|| "/codex".into());
        assert_eq!(
            codex.user.path(&folders, moved),
            Path::new("/codex/config.toml")
        );
        let zed = Client::named("ZED").unwrap();
        assert_eq!(
            zed.user.path(&folders, |_| None),
            Path::new("/conf/zed/settings.json")
        );
    }

    #[test]
    fn no_two_clients_share_a_name() {
        let mut names: Vec<_> = Client::names().collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
