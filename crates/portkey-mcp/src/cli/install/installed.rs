//! The servers of ours that clients have in their settings, and how they start them.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{
    clients::{CLIENTS, Client, SecretReference},
    entry::{command_of, servers, starts_us},
    settings_file::SettingsFile,
};
use crate::config::UserFolders;

/// A file with a client's settings.
#[derive(Debug)]
pub(in crate::cli) struct ClientFile {
    /// The name of the client.
    pub(in crate::cli) title: &'static str,
    /// Where the file is.
    pub(in crate::cli) path: PathBuf,
    /// The servers of ours in it, or why the client cannot read it.
    pub(in crate::cli) servers: Result<Vec<Launch>, String>,
}

/// How a client starts a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli) struct Launch {
    /// The name of the server in the client.
    pub(in crate::cli) name: String,
    /// The program.
    pub(in crate::cli) program: String,
    /// Its arguments.
    pub(in crate::cli) arguments: Vec<String>,
    /// The variables that the client sets besides those that it has.
    pub(in crate::cli) variables: Vec<(String, VariableValue)>,
}

/// What a client sets a variable to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli) enum VariableValue {
    /// This text.
    Text(String),
    /// The value of this variable of its own.
    Of(String),
    /// What it asks its user for.
    Asked,
}

/// Every file of a client that is there: that of the user, and that of the project in a folder.
pub(in crate::cli) fn client_files(folders: &UserFolders, project: &Path) -> Vec<ClientFile> {
    let files = CLIENTS.iter().flat_map(|client| {
        let own = Some(client.user_file(folders));
        let paths = own.into_iter().chain(client.project_file(project));
        let paths = paths.filter(|path| path.exists());
        paths.map(|path| ClientFile {
            title: client.title,
            servers: launches(client, &path),
            path,
        })
    });
    files.collect()
}

fn launches(client: &Client, path: &Path) -> Result<Vec<Launch>, String> {
    let file = SettingsFile::read(path).map_err(|error| error.to_string())?;
    let settings = client.format.read(file.text());
    let settings = settings.map_err(|error| error.to_string())?;
    let ours = servers(&settings, client.servers).filter(|(_, entry)| starts_us(entry));
    let launches = ours.filter_map(|(name, entry)| launch(client.secrets, name, entry));
    Ok(launches.collect())
}

/// How a client with such references starts an entry.
fn launch(secrets: SecretReference, name: &str, entry: &Value) -> Option<Launch> {
    let (program, mut arguments) = command_of(entry)?;
    let texts = entry.get("args").and_then(Value::as_array);
    let texts = texts.into_iter().flatten().filter_map(Value::as_str);
    arguments.extend(texts.map(str::to_owned));
    let variables = ["env", "environment", "envs"];
    let variables = variables
        .iter()
        .find_map(|member| entry.get(member)?.as_object());
    let variables = variables.into_iter().flatten().filter_map(|(name, value)| {
        let value = VariableValue::read(secrets, value.as_str()?);
        Some((name.clone(), value))
    });
    Some(Launch {
        name: name.to_owned(),
        program,
        arguments,
        variables: variables.collect(),
    })
}

impl VariableValue {
    fn read(secrets: SecretReference, text: &str) -> Self {
        match secrets {
            SecretReference::Between(before, after) => {
                let name = text
                    .strip_prefix(before)
                    .and_then(|rest| rest.strip_suffix(after));
                name.map_or_else(
                    || Self::Text(text.to_owned()),
                    |name| Self::Of(name.to_owned()),
                )
            }
            SecretReference::Input if text.starts_with("${input:") => Self::Asked,
            _ => Self::Text(text.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_form_of_an_entry_says_how_it_is_started() {
        let between = SecretReference::Between("${", "}");
        let entry = json!({
            "command": "portkey-mcp", "args": ["--read-only"],
            "env": { "PORTKEY_API_KEY": "${PORTKEY_API_KEY}", "PORTKEY_LOG": "info" },
        });
        let plain = launch(between, "portkey", &entry).unwrap();
        assert_eq!(plain.program, "portkey-mcp");
        assert_eq!(plain.arguments, ["--read-only"]);
        let expected = [
            (
                "PORTKEY_API_KEY",
                VariableValue::Of("PORTKEY_API_KEY".to_owned()),
            ),
            ("PORTKEY_LOG", VariableValue::Text("info".to_owned())),
        ];
        assert_eq!(
            plain.variables,
            expected.map(|(name, value)| (name.to_owned(), value))
        );

        let listed = json!({ "command": ["portkey-mcp", "--sandbox"], "environment": {} });
        let listed = launch(SecretReference::Between("{env:", "}"), "p", &listed).unwrap();
        assert_eq!(listed.arguments, ["--sandbox"]);

        let goose = json!({ "cmd": "portkey-mcp", "args": ["--sandbox"] });
        assert_eq!(
            launch(SecretReference::Listed, "p", &goose)
                .unwrap()
                .arguments,
            ["--sandbox"]
        );

        let asked = json!({ "command": "portkey-mcp", "env": { "A": "${input:a}" } });
        let asked = launch(SecretReference::Input, "p", &asked).unwrap();
        assert_eq!(asked.variables, [("A".to_owned(), VariableValue::Asked)]);
        assert_eq!(launch(between, "p", &json!({ "url": "http://a" })), None);
    }
}
