//! `portkey-mcp install` and `uninstall`: the server in the settings of MCP clients.

mod clients;
mod diff;
mod edit;
mod entry;
mod failure;
mod installed;
mod next_steps;
mod overview;
mod settings_file;

use std::{
    env, fs,
    path::{self, Path, PathBuf},
};

use clap::Args;
use portkey_api::nearest;
use serde_json::Value;
use url::Url;

use super::{CommandFailure, Invocation, note, print};
use crate::config::{FileSetting, SandboxSetting, UserFolders, in_path};
use clients::Client;
use edit::{EditFailure, Slot};
use entry::{Addition, KEY, PROGRAM, Server};
use settings_file::SettingsFile;

pub(crate) use failure::InstallFailure;
pub(super) use installed::{ClientFile, Launch, VariableValue, client_files};

/// The arguments of `install`.
#[derive(Debug, Args)]
pub(super) struct Install {
    /// The client: `claude-code`, `claude-desktop`, `cursor`, `vscode`, `windsurf`, `codex`, `gemini`, `zed`, `goose`,
    /// `opencode` or `copilot`. Left out: list them, and what they have.
    client: Option<String>,

    #[command(flatten)]
    file: FileSetting,

    #[command(flatten)]
    target: Target,

    /// Write a server that runs at this address, instead of a program to start.
    #[arg(long, value_name = "URL", value_parser = address)]
    http: Option<Url>,

    /// Variable with the bearer token for `--http`; the entry refers to it.
    #[arg(long, value_name = "NAME", requires = "http", value_parser = variable_name)]
    token_env: Option<String>,

    /// The program to start. Left out: `portkey-mcp` if that is this program in `PATH`, else the path of this program.
    #[arg(long, value_name = "PATH")]
    command: Option<String>,
}

/// The arguments of `uninstall`.
#[derive(Debug, Args)]
pub(super) struct Uninstall {
    /// The client, as for `install`.
    client: String,

    #[command(flatten)]
    target: Target,
}

/// Which entry of which file is meant.
#[derive(Debug, Args)]
struct Target {
    /// Take the file of the project in the current folder, instead of yours.
    #[arg(long)]
    project: bool,

    /// Name of the server in the client. Left out: `portkey`, or `portkey-sandbox` with `--sandbox`.
    #[arg(long, value_name = "NAME", value_parser = server_name)]
    name: Option<String>,

    /// Also if the entry of that name is not ours.
    #[arg(long)]
    force: bool,

    /// Show what would change, and change nothing.
    #[arg(long)]
    dry_run: bool,
}

/// Writes the server into the settings of a client, or lists the clients.
pub(super) fn install(invocation: &Invocation, arguments: &Install) -> Result<(), CommandFailure> {
    let folders = UserFolders::read().ok_or(InstallFailure::NoHome)?;
    let Some(name) = &arguments.client else {
        return print(overview::overview(&folders));
    };
    let client = client(name)?;
    let target = &arguments.target;
    let flags = Flags::of(invocation, &arguments.file);
    let server = server(client, arguments, &flags)?;
    let addition = client
        .addition(&server)
        .ok_or(InstallFailure::NoRemote(client.title))?;
    let name = target.name(&flags);
    let file = Settings::read(client, target, &folders, name)?;
    if let Some(there) = file.slot().entry(&file.content) {
        if file.says(&addition) {
            return print(format!("{} has this server already.", file.path.display()));
        }
        if !target.force && !is_ours(there, &addition) {
            return Err(file.taken().into());
        }
    }
    let edited = file.slot().with(file.file.text(), &addition);
    let edited = edited.map_err(|reason| file.not_edited(reason, &addition))?;
    if file.write(&edited, target)? {
        print(next_steps::next_steps(client, &server))?;
    }
    Ok(())
}

/// Takes the server out of the settings of a client.
pub(super) fn uninstall(
    invocation: &Invocation,
    arguments: &Uninstall,
) -> Result<(), CommandFailure> {
    let folders = UserFolders::read().ok_or(InstallFailure::NoHome)?;
    let client = client(&arguments.client)?;
    let target = &arguments.target;
    let name = target.name(&Flags::of(invocation, &FileSetting::default()));
    let file = Settings::read(client, target, &folders, name)?;
    let Some(there) = file.slot().entry(&file.content) else {
        let (path, name) = (file.path.display(), &file.name);
        note(format_args!("{path} has no server `{name}`"));
        return Ok(());
    };
    let text = file.file.text();
    let backup = file.file.backup();
    let before = backup.and_then(|backup| file.slot().undone(text, &backup));
    if !target.force && before.is_none() && !entry::starts_us(there) {
        return Err(file.not_ours().into());
    }
    let edited = before.map_or_else(|| file.slot().without(text), Ok);
    let edited = edited.map_err(|reason| file.not_taken_out(reason))?;
    if file.write(&edited, target)? {
        print(format!("{} sees this when it starts again.", client.title))?;
    }
    Ok(())
}

/// How a client has the program in its settings, and what it asks its user for; `None` if there is no such client.
pub fn client_entry(client: &str) -> Option<(Value, Vec<Value>)> {
    let server = Server::Program {
        command: PROGRAM.to_owned(),
        arguments: Vec::new(),
        secret: Some(KEY.to_owned()),
    };
    let addition = Client::named(client)?.addition(&server)?;
    Some((addition.entry, addition.inputs))
}

fn client(name: &str) -> Result<&'static Client, InstallFailure> {
    Client::named(name).ok_or_else(|| InstallFailure::UnknownClient {
        name: name.to_owned(),
        nearest: nearest(name, Client::names()),
    })
}

/// Whether an entry is one that this program wrote: it starts this program, or leads to the same address.
fn is_ours(there: &Value, addition: &Addition) -> bool {
    let wanted = entry::address(&addition.entry);
    entry::starts_us(there) || (wanted.is_some() && entry::address(there) == wanted)
}

/// The server that the arguments describe.
fn server(client: &Client, arguments: &Install, flags: &Flags) -> Result<Server, InstallFailure> {
    if let Some(url) = &arguments.http {
        if let Some(flag) = flags.words.first() {
            return Err(InstallFailure::RemoteSettings(flag.clone()));
        }
        return Ok(Server::Remote {
            url: url.clone(),
            secret: arguments.token_env.clone(),
        });
    }
    let command = arguments.command.clone();
    let needs_path = client.needs_path && !arguments.target.project;
    Ok(Server::Program {
        command: command.unwrap_or_else(|| program(needs_path)),
        arguments: flags.words.clone(),
        secret: (!flags.bring_key).then(|| KEY.to_owned()),
    })
}

/// How the client starts this program: by its name where that leads to it.
fn program(needs_path: bool) -> String {
    let running = env::current_exe().ok();
    let found = in_path(PROGRAM);
    let real = |path: &Option<PathBuf>| path.as_ref().and_then(|path| fs::canonicalize(path).ok());
    let is_found = found.is_some() && real(&found) == real(&running);
    match (is_found, needs_path) {
        (true, false) => PROGRAM.to_owned(),
        (true, true) => shown(found),
        (false, _) => shown(running),
    }
}

fn shown(path: Option<PathBuf>) -> String {
    path.map_or_else(|| PROGRAM.to_owned(), |path| path.display().to_string())
}

/// The settings of the command line, for the server to start with.
struct Flags {
    words: Vec<String>,
    is_sandbox: bool,
    /// Whether they say where the key is, or none is needed.
    bring_key: bool,
}

impl Flags {
    fn of(invocation: &Invocation, file: &FileSetting) -> Self {
        let mut words = invocation.effective.flags();
        // How this program was started says nothing of how the client starts it.
        words.retain(|word| !word.starts_with("--transport="));
        let sandbox = &invocation.cli.settings.sandbox;
        let is_sandbox = sandbox.is_on() && words.iter().any(|word| is_flag(word, "--sandbox"));
        if let SandboxSetting::InFile(file) = sandbox {
            for word in words.iter_mut().filter(|word| is_flag(word, "--sandbox")) {
                *word = format!("--sandbox={}", absolute(file));
            }
        }
        if let Some(path) = &file.path {
            words.insert(0, format!("--config={}", absolute(path)));
        }
        Self {
            bring_key: is_sandbox || file.path.is_some(),
            words,
            is_sandbox,
        }
    }
}

fn is_flag(word: &str, flag: &str) -> bool {
    word.split('=').next() == Some(flag)
}

/// A path that holds in whichever folder the client starts the server.
fn absolute(path: &Path) -> String {
    path::absolute(path)
        .as_deref()
        .unwrap_or(path)
        .display()
        .to_string()
}

impl Target {
    fn name(&self, flags: &Flags) -> String {
        let usual = if flags.is_sandbox {
            "portkey-sandbox"
        } else {
            "portkey"
        };
        self.name.clone().unwrap_or_else(|| usual.to_owned())
    }
}

/// The settings of a client, and the entry in them that is meant.
struct Settings {
    client: &'static Client,
    path: PathBuf,
    file: SettingsFile,
    /// What the file says.
    content: Value,
    name: String,
}

impl Settings {
    fn read(
        client: &'static Client,
        target: &Target,
        folders: &UserFolders,
        name: String,
    ) -> Result<Self, InstallFailure> {
        let path = if target.project {
            client
                .project_file(Path::new(""))
                .ok_or(InstallFailure::NoProject(client.title))?
        } else {
            client.user_file(folders)
        };
        let file = SettingsFile::read(&path).map_err(|source| InstallFailure::File {
            path: path.clone(),
            source,
        })?;
        let content = client.format.read(file.text());
        let content = content.map_err(|source| InstallFailure::Broken {
            path: path.clone(),
            source,
        })?;
        Ok(Self {
            client,
            path,
            file,
            content,
            name,
        })
    }

    fn slot(&self) -> Slot<'_> {
        Slot {
            format: self.client.format,
            servers: self.client.servers,
            name: &self.name,
        }
    }

    /// Whether the entry is there as it is to be.
    fn says(&self, addition: &Addition) -> bool {
        let entry = self.slot().entry(&self.content);
        let inputs = entry::inputs_of(&addition.entry, &self.content);
        entry == Some(&addition.entry) && inputs.len() >= addition.inputs.len()
    }

    /// Shows what changes, and changes it unless that was all that was asked for. Says whether the file was written.
    fn write(&self, edited: &str, target: &Target) -> Result<bool, CommandFailure> {
        let path = self.path.display();
        print(format!("{path}\n{}", diff::diff(self.file.text(), edited)))?;
        if target.dry_run {
            print("Nothing was changed: this is a dry run.")?;
            return Ok(false);
        }
        let written = self.file.replace(edited, !target.project);
        written.map_err(|source| InstallFailure::File {
            path: self.path.clone(),
            source,
        })?;
        if self.file.exists() {
            let backup = self.file.backup_path();
            print(format!("Written; as it was: {}", backup.display()))?;
        } else {
            print("Written; the file is new.")?;
        }
        Ok(true)
    }

    fn taken(&self) -> InstallFailure {
        InstallFailure::Taken {
            path: self.path.clone(),
            name: self.name.clone(),
        }
    }

    fn not_ours(&self) -> InstallFailure {
        InstallFailure::NotOurs {
            path: self.path.clone(),
            name: self.name.clone(),
        }
    }

    fn not_edited(&self, reason: EditFailure, addition: &Addition) -> InstallFailure {
        InstallFailure::NotEdited {
            path: self.path.clone(),
            reason,
            snippet: self.slot().snippet(addition),
        }
    }

    fn not_taken_out(&self, reason: EditFailure) -> InstallFailure {
        InstallFailure::NotTakenOut {
            path: self.path.clone(),
            reason,
            name: self.name.clone(),
        }
    }
}

fn address(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| error.to_string())?;
    if !matches!(url.scheme(), "http" | "https") || url.password().is_some() {
        return Err("expected an address such as https://host/mcp, without a password".to_owned());
    }
    Ok(url)
}

fn variable_name(text: &str) -> Result<String, String> {
    let is_name = text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if !is_name || text.is_empty() || text.starts_with(|c: char| c.is_ascii_digit()) {
        return Err("expected the name of a variable, not a token".to_owned());
    }
    Ok(text.to_owned())
}

fn server_name(text: &str) -> Result<String, String> {
    let is_name = text
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    if !is_name || text.is_empty() {
        return Err("expected letters, digits, `-` and `_`".to_owned());
    }
    Ok(text.to_owned())
}
