//! Edits of a client's settings, which leave everything else in the file as it is.
//!
//! Each format is edited by its own means, as text. What comes out is read again and must say what the file said before,
//! with the one difference that was asked for; otherwise nothing is changed.

mod json;
#[cfg(test)]
mod tests;
mod toml;
mod yaml;

use serde_json::{Map, Value};

use super::entry::{Addition, inputs_of, servers};

/// The member with what a client asks its user for.
const INPUTS: &str = "inputs";

/// How a file of settings is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// JSON.
    Json,
    /// JSON in which comments and commas before a bracket are allowed.
    Jsonc,
    /// TOML.
    Toml,
    /// YAML.
    Yaml,
}

/// The entry that is edited.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slot<'a> {
    /// The format of the file.
    pub(super) format: Format,
    /// The member that holds the servers.
    pub(super) servers: &'static str,
    /// The name of the server.
    pub(super) name: &'a str,
}

/// Text that is not of the format.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {message}")]
pub(crate) struct Malformed {
    line: usize,
    column: usize,
    message: String,
}

/// Why settings are not edited.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum EditFailure {
    /// They cannot be read.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// The servers are not where they should be.
    #[error("`{0}` does not hold entries by their names")]
    NoEntries(&'static str),
    /// They are written in a way that this program does not edit.
    #[error("they are written in a way that cannot be edited without changing more")]
    Unusual,
}

impl Format {
    /// What the text says; `null` if it says nothing.
    pub(super) fn read(self, text: &str) -> Result<Value, Malformed> {
        match self {
            Self::Json | Self::Jsonc => json::read(text, self == Self::Jsonc),
            Self::Toml => toml::read(text),
            Self::Yaml => yaml::read(text),
        }
    }
}

impl Slot<'_> {
    /// The entry in some settings.
    pub(super) fn entry<'a>(&self, settings: &'a Value) -> Option<&'a Value> {
        settings.get(self.servers)?.get(self.name)
    }

    /// The entry alone in a file, for a user to paste.
    pub(super) fn snippet(&self, addition: &Addition) -> String {
        self.with("", addition).unwrap_or_default()
    }

    /// The text with the entry, instead of one of that name.
    pub(super) fn with(&self, text: &str, addition: &Addition) -> Result<String, EditFailure> {
        let mut settings = self.format.read(text)?;
        let edited = match self.format {
            Format::Json | Format::Jsonc => json::with(self, text, addition)?,
            Format::Toml => toml::with(self, text, &addition.entry)?,
            Format::Yaml => yaml::with(self, text, &addition.entry)?,
        };
        self.put(&mut settings, addition)?;
        self.proven(edited, &settings)
    }

    /// The text without the entry, and without what nothing needs then.
    pub(super) fn without(&self, text: &str) -> Result<String, EditFailure> {
        let mut settings = self.format.read(text)?;
        let Some(entry) = self.entry(&settings).cloned() else {
            return Ok(text.to_owned());
        };
        let unused = self.take(&mut settings, &entry);
        let edited = match self.format {
            Format::Json | Format::Jsonc => json::without(self, text, &unused)?,
            Format::Toml => toml::without(self, text)?,
            Format::Yaml => yaml::without(self, text)?,
        };
        self.proven(edited, &settings)
    }

    /// The text before the entry was added, if `backup` is that.
    pub(super) fn undone(&self, text: &str, backup: &str) -> Option<String> {
        let settings = self.format.read(text).ok()?;
        let before = self.format.read(backup).ok()?;
        if self.entry(&before).is_some() {
            return None;
        }
        let entry = self.entry(&settings)?;
        let addition = Addition {
            entry: entry.clone(),
            inputs: inputs_of(entry, &settings),
        };
        let again = self.with(backup, &addition).ok()?;
        (again == text).then(|| backup.to_owned())
    }

    /// Adds the entry to what was read.
    fn put(&self, settings: &mut Value, addition: &Addition) -> Result<(), EditFailure> {
        let members = members(settings).ok_or(EditFailure::Unusual)?;
        let servers = members.entry(self.servers).or_insert_with(empty);
        let servers = servers
            .as_object_mut()
            .ok_or(EditFailure::NoEntries(self.servers))?;
        servers.insert(self.name.to_owned(), addition.entry.clone());
        if addition.inputs.is_empty() {
            return Ok(());
        }
        let inputs = members
            .entry(INPUTS)
            .or_insert_with(|| Value::Array(Vec::new()));
        let inputs = inputs.as_array_mut().ok_or(EditFailure::Unusual)?;
        for input in &addition.inputs {
            if !inputs
                .iter()
                .any(|other| other.get("id") == input.get("id"))
            {
                inputs.push(input.clone());
            }
        }
        Ok(())
    }

    /// Takes the entry out of what was read, and returns the inputs that only it needed, which are taken out too.
    fn take(&self, settings: &mut Value, entry: &Value) -> Vec<Value> {
        let candidates = inputs_of(entry, settings);
        let Some(members) = settings.as_object_mut() else {
            return Vec::new();
        };
        take_from(members, self.servers, |servers| {
            servers.as_object_mut().is_some_and(|servers| {
                servers.shift_remove(self.name);
                servers.is_empty()
            })
        });
        let rest = Value::Object(members.clone());
        let needed: Vec<Value> = servers(&rest, self.servers)
            .flat_map(|(_, entry)| inputs_of(entry, &rest))
            .collect();
        let unused: Vec<Value> = candidates
            .into_iter()
            .filter(|input| !needed.contains(input))
            .collect();
        if !unused.is_empty() {
            take_from(members, INPUTS, |inputs| {
                inputs.as_array_mut().is_some_and(|inputs| {
                    inputs.retain(|input| !unused.contains(input));
                    inputs.is_empty()
                })
            });
        }
        unused
    }

    /// The edited text, if it says what it should.
    fn proven(&self, edited: String, expected: &Value) -> Result<String, EditFailure> {
        match self.format.read(&edited) {
            Ok(settings) if is_same(&settings, expected) => Ok(edited),
            _ => Err(EditFailure::Unusual),
        }
    }
}

/// The members of settings; those without any say nothing yet.
fn members(settings: &mut Value) -> Option<&mut Map<String, Value>> {
    if settings.is_null() {
        *settings = empty();
    }
    settings.as_object_mut()
}

/// Takes something out of a member, and the member itself if nothing is left in it then.
fn take_from(members: &mut Map<String, Value>, name: &str, take: impl FnOnce(&mut Value) -> bool) {
    if members.get_mut(name).is_some_and(take) {
        members.shift_remove(name);
    }
}

/// Whether two files say the same: one that says nothing is as good as one without members.
fn is_same(a: &Value, b: &Value) -> bool {
    let says_nothing = |value: &Value| value.is_null() || *value == empty();
    a == b || (says_nothing(a) && says_nothing(b))
}

fn empty() -> Value {
    Value::Object(Map::new())
}

impl Malformed {
    fn new(line: usize, column: usize, message: impl Into<String>) -> Self {
        Self {
            line,
            column,
            message: message.into(),
        }
    }
}
